import { UserError } from "../../../../constructs/errors";
import { getStatements, parsePolicy } from "../../iam/policy";
import { hasAction } from "../../iam/trust";
import { toJsonObject } from "../../system/json-object";
import {
  type LiveResource,
  findOidcProvider,
  parseOidcIssuer,
} from "../read/live-resources";
import { getProperties, type LiveStack, resolveText } from "../read/live-stack";
import type { Matching } from "../read/matching";
import { toText, toTexts } from "../read/terraform-configuration";
import type {
  MissingSetting,
  SettingsFinder,
  SettingsInput,
} from "./settings-finder";
import { addCustomDomain, addUserPool } from "./sign-in-settings";

/** Setting that makes the stage look up its OIDC provider instead of creating it. */
const OIDC_EXISTS = ["OIDC_PROVIDER_EXISTS", "true"] as const;
export const OIDC_EXISTS_LINE = OIDC_EXISTS.join("=");

export const OIDC_PROVIDER = "aws_iam_openid_connect_provider";
/** Groups of the setting `COGNITO_GROUPS`. */
const BUCKET_GROUPS = [
  "veda-staging-writers",
  "veda-writers",
  "veda-staging-readers",
  "veda-readers",
];
const MANAGERS = "veda-data-store-managers";
const DASHBOARD = "veda-dashboard";
const PROGRAMMATIC = "programmatic-client";
const STAGE_STACK_NAME = /^[a-z][a-z0-9-]*-[a-z0-9]+$/;
/** Callback URL of every client of the CDK app; no application uses it. */
const PLACEHOLDER_URL = "https://example.com";

/**
 * Finds the settings that the stage lacks.
 *
 * @throws UserError when no stage can have the name of the live user pool
 */
export async function findMissingSettings(
  input: SettingsInput,
): Promise<readonly MissingSetting[]> {
  const settings: MissingSetting[] = [];
  const finders = [
    addNames,
    addExistingPools,
    addUserPool,
    addCustomDomain,
    addGroups,
    addUrls,
    addBoundaries,
    addSecretReaders,
    addOidcProvider,
  ];
  for (const find of finders)
    await find(input, (name, value, reason) => {
      if (value !== "") settings.push({ line: `${name}=${value}`, reason });
    });
  return settings;
}

/** Terraform would replace a pool of another name, with all its users. */
const addNames: SettingsFinder = ({ stageTarget, matching }, add) => {
  const { stage, stackName } = stageTarget;
  const [pool] = listAdopted(matching, "aws_cognito_user_pool");
  if (pool === undefined || pool.live.key === stackName) return;
  const { key } = pool.live;
  const reason = `the live user pool has the name ${key}, the stage's has ${stackName}`;
  if (key.endsWith(`-${stage}`)) {
    add("APP_NAME", key.slice(0, -stage.length - 1), reason);
    return;
  }
  if (!STAGE_STACK_NAME.test(key))
    throw new UserError(
      `the live user pool must have a name of the form {APP_NAME}-{STAGE} in lower-case letters, digits and hyphens, got ${JSON.stringify(key)}`,
      "this pool cannot be adopted: under another name Terraform would replace it and lose its users",
    );
  const dash = key.lastIndexOf("-");
  add("APP_NAME", key.slice(0, dash), reason);
  add(
    "STAGE",
    key.slice(dash + 1),
    `${reason}: use this name for the file and for --stage`,
  );
};

const addExistingPools: SettingsFinder = (
  { stack, resources, matching },
  add,
) => {
  const isMissing = (type: string): boolean =>
    matching.missing.some((configured) => configured.type === type);
  if (isMissing("aws_cognito_user_pool"))
    add(
      "USER_POOL_ID",
      resources
        .map(({ logicalId }) => getProperties(stack, logicalId).UserPoolId)
        .map((property) => resolveText(property, stack) ?? "")
        .find((id) => id !== "") ?? "",
      "the stack uses an existing user pool",
    );
  if (isMissing("aws_cognito_user_pool_domain"))
    add(
      "USER_POOL_DOMAIN",
      findOutput(
        stack,
        /^https:\/\/([a-z0-9-]+)\.auth(-fips)?\..*(amazoncognito\.com|amazonwebservices\.eu)/,
      ),
      "the user pool has a domain that is not in the stack",
    );
  if (isMissing("aws_cognito_identity_pool"))
    add(
      "IDENTITY_POOL_ARN",
      findOutput(stack, /^(arn:[\w-]+:cognito-identity:.*:identitypool\/.*)/),
      "the stack uses an existing identity pool",
    );
};

const addGroups: SettingsFinder = ({ matching }, add) => {
  const groups = listUnmatched(matching, "aws_cognito_user_group");
  const names = groups
    .map(({ key }) => key)
    .filter((key) => BUCKET_GROUPS.includes(key));
  if (names.length > 0)
    add("COGNITO_GROUPS", "true", `the stack has ${names.join(", ")}`);
  const managers = groups.find(({ key }) => key === MANAGERS);
  add(
    "DATA_MANAGERS_ROLE_ARN",
    toText(managers?.attributes.RoleArn),
    `the stack has the group ${MANAGERS}`,
  );
};

const addUrls: SettingsFinder = ({ matching }, add) => {
  const type = "aws_cognito_user_pool_client";
  const programmatic = listAdopted(matching, type).find(
    ({ configured }) => configured.values.name === PROGRAMMATIC,
  );
  const configured = toTexts(programmatic?.configured.values.callback_urls);
  const urls = listUrls(programmatic?.live, "CallbackURLs");
  if (urls.some((url) => !configured.includes(url)))
    add(
      "PROGRAMMATIC_CALLBACK_URLS",
      urls.join(),
      `client ${PROGRAMMATIC} has callback URLs that were added manually`,
    );
  const dashboard = listUnmatched(matching, type).find(
    ({ key }) => key === DASHBOARD,
  );
  add(
    "DASHBOARD_CALLBACK_URLS",
    listUrls(dashboard, "CallbackURLs").join(),
    `the stack has the client ${DASHBOARD}`,
  );
  add(
    "DASHBOARD_LOGOUT_URLS",
    listUrls(dashboard, "LogoutURLs").join(),
    `client ${DASHBOARD} has logout URLs`,
  );
};

/** Adds permissions boundaries that an apply would remove from roles. */
const addBoundaries: SettingsFinder = ({ matching }, add) => {
  const roles = new Map<string, string[]>();
  for (const { live, configured } of listAdopted(matching, "aws_iam_role")) {
    const boundary = toJsonObject(live.attributes.PermissionsBoundary);
    const arn = toText(boundary.PermissionsBoundaryArn);
    const name = arn.replace(/^arn:[^:]+:iam::\d*:policy\//, "");
    const current = toText(configured.values.permissions_boundary);
    if (name !== "" && !current.endsWith(`policy/${name}`))
      roles.set(name, [...(roles.get(name) ?? []), live.key]);
  }
  for (const [name, names] of roles)
    add(
      // the setting supports neither policies of AWS nor paths
      `${/[:/]/.test(name) ? "# must be a name without a path: " : ""}PERMISSIONS_BOUNDARY_POLICY_NAME`,
      name,
      `it is the boundary of ${names.join(", ")}; the setting applies it to every role`,
    );
};

/** Adds the roles that secret policies of the stack allow to read, if the configuration has no such policy. */
const addSecretReaders: SettingsFinder = ({ matching }, add) => {
  const policies = listUnmatched(
    matching,
    "aws_secretsmanager_secret_policy",
  ).map(({ key, attributes }) => ({
    key,
    policy: parsePolicy(toText(attributes.ResourcePolicy)),
  }));
  const readers = policies
    .flatMap(({ policy }) => getStatements(policy))
    .filter(
      ({ effect, actions, principals }) =>
        effect === "Allow" &&
        principals?.isInverted === false &&
        hasAction(actions, "secretsmanager:GetSecretValue"),
    )
    .flatMap(({ principals }) => principals?.patterns ?? [])
    .filter((principal) => principal.startsWith("AWS:arn:"))
    .map((principal) => principal.replace("AWS:", ""));
  add(
    "SECRET_ROLE_ACCESS",
    [...new Set(readers)].join(),
    "policies of the stack allow these roles to read secrets",
  );
  for (const { key, policy } of policies)
    if (policy.kind === "unreadable")
      add(
        "# required: SECRET_ROLE_ACCESS",
        `<roles that the policy of secret ${key} allows to read it>`,
        `the policy is not readable: ${policy.reason}`,
      );
};

/** An account has at most one provider of an issuer: that of the stack is adopted, any other one is looked up. */
const addOidcProvider: SettingsFinder = async (input, add) => {
  const { stageTarget, stack, configuration, matching } = input;
  const name = "OIDC_PROVIDER_URL";
  const [own] = listUnmatched(matching, OIDC_PROVIDER);
  if (own !== undefined) {
    add(name, own.key, "the stack has an OIDC provider of this issuer");
    return;
  }
  const missing = matching.missing.find(({ type }) => type === OIDC_PROVIDER);
  const isConfigured =
    configuration.hasDataSource(OIDC_PROVIDER) ||
    configuration.getResources(OIDC_PROVIDER).length > 0;
  // after an apply has started, a live provider may be the one that it created
  if (missing === undefined ? isConfigured : input.isApplyStarted) return;
  const issuer =
    missing === undefined
      ? findOutput(stack, /^arn:[\w-]+:iam::\d+:oidc-provider\/(.*)/)
      : parseOidcIssuer(toText(missing.values.url));
  if ((await findOidcProvider(issuer, stageTarget.awsTarget)) === undefined)
    return;
  if (missing === undefined)
    add(name, issuer, "the stack's outputs contain an OIDC provider");
  add(
    ...OIDC_EXISTS,
    `the account has the OIDC provider ${issuer}, which is not in the stack`,
  );
};

function listAdopted({ adopted }: Matching, type: string) {
  return adopted.filter(({ configured }) => configured.type === type);
}

function listUnmatched({ unmatched }: Matching, type: string) {
  return unmatched.filter(({ terraformType }) => terraformType === type);
}

/** Returns the captured part of the first output that matches. */
function findOutput({ outputs }: LiveStack, pattern: RegExp): string {
  return (
    outputs.flatMap(
      ({ OutputValue: value = "" }) => pattern.exec(value)?.[1] ?? [],
    )[0] ?? ""
  );
}

function listUrls(
  client: LiveResource | undefined,
  name: "CallbackURLs" | "LogoutURLs",
): readonly string[] {
  return toTexts(client?.attributes[name]).filter(
    (url) => url !== PLACEHOLDER_URL,
  );
}
