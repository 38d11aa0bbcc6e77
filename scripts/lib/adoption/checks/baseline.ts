import { createHash } from "node:crypto";
import { getEnvironment } from "../../../../stacks/config/environment";
import type { AwsTarget } from "../../aws/client";
import { parseClientSecret, readSecret } from "../../stage/secrets";
import { requestToken, resolveTokenUrl } from "../../auth/token-endpoint";
import type { MatchedResource } from "../read/matching";
import { canIdentityPoolAssume } from "../../iam/trust";
import { decodePolicy, parsePolicy } from "../../iam/policy";
import { isJsonObject } from "../../system/json-object";
import { toCurrentAuthFlow } from "./change-checks";
import { toText } from "../read/terraform-configuration";

/** What a secret is good for; one of a client that is not taken over is written anew. */
export async function readSecretBaseline(
  { live, code }: MatchedResource,
  pairs: readonly MatchedResource[],
  place: AwsTarget,
  log: (line: string) => void,
): Promise<{
  readonly facts: Readonly<Record<string, string>>;
  readonly scopes?: readonly string[];
  readonly problem?: string;
}> {
  const name = `${code.type} ${live.key}`;
  const { text } = await readSecret(live.key, place, "look at who removed it");
  const fields = parseClientSecret(live.key, text);
  const isOfClient = pairs.some(
    (pair) => pair.live.facts.ClientId === fields.client_id,
  );
  if (!isOfClient) return { facts: {} };
  const canonical = JSON.stringify(
    Object.entries(fields)
      .filter(([field]) => field !== "scope")
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const facts = { [`${name}: digest of its value`]: hashText(canonical) };
  if (fields.flow !== "client_credentials") return { facts };
  const problem = await tokenProblem(live.key, fields, log);
  const scopes = fields.scope?.split(" ").sort() ?? [];
  return problem === undefined
    ? { facts: { ...facts, [`${name}: gets a token`]: "yes" }, scopes }
    : {
        facts,
        scopes,
        problem: `secret ${live.key} gets no token: ${problem}`,
      };
}

/** Why a service's secret gets no token, where it gets none: a token itself is kept nowhere. */
async function tokenProblem(
  secretId: string,
  fields: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<string | undefined> {
  const source = `field cognito_domain of secret "${secretId}"`;
  const domain = { text: fields.cognito_domain ?? "", source };
  try {
    await requestToken(
      {
        url: resolveTokenUrl(domain, getEnvironment()),
        clientId: fields.client_id ?? "",
        clientSecret: fields.client_secret ?? "",
        scope: fields.scope ?? "",
      },
      { log },
    );
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

/** Tells two values apart, and tells neither. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What users and programs rely on, by what it is of; no value is a secret, nor gives one away. */
export interface Baseline {
  /** What must stay as it is. */
  readonly same: Readonly<Record<string, string>>;
  /** What may gain members, and lose none. */
  readonly has: Readonly<Record<string, readonly string[]>>;
  /** What could not be tried, a phrase each. */
  readonly unproven: readonly string[];
}

/** AWS's facts of each type that must stay, in the order in which they are told. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["Id", "Name", "CreationDate"],
  aws_cognito_user_pool_client: ["ClientId", "CreationDate"],
  aws_cognito_user_group: ["CreationDate", "RoleArn", "Precedence"],
  aws_cognito_user_pool_domain: ["Domain", "UserPoolId"],
  aws_cognito_resource_server: ["Identifier"],
  aws_cognito_identity_pool: ["IdentityPoolId"],
  aws_iam_role: ["RoleId", "Arn", "CreateDate"],
  aws_iam_openid_connect_provider: ["Url", "CreateDate"],
  aws_secretsmanager_secret: ["ARN", "CreatedDate"],
};

/** Lists of AWS's facts that must lose nothing. */
const HAS: Readonly<
  Record<string, (facts: MatchedResource["live"]["facts"]) => readonly string[]>
> = {
  aws_cognito_user_pool_client: ({ ExplicitAuthFlows: flows }) =>
    // the ways of signing in that a service's client never needed
    texts(flows)
      .map(toCurrentAuthFlow)
      .filter((flow) => !/SRP|CUSTOM/.test(flow)),
  aws_cognito_resource_server: ({ Scopes: scopes }) =>
    blocks(scopes).map(({ ScopeName }) => String(ScopeName)),
  aws_cognito_identity_pool: ({ CognitoIdentityProviders: providers }) =>
    blocks(providers).map(
      ({ ClientId, ProviderName }) =>
        `${String(ProviderName)}:${String(ClientId)}`,
    ),
  aws_iam_openid_connect_provider: ({ ClientIDList }) => texts(ClientIDList),
};

/**
 * Reads what users rely on of everything that is adopted, and tries each service's secret for a token.
 *
 * @param log told when a token has to be asked for again
 */
export async function readBaseline(
  pairs: readonly MatchedResource[],
  place: AwsTarget,
  log: (line: string) => void,
): Promise<Baseline> {
  const same: Record<string, string> = {};
  const has: Record<string, readonly string[]> = {};
  const unproven: string[] = [];
  const poolId = pairs.find(
    ({ code }) => code.type === "aws_cognito_identity_pool",
  )?.live.importId;
  for (const pair of pairs) {
    const { live, code } = pair;
    const name = `${code.type} ${live.key}`;
    for (const fact of SAME[code.type] ?? [])
      same[`${name}: ${fact}`] = shown(live.facts[fact]);
    const members = HAS[code.type]?.(live.facts);
    if (members !== undefined) has[name] = [...members].sort();
    if (typeof live.facts.ClientSecret === "string")
      same[`${name}: digest of its secret`] = hashText(live.facts.ClientSecret);
    if (code.type === "aws_iam_role" && poolId !== undefined)
      same[`${name}: trusts the identity pool`] = trustText(
        live.facts.AssumeRolePolicyDocument,
        poolId,
      );
    if (code.type === "aws_secretsmanager_secret") {
      const { facts, scopes, problem } = await readSecretBaseline(
        pair,
        pairs,
        place,
        log,
      );
      Object.assign(same, facts);
      if (scopes !== undefined) has[`${name}: scope`] = scopes;
      if (problem !== undefined) unproven.push(problem);
    }
  }
  return { same, has, unproven };
}

/** Facts that are no id, and that an entry of the allow-list lets change. */
const CHANGEABLE = ["Precedence", "RoleArn"];

/** The facts that must still hold where somebody has allowed values of some addresses to change. */
export function omitAllowed(
  facts: Baseline,
  pairs: readonly MatchedResource[],
  allowed: ReadonlyMap<string, string>,
): Baseline {
  const names = pairs
    .filter(({ code }) => allowed.has(code.address))
    .map(({ code, live }) => `${code.type} ${live.key}`);
  const without = <T>(
    all: Readonly<Record<string, T>>,
    left: readonly string[],
  ) =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => !left.includes(name)),
    );
  return {
    ...facts,
    same: without(
      facts.same,
      names.flatMap((name) => CHANGEABLE.map((fact) => `${name}: ${fact}`)),
    ),
    has: without(facts.has, names),
  };
}

/** What of the facts is no longer so, a sentence each. */
export function compareBaselines(
  before: Baseline,
  now: Baseline,
): readonly string[] {
  return [
    ...Object.entries(before.same)
      .filter(([fact, value]) => now.same[fact] !== value)
      .map(
        ([fact, value]) =>
          `${fact} was ${value}, and is ${now.same[fact] ?? "not there"}`,
      ),
    ...Object.entries(before.has).flatMap(([what, members]) =>
      members
        .filter((member) => now.has[what]?.includes(member) !== true)
        .map((member) => `${what} has lost ${member}`),
    ),
  ];
}

function trustText(document: unknown, identityPoolId: string): string {
  const policy = parsePolicy(decodePolicy(toText(document)));
  return policy.kind === "unreadable"
    ? `not readable (${policy.reason})`
    : String(
        policy.statements.some((statement) =>
          canIdentityPoolAssume(statement, identityPoolId),
        ),
      );
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? String(value) : toText(value);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function blocks(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
