import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../../system/json-object";
import {
  TOKEN_KINDS,
  getValidityMinutes,
} from "../../review/rules/client-tokens";

/** Says what in a change of one attribute nobody may expect, a phrase each; nothing where it is as it should be. */
export type ChangeCheck = (
  before: JsonObject,
  after: JsonObject,
) => readonly string[];

/** Callback URL that the CDK gave every client, and that leads nowhere. */
const PLACEHOLDER = "https://example.com";
/** Scopes that the CDK gave every client that people sign in with. */
export const CDK_DEFAULT_SCOPES = [
  "aws.cognito.signin.user.admin",
  "email",
  "openid",
  "phone",
  "profile",
];
/** Ways of signing in that AWS gives a client that names none. */
const DEFAULT_FLOWS = ["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"];

export const anyChange: ChangeCheck = () => [];

export function onlyTo(attribute: string, value: unknown): ChangeCheck {
  return (_, after) =>
    after[attribute] === value
      ? []
      : [`it would be ${JSON.stringify(after[attribute] ?? null)}`];
}

export function onlyFromUnset(attribute: string): ChangeCheck {
  return ({ [attribute]: was }) =>
    was === undefined || was === null || was === "" || was === 0
      ? []
      : [`it was set to ${JSON.stringify(was)}`];
}

export function onlyAdditions(
  attribute: string,
  expected: (before: JsonObject) => readonly string[] = () => [],
): ChangeCheck {
  return (before, after) => {
    const has = texts(after[attribute]);
    return texts(before[attribute])
      .filter((one) => !has.includes(one) && !expected(before).includes(one))
      .map((one) => `it loses ${one}`);
  };
}

/** Whether people are sent back to something real: the client's flows and scopes are in use then. */
export function hasRealCallbackUrl({
  callback_urls: urls,
}: JsonObject): boolean {
  return texts(urls).some((url) => url !== PLACEHOLDER);
}

/** The CDK app had both ways; one alone, or none, somebody has chosen. */
export function checkAccountRecovery({
  account_recovery_setting: was,
}: JsonObject) {
  const [setting] = Array.isArray(was) ? (was as readonly unknown[]) : [];
  const ways = isJsonObject(setting) ? setting.recovery_mechanism : undefined;
  const names = (Array.isArray(ways) ? ways : []).map((way: unknown) =>
    isJsonObject(way) ? String(way.name) : "",
  );
  return names.length === 0 || names.includes("verified_email")
    ? []
    : [`people recover by ${names.join(" and ")} alone, and would by e-mail`];
}

/** Days that AWS has where nobody has said any. */
const TEMPORARY_DAYS = [0, 7];

export function checkTemporaryPasswords({ password_policy: was }: JsonObject) {
  const [policy] = Array.isArray(was) ? (was as readonly unknown[]) : [];
  const days = isJsonObject(policy)
    ? Number(policy.temporary_password_validity_days ?? 0)
    : 0;
  return TEMPORARY_DAYS.includes(days)
    ? []
    : [`temporary passwords live ${days} days, and would live 7`];
}

/** Ways of signing in that every client of a stage has, and those that the CDK app gave its own. */
const GAINED_FLOWS = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"];

/** A way of signing in by its name of today. */
export function toCurrentAuthFlow(flow: string): string {
  return LEGACY_FLOWS[flow] ?? flow;
}

const LEGACY_FLOWS: Readonly<Record<string, string>> = {
  ADMIN_NO_SRP_AUTH: "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  CUSTOM_AUTH_FLOW_ONLY: "ALLOW_CUSTOM_AUTH",
  USER_PASSWORD_AUTH: "ALLOW_USER_PASSWORD_AUTH",
};

export function checkAuthFlows(
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const attribute = "explicit_auth_flows";
  const isService = texts(before.allowed_oauth_flows).includes(
    "client_credentials",
  );
  const had = texts(before[attribute]).map(toCurrentAuthFlow);
  const has = texts(after[attribute]);
  // of no use without a trigger, which stops by itself
  const lost = isService ? DEFAULT_FLOWS : ["ALLOW_CUSTOM_AUTH"];
  return [
    ...had
      .filter((flow) => !has.includes(flow) && !lost.includes(flow))
      .map((flow) => `it loses ${flow}`),
    ...has
      .filter((flow) => !had.includes(flow) && !GAINED_FLOWS.includes(flow))
      .map((flow) => `it gains ${flow}, which somebody has taken from it`),
  ];
}

/** Tags that the CDK app gave everything, and that no stage has. */
const CDK_TAGS = ["GitCommit", "GitTag"];

/** A role's tags go with those who assume it, and policies may ask for them. */
export function checkRoleTags({ tags: was }: JsonObject, after: JsonObject) {
  const is = isJsonObject(after.tags_all) ? after.tags_all : {};
  return Object.entries(isJsonObject(was) ? was : {})
    .filter(([key, value]) => is[key] !== value && !CDK_TAGS.includes(key))
    .map(([key, value]) =>
      key in is
        ? `its tag ${key} would be ${String(is[key])}, and is ${String(value)}, which policies may ask for`
        : `it loses tag ${key}, which policies may ask for`,
    );
}

export function checkCallbackUrls(
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const redirect = after.default_redirect_uri;
  const isLeft =
    typeof redirect === "string" &&
    redirect !== "" &&
    !texts(after.callback_urls).includes(redirect);
  return [
    ...onlyAdditions("callback_urls", () => [PLACEHOLDER])(before, after),
    ...(isLeft
      ? [
          `its default redirect ${redirect} would be none of them, which AWS refuses`,
        ]
      : []),
  ];
}

/** Tokens may be told otherwise how long they live, and live as long. */
export function checkTokenValidity(
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  return TOKEN_KINDS.filter(
    (token) => minutes(token, before) !== minutes(token, after),
  ).map(
    (token) =>
      `its ${token.replace("_", " ")}s would live ${minutes(token, after) ?? "unknown"} minutes, and live ${minutes(token, before) ?? "unknown"}`,
  );
}

function minutes(
  token: (typeof TOKEN_KINDS)[number],
  values: JsonObject,
): number | undefined {
  const [units] = Array.isArray(values.token_validity_units)
    ? (values.token_validity_units as readonly unknown[])
    : [];
  return getValidityMinutes(
    token,
    values[`${token}_validity`],
    isJsonObject(units) ? units : {},
  );
}

export function checkTrustedClients(
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
