import { createHash } from "node:crypto";
import { getEnvironment } from "../../../../stacks/config/environment";
import { createTokenRequest, requestToken } from "../../auth/token-endpoint";
import type { AwsTarget } from "../../aws/client";
import { decodePolicy, parsePolicy } from "../../iam/policy";
import { canIdentityPoolAssume } from "../../iam/trust";
import {
  type ClientSecretFields,
  parseClientSecret,
} from "../../stage/client-secret-fields";
import { readSecret } from "../../stage/secrets";
import { type JsonObject, toJsonObject } from "../../system/json-object";
import type { MatchedResource } from "../read/matching";
import type { AdoptedType } from "../read/live-resources";
import { toText, toTexts } from "../read/terraform-configuration";
import { toCurrentAuthFlow } from "./expected-changes";

/** Values that users and applications rely on. It contains no secret, only digests. */
export interface Baseline {
  /** Values that must stay the same, by resource and attribute. */
  readonly values: Readonly<Record<string, string>>;
  /** Lists that may gain members, and must lose none. */
  readonly members: Readonly<Record<string, readonly string[]>>;
  /** Problems that prevented a check. */
  readonly untested: readonly string[];
}

/** Attributes that must stay the same, in the order of the messages. */
const VALUES: Partial<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["Id", "Name", "CreationDate"],
  aws_cognito_user_pool_client: ["ClientId", "CreationDate"],
  aws_cognito_user_group: ["CreationDate", "RoleArn", "Precedence"],
  aws_cognito_user_pool_domain: ["Domain", "UserPoolId"],
  aws_cognito_resource_server: ["Identifier"],
  aws_cognito_identity_provider: ["CreationDate"],
  aws_cognito_identity_pool: ["IdentityPoolId"],
  aws_iam_role: ["RoleId", "Arn", "CreateDate"],
  aws_iam_openid_connect_provider: ["Url", "CreateDate"],
  aws_secretsmanager_secret: ["ARN", "CreatedDate"],
} satisfies Partial<Record<AdoptedType, readonly string[]>>;

/** Lists that must lose no member. */
const MEMBERS: Partial<
  Record<string, (attributes: JsonObject) => readonly string[]>
> = {
  aws_cognito_user_pool_client: ({
    ExplicitAuthFlows: flows,
    SupportedIdentityProviders: providers,
  }) => [
    ...toTexts(flows)
      .map(toCurrentAuthFlow)
      // no service client uses these default flows
      .filter((flow) => !/SRP|CUSTOM/.test(flow)),
    ...toTexts(providers),
  ],
  aws_cognito_resource_server: ({ Scopes: scopes }) =>
    toObjects(scopes).map(({ ScopeName }) => String(ScopeName)),
  aws_cognito_identity_pool: ({ CognitoIdentityProviders: providers }) =>
    toObjects(providers).map(
      ({ ClientId, ProviderName }) =>
        `${String(ProviderName)}:${String(ClientId)}`,
    ),
  aws_iam_openid_connect_provider: ({ ClientIDList }) => toTexts(ClientIDList),
};

/** Values that an entry of the allow-list permits to change; ids never change. */
const CHANGEABLE = ["Precedence", "RoleArn"];

/** Reads the values that users rely on from AWS, and requests a token with the secret of each service. */
export async function readBaseline(
  pairs: readonly MatchedResource[],
  target: AwsTarget,
  log: (line: string) => void,
): Promise<Baseline> {
  const values: Record<string, string> = {};
  const members: Record<string, readonly string[]> = {};
  const untested: string[] = [];
  const identityPoolId = pairs.find(
    ({ configured }) => configured.type === "aws_cognito_identity_pool",
  )?.live.importId;
  const clientIds = pairs.map(({ live }) => live.attributes.ClientId);
  for (const pair of pairs) {
    const {
      live: { attributes },
      configured: { type },
    } = pair;
    const name = getName(pair);
    for (const attribute of VALUES[type] ?? [])
      values[`${name}: ${attribute}`] = formatValue(attributes[attribute]);
    const list = MEMBERS[type]?.(attributes);
    if (list !== undefined) members[name] = [...list].sort();
    if (typeof attributes.ClientSecret === "string")
      values[`${name}: digest of its secret`] = digest(attributes.ClientSecret);
    if (type === "aws_iam_role" && identityPoolId !== undefined)
      values[`${name}: trusts the identity pool`] = describeTrust(
        attributes.AssumeRolePolicyDocument,
        identityPoolId,
      );
    if (type === "aws_secretsmanager_secret") {
      const { key } = pair.live;
      const { text } = await readSecret(key, target, "check who deleted it");
      const fields = parseClientSecret(key, text);
      // an apply writes the secret of any other client again
      if (!clientIds.includes(fields.client_id)) continue;
      values[`${name}: digest of its value`] = digestFields(fields);
      if (fields.flow !== "client_credentials") continue;
      members[`${name}: scope`] = fields.scope?.split(" ").sort() ?? [];
      const problem = await requestTestToken(key, fields, log);
      if (problem === undefined) values[`${name}: gets a token`] = "yes";
      else untested.push(`secret ${key} gets no token: ${problem}`);
    }
  }
  return { values, members, untested };
}

/** Removes the values that the allow-list permits to change. */
export function omitAllowed(
  baseline: Baseline,
  pairs: readonly MatchedResource[],
  allowed: ReadonlyMap<string, string>,
): Baseline {
  const names = pairs
    .filter(({ configured }) => allowed.has(configured.address))
    .map(getName);
  const changeable = names.flatMap((name) =>
    CHANGEABLE.map((attribute) => `${name}: ${attribute}`),
  );
  return {
    ...baseline,
    values: omit(baseline.values, changeable),
    members: omit(baseline.members, names),
  };
}

function omit<T>(
  all: Readonly<Record<string, T>>,
  keys: readonly string[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(all).filter(([key]) => !keys.includes(key)),
  );
}

/** Returns the requirements of a baseline that the current values violate. */
export function compareBaselines(
  before: Baseline,
  after: Baseline,
): readonly string[] {
  return [
    ...Object.entries(before.values)
      .filter(([name, value]) => after.values[name] !== value)
      .map(
        ([name, value]) =>
          `${name} must be ${value}, got ${after.values[name] ?? "no value"}`,
      ),
    ...Object.entries(before.members).flatMap(([name, members]) =>
      members
        .filter((member) => after.members[name]?.includes(member) !== true)
        .map((member) => `${name} must still contain ${member}`),
    ),
  ];
}

/** Requests a token and discards it; returns the reason if there is none. */
async function requestTestToken(
  secretId: string,
  fields: ClientSecretFields,
  log: (line: string) => void,
): Promise<string | undefined> {
  try {
    await requestToken(createTokenRequest(secretId, fields, getEnvironment()), {
      log,
    });
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

function describeTrust(document: unknown, identityPoolId: string): string {
  const policy = parsePolicy(decodePolicy(toText(document)));
  return policy.kind === "unreadable"
    ? `not readable (${policy.reason})`
    : String(
        policy.statements.some((statement) =>
          canIdentityPoolAssume(statement, identityPoolId),
        ),
      );
}

function getName({ live, configured }: MatchedResource): string {
  return `${configured.type} ${live.key}`;
}

/** Scopes are compared as members. */
function digestFields(fields: ClientSecretFields): string {
  const sorted = Object.entries(fields)
    .filter(([field]) => field !== "scope")
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return digest(JSON.stringify(sorted));
}

/** Makes two values comparable without disclosing them. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function formatValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? String(value) : toText(value);
}

function toObjects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(toJsonObject) : [];
}
