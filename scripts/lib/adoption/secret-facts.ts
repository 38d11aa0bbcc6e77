import { createHash } from "node:crypto";
import { environment } from "../../../stacks/config";
import type { AwsPlace } from "../aws-client";
import { parseClientSecret } from "../stage/client-secret-reader";
import { readSecret } from "../stage/secret-reader";
import { requestToken } from "../tokens/token-endpoint";
import { tokenUrl } from "../tokens/token-url";
import type { Pair } from "./matching";

/** What a secret is good for; one of a client that is not taken over is written anew. */
export async function secretFacts(
  { live, code }: Pair,
  pairs: readonly Pair[],
  place: AwsPlace,
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
  const facts = { [`${name}: digest of its value`]: digest(canonical) };
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
        url: tokenUrl(domain, environment()),
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
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
