import { validateArnLocation } from "../../constructs/aws";
import { type Environment, getSetting } from "./environment";
import {
  type SettingName,
  type Settings,
  STAGE_NAME_PATTERN,
} from "./settings";
import { ACCOUNT_STAGE, getDefaultStateKey } from "../naming";

/** Problems that the settings of one stage have with each other. */
export function findSettingConflicts(
  values: Environment,
  given: Settings,
  region: string,
  backend: string,
): string[] {
  const problems: string[] = [];
  const needs = (name: SettingName, needed: SettingName): void => {
    if (
      getSetting(values, name) !== undefined &&
      getSetting(values, needed) === undefined
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
    getSetting(values, "STATE_BACKEND") !== undefined;
  if (
    backend === "s3" &&
    !backendRejected &&
    getSetting(values, "STATE_BUCKET_NAME") === undefined
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
      ...validateArnLocation(name, text, region, given.AWS_ACCOUNT_ID),
    );
  }
  return problems;
}

/**
 * Returns why a stage must not keep its state under a key: another stack has it by default, an account stack of any app or
 * another stage of the stage's app, whether that one is known here or not.
 */
export function validateStateKey(
  key: string,
  appName: string,
  stage: string,
): string[] {
  const [app = "", owner = "", ...rest] = key.split("/");
  if (key !== getDefaultStateKey(app, owner) || rest.length !== 1) return [];
  const problem = (whose: string): string[] => [
    `STATE_BUCKET_KEY must be another key than ${whose}, got "${key}"`,
  ];
  if (owner === ACCOUNT_STAGE) return problem("an account stack's");
  return app === appName && owner !== stage && STAGE_NAME_PATTERN.test(owner)
    ? problem(`the default of stage "${owner}"`)
    : [];
}
