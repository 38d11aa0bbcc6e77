import { isDeepStrictEqual } from "node:util";
import { type JsonObject, toJsonObject } from "../../system/json-object";
import type { RuleId } from "../../review/rules/registry";
import {
  getValidityMinutes,
  TOKEN_KINDS,
} from "../../review/rules/client-tokens";
import type { AdoptedType } from "../read/live-resources";
import { toText, toTexts } from "../read/terraform-configuration";
import {
  anyChange,
  type ChangeCheck,
  onlyAdditions,
  onlyFromEmpty,
  onlyFromUnset,
  onlyTo,
  requireMembers,
  requireThat,
  toBlocks,
  toFirstBlock,
} from "./change-check";
import { IDENTITY_PROVIDER_CHANGES } from "./identity-provider-changes";
import {
  checkPermissions,
  checkTrust,
  type Violations,
} from "./policy-changes";
import { USER_POOL_CHANGES } from "./user-pool-changes";

/** Callback URL of every client of the CDK app; no application uses it. */
const PLACEHOLDER_URL = "https://example.com";
/** Scopes that the CDK app granted to every client with user sign-in. */
const CDK_DEFAULT_SCOPES = [
  "aws.cognito.signin.user.admin",
  "email",
  "openid",
  "phone",
  "profile",
];
/** Auth flows of a client without explicit ones. */
const DEFAULT_AUTH_FLOWS = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"];
/** Auth flows that every client of a stage has, in addition to those of the CDK app. */
const ADDED_AUTH_FLOWS = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"];
const LEGACY_AUTH_FLOWS: Readonly<Record<string, string>> = {
  ADMIN_NO_SRP_AUTH: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  CUSTOM_AUTH_FLOW_ONLY: "ALLOW_CUSTOM_AUTH",
  USER_PASSWORD_AUTH: "ALLOW_USER_PASSWORD_AUTH",
};
/** Tags of every resource of the CDK app; no stage has them. */
const CDK_TAGS = ["GitCommit", "GitTag"];
function checkPolicy(
  compare: (before: unknown, after: unknown) => Violations,
): ChangeCheck {
  return (before, after, attribute) =>
    compare(before[attribute], after[attribute]);
}

/** Returns whether an application uses the client's OAuth flows and scopes. */
function hasCallbackUrl({ callback_urls: urls }: JsonObject): boolean {
  return toTexts(urls).some((url) => url !== PLACEHOLDER_URL);
}

const checkAuthFlows: ChangeCheck = (before, after, attribute) => {
  const isService = toTexts(before.allowed_oauth_flows).includes(
    "client_credentials",
  );
  const removable = isService ? DEFAULT_AUTH_FLOWS : ["ALLOW_CUSTOM_AUTH"];
  const flows = toTexts(before[attribute]).map(toCurrentAuthFlow);
  const nextFlows = toTexts(after[attribute]);
  return [
    ...requireMembers(flows, [...nextFlows, ...removable]),
    ...nextFlows
      .filter((flow) => ![...flows, ...ADDED_AUTH_FLOWS].includes(flow))
      .map((flow) => `must not contain ${flow}, which was removed manually`),
  ];
};

/** The tags of a role are tags of its sessions, which IAM policies may require. */
const checkRoleTags: ChangeCheck = ({ tags: before }, after) => {
  const tags = toJsonObject(after.tags_all);
  return Object.entries(toJsonObject(before))
    .filter(([key, value]) => tags[key] !== value && !CDK_TAGS.includes(key))
    .map(
      ([key, value]) =>
        `must still contain ${key}=${String(value)}, which IAM policies may require, got ${key in tags ? `${key}=${String(tags[key])}` : "no such tag"}`,
    );
};

const checkCallbackUrls: ChangeCheck = (before, after, attribute) => {
  const urls = toTexts(after[attribute]);
  const redirect = toText(after.default_redirect_uri);
  return [
    ...requireMembers(toTexts(before[attribute]), [...urls, PLACEHOLDER_URL]),
    ...requireThat(
      redirect === "" || urls.includes(redirect),
      `must contain the default redirect URI ${redirect}: AWS requires it`,
    ),
  ];
};

/** The units may change if the resulting validity does not. */
const checkTokenValidity: ChangeCheck = (before, after) =>
  TOKEN_KINDS.flatMap((token) => {
    const [minutes, nextMinutes] = [before, after].map((values) =>
      getValidityMinutes(
        token,
        values[`${token}_validity`],
        toFirstBlock(values.token_validity_units),
      ),
    );
    return requireThat(
      minutes === nextMinutes,
      `must leave ${token.replace("_", " ")}s valid for ${minutes ?? "unknown"} minutes, got ${nextMinutes ?? "unknown"}`,
    );
  });

/** An identity provider that a client gains lets its users in, and Cognito users have passwords. */
const checkIdentityProviders: ChangeCheck = (before, after, attribute) => {
  const live = toTexts(before[attribute]);
  return [
    ...onlyAdditions()(before, after, attribute),
    ...toTexts(after[attribute])
      .filter((name) => !live.includes(name))
      .filter((name) => live.length > 0 || name !== "COGNITO")
      .map(
        (name) =>
          `must not contain ${name}, whose users cannot sign in to the live client`,
      ),
  ];
};

/** Without a list, a client writes the standard attributes. */
const checkWriteAttributes: ChangeCheck = (before, after, attribute) => [
  ...onlyFromEmpty(before, after, attribute),
  ...(toTexts(before[attribute]).length > 0 ? [] : toTexts(after[attribute]))
    .filter((name) => name.startsWith("custom:"))
    .map((name) => `must not contain ${name}, which the client cannot write`),
];

const checkTrustedClients: ChangeCheck = (before, after, attribute) => {
  const remaining = toBlocks(after[attribute]);
  return toBlocks(before[attribute])
    .filter((one) => !remaining.some((other) => isDeepStrictEqual(one, other)))
    .map(
      ({ client_id: id }) =>
        `must still contain client ${String(id)} with its settings, which the plan changes or removes`,
    );
};

/**
 * The attributes that an adoption updates, because the stage's configuration differs from that of the CDK app. A
 * change of any other attribute would revert a manual change.
 */
const EXPECTED_CHANGES = {
  aws_cognito_user_pool: USER_POOL_CHANGES,
  aws_cognito_user_pool_client: {
    access_token_validity: checkTokenValidity,
    id_token_validity: checkTokenValidity,
    refresh_token_validity: checkTokenValidity,
    token_validity_units: checkTokenValidity,
    allowed_oauth_flows: onlyAdditions((before) =>
      hasCallbackUrl(before) ? [] : ["code", "implicit"],
    ),
    allowed_oauth_flows_user_pool_client: anyChange,
    allowed_oauth_scopes: onlyAdditions((before) =>
      hasCallbackUrl(before) ? [] : CDK_DEFAULT_SCOPES,
    ),
    callback_urls: checkCallbackUrls,
    explicit_auth_flows: checkAuthFlows,
    prevent_user_existence_errors: onlyTo("ENABLED"),
    enable_token_revocation: onlyTo(true),
    auth_session_validity: onlyFromUnset,
    supported_identity_providers: checkIdentityProviders,
    read_attributes: onlyFromEmpty,
    write_attributes: checkWriteAttributes,
  },
  aws_cognito_identity_provider: IDENTITY_PROVIDER_CHANGES,
  aws_cognito_resource_server: { scope: anyChange },
  aws_cognito_user_group: { description: anyChange },
  aws_cognito_identity_pool: {
    cognito_identity_providers: checkTrustedClients,
    tags: anyChange,
  },
  aws_iam_role: {
    assume_role_policy: checkPolicy(checkTrust),
    description: anyChange,
    permissions_boundary: onlyFromUnset,
    tags: checkRoleTags,
  },
  aws_iam_role_policy: {
    policy: checkPolicy(checkPermissions),
  },
  aws_iam_openid_connect_provider: {
    client_id_list: onlyAdditions(),
    tags: anyChange,
    thumbprint_list: anyChange,
  },
  aws_secretsmanager_secret: {
    description: anyChange,
    recovery_window_in_days: onlyFromUnset,
    tags: anyChange,
  },
} satisfies Partial<Record<AdoptedType, Readonly<Record<string, ChangeCheck>>>>;

/** Returns the checks of a resource type, by attribute. */
export function getChangeChecks(
  type: string,
): Readonly<Record<string, ChangeCheck>> {
  return Object.hasOwn(EXPECTED_CHANGES, type)
    ? EXPECTED_CHANGES[type as keyof typeof EXPECTED_CHANGES]
    : {};
}

/** Review rules that the checks replace, or that do not apply to resources that were just imported. */
export const CHECKED_ELSEWHERE: readonly RuleId[] = [
  "auth-flow-added",
  "auth-flow-removed",
  "callback-url-removed",
  "client-scope-removed",
  "oauth-flow-removed",
  "oauth-off",
  "recovery-window-shorter",
];

/** Returns the current name of an auth flow. */
export function toCurrentAuthFlow(flow: string): string {
  return LEGACY_AUTH_FLOWS[flow] ?? flow;
}
