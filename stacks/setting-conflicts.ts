import { arnPlaceProblems } from "../constructs/arn";
import type { Environment } from "./config";
import { lookUp } from "./given-settings";
import type { SettingName, Settings } from "./settings";

/** Problems that the settings of one stage have with each other. */
export function settingConflicts(
  values: Environment,
  given: Settings,
  region: string,
  backend: string,
): string[] {
  const problems: string[] = [];
  const needs = (name: SettingName, needed: SettingName): void => {
    if (
      lookUp(values, name) !== undefined &&
      lookUp(values, needed) === undefined
    ) {
      problems.push(`${name} must come with ${needed}, got it alone`);
    }
  };
  if (given.DATA_MANAGERS_GROUP === true)
    needs("DATA_MANAGERS_GROUP", "DATA_MANAGERS_ROLE_ARN");
  if (given.OIDC_PROVIDER_EXISTS === true)
    needs("OIDC_PROVIDER_EXISTS", "OIDC_PROVIDER_URL");
  needs("USER_POOL_DOMAIN", "USER_POOL_ID");
  needs("OIDC_THUMBPRINT", "OIDC_PROVIDER_URL");
  needs("DASHBOARD_LOGOUT_URLS", "DASHBOARD_CALLBACK_URLS");
  if (given.STATE_CUSTOMER_KEY === true)
    needs("STATE_CUSTOMER_KEY", "AWS_ACCOUNT_ID");

  const backendRejected =
    given.STATE_BACKEND === undefined &&
    lookUp(values, "STATE_BACKEND") !== undefined;
  if (
    backend === "s3" &&
    !backendRejected &&
    lookUp(values, "STATE_BUCKET_NAME") === undefined
  ) {
    problems.push(
      "STATE_BUCKET_NAME must be the bucket of the state, or STATE_BACKEND must be local, got neither",
    );
  }
  if (
    given.USER_POOL_ID !== undefined &&
    !given.USER_POOL_ID.startsWith(`${region}_`)
  ) {
    problems.push(
      `USER_POOL_ID must be of AWS_REGION "${region}", got "${given.USER_POOL_ID}"`,
    );
  }
  const arns = [
    ["DATA_MANAGERS_ROLE_ARN", given.DATA_MANAGERS_ROLE_ARN],
    ["IDENTITY_POOL_ARN", given.IDENTITY_POOL_ARN],
    ...(given.SECRET_ROLE_ACCESS ?? []).map(
      (arn) => ["SECRET_ROLE_ACCESS", arn] as const,
    ),
  ] as const;
  for (const [name, text] of arns) {
    if (text === undefined) continue;
    problems.push(
      ...arnPlaceProblems(name, text, region, given.AWS_ACCOUNT_ID),
    );
  }
  return problems;
}
