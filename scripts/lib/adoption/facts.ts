import type { AwsPlace } from "../aws-client";
import { trustsIdentityPool } from "../iam/assume";
import { parsePolicy } from "../iam/policy";
import { decodePolicy } from "../iam/policy-text";
import { isJsonObject } from "../json-object";
import { flowNamed } from "./change-judges";
import type { Pair } from "./matching";
import { digest, secretFacts } from "./secret-facts";
import { textFrom } from "./stage-code";

/** What users and programs rely on, by what it is of; no value is a secret, nor gives one away. */
export interface Facts {
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
  Record<string, (facts: Pair["live"]["facts"]) => readonly string[]>
> = {
  aws_cognito_user_pool_client: ({ ExplicitAuthFlows: flows }) =>
    // the ways of signing in that a service's client never needed
    texts(flows)
      .map(flowNamed)
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
export async function readFacts(
  pairs: readonly Pair[],
  place: AwsPlace,
  log: (line: string) => void,
): Promise<Facts> {
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
      same[`${name}: digest of its secret`] = digest(live.facts.ClientSecret);
    if (code.type === "aws_iam_role" && poolId !== undefined)
      same[`${name}: trusts the identity pool`] = trustText(
        live.facts.AssumeRolePolicyDocument,
        poolId,
      );
    if (code.type === "aws_secretsmanager_secret") {
      const { facts, scopes, problem } = await secretFacts(
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
export function withoutAllowed(
  facts: Facts,
  pairs: readonly Pair[],
  allowed: ReadonlyMap<string, string>,
): Facts {
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
export function differences(before: Facts, now: Facts): readonly string[] {
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
  const policy = parsePolicy(decodePolicy(textFrom(document)));
  return policy.kind === "unreadable"
    ? `not readable (${policy.reason})`
    : String(
        policy.statements.some((statement) =>
          trustsIdentityPool(statement, identityPoolId),
        ),
      );
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? String(value) : textFrom(value);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function blocks(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
