import type { StageTarget } from "../../cli/options";
import type { LiveResource } from "../read/live-resources";
import { type LiveStack, resolveText } from "../read/live-stack";
import type { Matching } from "../read/matching";
import {
  type TerraformConfiguration,
  toText,
} from "../read/terraform-configuration";
import { UserError } from "../../../../constructs/errors";
import type { JsonObject } from "../../system/json-object";
import { findOidcSettings } from "./oidc-settings";
import { hasAction } from "../../iam/trust";
import { parsePolicy } from "../../iam/policy";

/** A setting that the stage's environment lacks for its code to be what is live. */
export interface MissingSetting {
  /** Line for the stage's environment file. */
  readonly line: string;
  readonly why: string;
}

/** What settings that are missing are found in. */
export interface SettingsInput {
  readonly choice: StageTarget;
  readonly stack: LiveStack;
  readonly resources: readonly LiveResource[];
  readonly code: TerraformConfiguration;
  readonly matching: Matching;
  /** Whether the stage was begun to be applied, which may have made what the stack has not. */
  readonly isApplied: boolean;
}

/** Groups that `COGNITO_GROUPS` switches on. */
const BUCKET_GROUPS = [
  "veda-staging-writers",
  "veda-writers",
  "veda-staging-readers",
  "veda-readers",
];
const MANAGERS = "veda-data-store-managers";
const DASHBOARD = "veda-dashboard";
const PROGRAMMATIC = "programmatic-client";
const STAGE_NAME = /^[a-z][a-z0-9-]*-[a-z0-9]+$/;
const PLACEHOLDER = "https://example.com";

/** Settings that the stage lacks, with the line for each. */
export async function findMissingSettings(
  survey: SettingsInput,
): Promise<readonly MissingSetting[]> {
  return [
    ...names(survey),
    ...existingPools(survey),
    ...groups(survey),
    ...callbackUrls(survey),
    ...findBoundarySettings(survey),
    ...findReaderSettings(survey),
    ...(await findOidcSettings(survey)),
  ];
}

/**
 * A pool of another name would be made anew, with all its users.
 *
 * @throws UserError when no stage can have its name
 */
function names({ choice, matching }: SettingsInput): MissingSetting[] {
  const pool = adopted(matching, "aws_cognito_user_pool")[0];
  const { stage, stackName } = choice;
  if (pool === undefined || pool.live.key === stackName) return [];
  const { key } = pool.live;
  const why = `the live user pool is named ${key}, the stage's ${stackName}`;
  if (key.endsWith(`-${stage}`))
    return [{ line: `APP_NAME=${key.slice(0, -stage.length - 1)}`, why }];
  if (!STAGE_NAME.test(key))
    throw new UserError(
      `the live user pool must be named as a stage can be, {APP_NAME}-{STAGE} in lower-case letters, digits and hyphens, got ${JSON.stringify(key)}`,
      "it cannot be taken over: under another name it would be made anew, with none of its users",
    );
  const dash = key.lastIndexOf("-");
  return [
    { line: `APP_NAME=${key.slice(0, dash)}`, why },
    {
      line: `STAGE=${key.slice(dash + 1)}`,
      why: `${why}: the file and --stage are then of that name`,
    },
  ];
}

function existingPools({
  stack,
  resources,
  matching,
}: SettingsInput): MissingSetting[] {
  const makes = (type: string): boolean =>
    matching.missing.some((code) => code.type === type);
  const pool = resources
    .map(({ logicalId }) =>
      resolveText(
        stack.template.Resources[logicalId]?.Properties?.UserPoolId,
        stack,
      ),
    )
    .find((id) => id !== undefined);
  const identityPool = stack.outputs.find(({ value }) =>
    /^arn:[\w-]+:cognito-identity:.*:identitypool\//.test(value),
  )?.value;
  const domain = stack.outputs
    .map(({ value }) =>
      /^https:\/\/([a-z0-9-]+)\.auth(-fips)?\..*amazoncognito\.com/.exec(value),
    )
    .find((found) => found !== null)?.[1];
  const settings: MissingSetting[] = [];
  if (makes("aws_cognito_user_pool") && pool !== undefined)
    settings.push({
      line: `USER_POOL_ID=${pool}`,
      why: "the stack uses a user pool that it did not make",
    });
  if (makes("aws_cognito_user_pool_domain") && domain !== undefined)
    settings.push({
      line: `USER_POOL_DOMAIN=${domain}`,
      why: "the user pool has a domain that the stack did not make",
    });
  if (makes("aws_cognito_identity_pool") && identityPool !== undefined)
    settings.push({
      line: `IDENTITY_POOL_ARN=${identityPool}`,
      why: "the stack uses an identity pool that it did not make",
    });
  return settings;
}

function groups({ matching }: SettingsInput): MissingSetting[] {
  const unmatched = matching.unmatched.filter(
    ({ terraformType }) => terraformType === "aws_cognito_user_group",
  );
  const bucketGroups = unmatched.filter(({ key }) =>
    BUCKET_GROUPS.includes(key),
  );
  const managers = unmatched.find(({ key }) => key === MANAGERS);
  return [
    ...(bucketGroups.length === 0
      ? []
      : [
          {
            line: "COGNITO_GROUPS=true",
            why: `the stack has ${bucketGroups.map(({ key }) => key).join(", ")}`,
          },
        ]),
    ...(managers === undefined
      ? []
      : [
          {
            line: `DATA_MANAGERS_ROLE_ARN=${String(managers.facts.RoleArn)}`,
            why: `the stack has the group ${MANAGERS}`,
          },
        ]),
  ];
}

function callbackUrls({ matching }: SettingsInput): MissingSetting[] {
  const pairs = adopted(matching, "aws_cognito_user_pool_client");
  const programmatic = pairs.find(
    ({ code }) => code.values.name === PROGRAMMATIC,
  );
  const live = urls(programmatic?.live.facts, "CallbackURLs");
  const set = programmatic?.code.values.callback_urls;
  const lacks = live.some((url) => !(Array.isArray(set) && set.includes(url)));
  const dashboard = matching.unmatched.find(
    ({ terraformType, key }) =>
      terraformType === "aws_cognito_user_pool_client" && key === DASHBOARD,
  );
  const logout = urls(dashboard?.facts, "LogoutURLs");
  return [
    ...(lacks
      ? [
          {
            line: `PROGRAMMATIC_CALLBACK_URLS=${live.join(",")}`,
            why: `client ${PROGRAMMATIC} has callback URLs that were added by hand`,
          },
        ]
      : []),
    ...(dashboard === undefined
      ? []
      : [
          {
            line: `DASHBOARD_CALLBACK_URLS=${urls(dashboard.facts, "CallbackURLs").join(",")}`,
            why: `the stack has the client ${DASHBOARD}`,
          },
          ...(logout.length === 0
            ? []
            : [
                {
                  line: `DASHBOARD_LOGOUT_URLS=${logout.join(",")}`,
                  why: `client ${DASHBOARD} has logout URLs`,
                },
              ]),
        ]),
  ];
}

function adopted({ adopted: pairs }: Matching, type: string) {
  return pairs.filter(({ code }) => code.type === type);
}

function urls(facts: JsonObject | undefined, name: string): readonly string[] {
  const list = facts?.[name];
  return (Array.isArray(list) ? list.map(String) : []).filter(
    (url) => url !== PLACEHOLDER,
  );
}

/** Boundaries that roles have, and that the code would take from them. */
export function findBoundarySettings({
  matching,
}: SettingsInput): MissingSetting[] {
  const bounded = matching.adopted
    .filter(({ code }) => code.type === "aws_iam_role")
    .flatMap(({ live, code }) => {
      const boundary = live.facts.PermissionsBoundary as
        { readonly PermissionsBoundaryArn?: string } | undefined;
      const name = boundary?.PermissionsBoundaryArn?.replace(
        /^arn:[^:]+:iam::\d*:policy\//,
        "",
      );
      const set = toText(code.values.permissions_boundary);
      return name === undefined || set.endsWith(`policy/${name}`)
        ? []
        : [{ name, role: live.key }];
    });
  return [...new Set(bounded.map(({ name }) => name))].map((name) => ({
    // a policy of AWS, or one on a path, is no name that the setting takes
    line: /[:/]/.test(name)
      ? `# PERMISSIONS_BOUNDARY_POLICY_NAME takes the name of a policy of the account, and cannot name ${name}`
      : `PERMISSIONS_BOUNDARY_POLICY_NAME=${name}`,
    why: `it bounds ${bounded
      .filter((one) => one.name === name)
      .map(({ role }) => role)
      .join(", ")}; the setting puts it on every role`,
  }));
}

/** Roles that a policy of the stack lets read a secret, where the code has none for it. */
export function findReaderSettings({
  matching,
}: SettingsInput): MissingSetting[] {
  const found = matching.unmatched
    .filter(
      ({ terraformType }) =>
        terraformType === "aws_secretsmanager_secret_policy",
    )
    .map(readersOf);
  const arns = [...new Set(found.flatMap(({ arns: some }) => some))];
  return [
    ...(arns.length === 0
      ? []
      : [
          {
            line: `SECRET_ROLE_ACCESS=${arns.join(",")}`,
            why: "policies of the stack let them read secrets",
          },
        ]),
    ...found.flatMap(({ problem }) => problem ?? []),
  ];
}

function readersOf({ key, facts }: LiveResource): {
  readonly arns: readonly string[];
  readonly problem?: MissingSetting;
} {
  const policy = parsePolicy(toText(facts.ResourcePolicy));
  if (policy.kind === "unreadable")
    return {
      arns: [],
      problem: {
        line: `# SECRET_ROLE_ACCESS must name the roles that the policy of secret ${key} lets read`,
        why: `that policy is not readable: ${policy.reason}`,
      },
    };
  const readers = policy.statements
    .filter(
      ({ effect, actions, principals }) =>
        effect === "Allow" &&
        principals?.isInverted === false &&
        hasAction(actions, "secretsmanager:GetSecretValue"),
    )
    .flatMap(({ principals }) => principals?.patterns ?? []);
  return {
    arns: readers
      .filter((principal) => principal.startsWith("AWS:arn:"))
      .map((principal) => principal.replace("AWS:", "")),
  };
}
