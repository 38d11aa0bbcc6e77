import { UserError } from "../../../constructs/errors";
import type { JsonObject } from "../json-object";
import type { Matching } from "./matching";
import { boundarySettings, readerSettings } from "./access-settings";
import { oidcSettings } from "./oidc-settings";
import type { MissingSetting, SettingsSurvey } from "./settings-survey";
import { textOf } from "./template-values";

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
export async function missingSettings(
  survey: SettingsSurvey,
): Promise<readonly MissingSetting[]> {
  return [
    ...names(survey),
    ...existingPools(survey),
    ...groups(survey),
    ...callbackUrls(survey),
    ...boundarySettings(survey),
    ...readerSettings(survey),
    ...(await oidcSettings(survey)),
  ];
}

/**
 * A pool of another name would be made anew, with all its users.
 *
 * @throws UserError when no stage can have its name
 */
function names({ choice, matching }: SettingsSurvey): MissingSetting[] {
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
}: SettingsSurvey): MissingSetting[] {
  const makes = (type: string): boolean =>
    matching.missing.some((code) => code.type === type);
  const pool = resources
    .map(({ logicalId }) =>
      textOf(
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

function groups({ matching }: SettingsSurvey): MissingSetting[] {
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

function callbackUrls({ matching }: SettingsSurvey): MissingSetting[] {
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
