import { UserError } from "../../../../constructs/errors";
import {
  type ClientSecretFields,
  parseClientSecret,
} from "../../stage/client-secret-fields";
import { parseJsonObject } from "../../system/json-object";
import { type AwsReader, getAwsReader } from "../aws-reader";
import type { Check, DoctorContext } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatSecretFix } from "../client-rotation";
import { formatFix } from "../format-fix";
import { formatRestore } from "../format-restore";
import {
  listStoredClients,
  type SecretClient,
  type SecretFlow,
} from "../stage-clients";
import { getUserPoolId } from "../user-pool";

/** Fields of a secret by flow. Services parse exactly these keys. */
const KEYS: Readonly<Record<SecretFlow, readonly string[]>> = {
  client_credentials: ["client_secret", "scope"],
  authorization_code: ["client_secret", "scope"],
  user_password: [],
};
const COMMON_KEYS = [
  "flow",
  "cognito_domain",
  "client_id",
  "userpool_id",
  "aws_region",
] as const;

/** Compares the secrets of clients with the clients in AWS. */
export const CLIENT_SECRETS: Check = {
  id: "client-secrets",
  section: "Clients and secrets",
  run: async (context) =>
    checkItems(
      listStoredClients(context),
      {
        ok: "each secret has the exact fields, with the values of its client",
        bad: "secrets have other fields or values than their clients",
        none: "the stage has no client with a secret",
      },
      ({ secretName }) => secretName,
      (client) => checkSecret(client, context),
    ),
};

async function checkSecret(
  client: SecretClient,
  context: DoctorContext,
): Promise<readonly ItemFinding[]> {
  const { secretName, clientId } = client;
  const reader = getAwsReader(context);
  const [secret, actual] = await Promise.all([
    reader.findSecret(secretName),
    reader.findUserPoolClient(clientId),
  ]);
  const toFinding = (problem: string, fix: string): ItemFinding[] => [
    { status: "failed", text: `${secretName} ${problem}`, fix },
  ];
  const deploy = formatFix(context, "deploy");
  if (actual === undefined)
    return toFinding(`is of client ${clientId}, which does not exist`, deploy);
  if (secret === undefined)
    return toFinding("does not exist, or has no value", deploy);
  const problem = findProblem(client, secret.text, actual, context);
  if (problem !== undefined)
    return toFinding(problem, await formatRestore(client, secret, context));
  return (await isOutdated(secret.text, actual, context))
    ? toFinding(
        "has another client_secret than its client",
        await formatSecretFix(client, context),
      )
    : [];
}

type Actual = NonNullable<Awaited<ReturnType<AwsReader["findUserPoolClient"]>>>;

/** Returns the end of a sentence about the secret. It contains names of fields alone. */
function findProblem(
  client: SecretClient,
  text: string,
  actual: Actual,
  context: DoctorContext,
): string | undefined {
  let fields: ClientSecretFields;
  try {
    fields = parseClientSecret(client.secretName, text);
  } catch (error) {
    if (error instanceof UserError) return "is not a JSON object of texts";
    throw error;
  }
  const keys = [...COMMON_KEYS, ...KEYS[client.flow]];
  const missing = keys.filter((key) => (fields[key] ?? "") === "");
  if (missing.length > 0) return `lacks ${missing.join(", ")}`;
  const unknown = Object.keys(fields).filter((key) => !keys.includes(key));
  if (unknown.length > 0)
    return `has ${unknown.length === 1 ? "a field" : "fields"} that readers refuse: ${unknown.map((key) => JSON.stringify(key)).join(", ")}`;
  const different = listDifferences(client, fields, actual, context);
  return different.length === 0
    ? undefined
    : `has another ${different.join(", ")}`;
}

function listDifferences(
  { flow, clientId }: SecretClient,
  fields: ClientSecretFields,
  actual: Actual,
  context: DoctorContext,
): readonly string[] {
  const { outputs, region } = context;
  const scopes = actual.AllowedOAuthScopes ?? [];
  const isEqual: Readonly<Record<string, boolean>> = {
    flow: fields.flow === flow,
    // a setting selects the one or the other
    cognito_domain: [
      outputs.userpool_domain_base_url,
      outputs.userpool_custom_domain_base_url,
    ].includes(fields.cognito_domain),
    client_id: fields.client_id === clientId,
    userpool_id: fields.userpool_id === getUserPoolId(context),
    aws_region: fields.aws_region === region,
    scope: fields.scope === undefined || hasScopes(fields.scope, scopes),
  };
  return Object.keys(isEqual).filter((key) => isEqual[key] !== true);
}

/** Returns whether a text has exactly these scopes, in any order. */
export function hasScopes(text: string, scopes: readonly string[]): boolean {
  const names = new Set(text.split(" "));
  return (
    names.size === scopes.length && scopes.every((scope) => names.has(scope))
  );
}

/**
 * Returns whether the client has one secret, and it is another one. The API returns the original secret alone: nothing after
 * that was deleted, and the former one while a rotation is not finished.
 */
async function isOutdated(
  text: string,
  actual: Actual,
  context: DoctorContext,
): Promise<boolean> {
  const original = actual.ClientSecret ?? "";
  const { client_secret: secret = original } = parseJsonObject(text);
  if (original === "" || original === secret) return false;
  const reader = getAwsReader(context);
  const { sdk, client } = await reader.cognito();
  const { ClientId = "" } = actual;
  const secrets = await reader.read(
    "cognito-idp:ListUserPoolClientSecrets",
    ClientId,
    () =>
      client.send(
        new sdk.ListUserPoolClientSecretsCommand({
          UserPoolId: reader.userPoolId,
          ClientId,
        }),
      ),
  );
  return secrets.ClientSecrets?.length === 1;
}
