import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../json-object";
import { minutesOf, TOKENS } from "../review/token-life";
import { lostGrants, lostTrust } from "./lost-statements";

/** Says what in a change of one attribute nobody may expect, a phrase each; nothing where it is as it should be. */
type Judge = (before: JsonObject, after: JsonObject) => readonly string[];

/** Callback URL that the CDK gave every client, and that leads nowhere. */
const PLACEHOLDER = "https://example.com";
/** Scopes that the CDK gave every client that people sign in with. */
const DEFAULT_SCOPES = [
  "aws.cognito.signin.user.admin",
  "email",
  "openid",
  "phone",
  "profile",
];
/** Ways of signing in that AWS gives a client that names none. */
const DEFAULT_FLOWS = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"];

const fine: Judge = () => [];

/**
 * Attributes that an adoption changes in place, by type: what the stage's code has otherwise than the CDK app had. A
 * change of any other was made by hand, and would go.
 */
export const EXPECTED: Readonly<
  Record<string, Readonly<Record<string, Judge>>>
> = {
  aws_cognito_user_pool: {
    account_recovery_setting: fine,
    deletion_protection: only("deletion_protection", "ACTIVE"),
    password_policy: fine,
    software_token_mfa_configuration: ({
      software_token_mfa_configuration: was,
    }) =>
      JSON.stringify(was).includes('"enabled":true')
        ? ["it was switched on"]
        : [],
    tags: fine,
    user_pool_tier: fine,
  },
  aws_cognito_user_pool_client: {
    access_token_validity: tokenLives,
    id_token_validity: tokenLives,
    refresh_token_validity: tokenLives,
    token_validity_units: tokenLives,
    allowed_oauth_flows: loses("allowed_oauth_flows", () => [
      "code",
      "implicit",
    ]),
    allowed_oauth_flows_user_pool_client: fine,
    allowed_oauth_scopes: loses("allowed_oauth_scopes", () => DEFAULT_SCOPES),
    callback_urls: callbackUrls,
    explicit_auth_flows: loses("explicit_auth_flows", (before) =>
      texts(before.allowed_oauth_flows).includes("client_credentials")
        ? DEFAULT_FLOWS
        : [],
    ),
    prevent_user_existence_errors: only(
      "prevent_user_existence_errors",
      "ENABLED",
    ),
    enable_token_revocation: only("enable_token_revocation", true),
    auth_session_validity: fromUnset("auth_session_validity"),
    supported_identity_providers: loses("supported_identity_providers"),
  },
  aws_cognito_resource_server: { scope: fine },
  aws_cognito_user_group: { description: fine },
  aws_cognito_identity_pool: {
    cognito_identity_providers: trustedClients,
    tags: fine,
  },
  aws_iam_role: {
    assume_role_policy: ({ assume_role_policy: was }, after) =>
      lostTrust(was, after.assume_role_policy),
    description: fine,
    permissions_boundary: fromUnset("permissions_boundary"),
    tags: fine,
  },
  aws_iam_role_policy: {
    policy: ({ policy: was }, { policy: is }) => lostGrants(was, is),
  },
  aws_iam_openid_connect_provider: {
    client_id_list: loses("client_id_list"),
    tags: fine,
    thumbprint_list: fine,
  },
  aws_secretsmanager_secret: {
    description: fine,
    recovery_window_in_days: fromUnset("recovery_window_in_days"),
    tags: fine,
  },
};

/** Rules of a review whose findings are what {@link EXPECTED} judges, or of no meaning for what was just imported. */
export const JUDGED_RULES: readonly string[] = [
  "auth-flow-added",
  "auth-flow-removed",
  "callback-url-removed",
  "client-scope-removed",
  "oauth-flow-removed",
  "oauth-off",
  "recovery-window-shorter",
];

function only(attribute: string, value: unknown): Judge {
  return (_, after) =>
    after[attribute] === value
      ? []
      : [`it would be ${JSON.stringify(after[attribute] ?? null)}`];
}

function fromUnset(attribute: string): Judge {
  return ({ [attribute]: was }) =>
    was === undefined || was === null || was === "" || was === 0
      ? []
      : [`it was set to ${JSON.stringify(was)}`];
}

function loses(
  attribute: string,
  expected: (before: JsonObject) => readonly string[] = () => [],
): Judge {
  return (before, after) => {
    const has = texts(after[attribute]);
    return texts(before[attribute])
      .filter((one) => !has.includes(one) && !expected(before).includes(one))
      .map((one) => `it loses ${one}`);
  };
}

function callbackUrls(
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const redirect = after.default_redirect_uri;
  const isLeft =
    typeof redirect === "string" &&
    redirect !== "" &&
    !texts(after.callback_urls).includes(redirect);
  return [
    ...loses("callback_urls", () => [PLACEHOLDER])(before, after),
    ...(isLeft
      ? [
          `its default redirect ${redirect} would be none of them, which AWS refuses`,
        ]
      : []),
  ];
}

/** Tokens may be told otherwise how long they live, and live as long. */
function tokenLives(before: JsonObject, after: JsonObject): readonly string[] {
  return TOKENS.filter(
    (token) => minutes(token, before) !== minutes(token, after),
  ).map(
    (token) =>
      `its ${token.replace("_", " ")}s would live ${minutes(token, after) ?? "unknown"} minutes, and live ${minutes(token, before) ?? "unknown"}`,
  );
}

function minutes(
  token: (typeof TOKENS)[number],
  values: JsonObject,
): number | undefined {
  const [units] = Array.isArray(values.token_validity_units)
    ? (values.token_validity_units as readonly unknown[])
    : [];
  return minutesOf(
    token,
    values[`${token}_validity`],
    isJsonObject(units) ? units : {},
  );
}

function trustedClients(
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const attribute = "cognito_identity_providers";
  const [was, is] = [before, after].map(({ [attribute]: list }) =>
    Array.isArray(list) ? (list as readonly unknown[]) : [],
  );
  return (was ?? [])
    .filter(
      (one) => is?.some((other) => isDeepStrictEqual(one, other)) !== true,
    )
    .map(
      (one) =>
        `it no longer trusts client ${isJsonObject(one) ? String(one.client_id) : ""} as it did`,
    );
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? value.filter((one): one is string => typeof one === "string")
    : [];
}
