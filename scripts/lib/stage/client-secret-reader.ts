import { UserError } from "../../../constructs/errors";
import { awsClient, type AwsPlace } from "../aws-client";

/** What to do about a secret that no deployment wrote like this. */
const REWRITE =
  "it was changed by hand: put its former version back, which `aws secretsmanager list-secret-version-ids` names";

/** What a client's secret says, by the names of the fields. */
export type ClientSecretFields = Readonly<Record<string, string>>;

/**
 * Reads the secret that a stage keeps for a client: `{stack}/{client}`.
 *
 * What the secret holds is never part of an error.
 *
 * @param secretName as `secretName` of constructs/names.ts makes it
 * @throws UserError when there is no such secret, or it does not hold the text fields of one
 */
export async function readClientSecret(
  secretName: string,
  place: AwsPlace,
): Promise<ClientSecretFields> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const client = await awsClient(SecretsManagerClient, place);
  try {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: secretName }),
    );
    return parseClientSecret(secretName, SecretString);
  } catch (error) {
    throw explained(error, secretName) ?? error;
  } finally {
    client.destroy();
  }
}

/**
 * Fields of a client's secret that have to be there.
 *
 * @throws UserError when one is missing or empty
 */
export function requireFields<Name extends string>(
  secretName: string,
  secret: ClientSecretFields,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (secret[name] ?? "") === "");
  if (missing.length > 0) {
    throw new UserError(
      `secret "${secretName}" must have the fields ${names.join(", ")}, got no ${missing.join(", ")}`,
      REWRITE,
    );
  }
  return Object.fromEntries(
    names.map((name) => [name, secret[name]]),
  ) as Readonly<Record<Name, string>>;
}

function parseClientSecret(
  secretName: string,
  text: string | undefined,
): ClientSecretFields {
  let fields: unknown;
  try {
    // a parser's message quotes the text
    fields = JSON.parse(text ?? "");
  } catch {
    throw new UserError(
      `secret "${secretName}" must hold JSON, got ${text === undefined ? "bytes" : "something else"}`,
      REWRITE,
    );
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw new UserError(
      `secret "${secretName}" must hold a JSON object, got another value`,
      REWRITE,
    );
  }
  const stray = Object.entries(fields).find(
    ([, value]) => typeof value !== "string",
  );
  if (stray !== undefined) {
    throw new UserError(
      `field ${JSON.stringify(stray[0])} of secret "${secretName}" must be text, got another value`,
      REWRITE,
    );
  }
  return fields as ClientSecretFields;
}

/** What Secrets Manager says of one secret; other errors of AWS are the same for every command. */
function explained(error: unknown, secretName: string): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (
    name === "ResourceNotFoundException" &&
    message.includes("staging label")
  ) {
    return new UserError(
      `secret "${secretName}" has no value`,
      "its deployment was not finished: deploy the stage again",
    );
  }
  if (name === "ResourceNotFoundException") {
    return new UserError(
      `secret "${secretName}" does not exist in this account and Region`,
      "check the stage, the service id and AWS_PROFILE",
    );
  }
  if (name === "InvalidRequestException" && /delet/i.test(message)) {
    return new UserError(
      `secret "${secretName}" is marked for deletion: its client was taken out, or its stage destroyed`,
      "deploy the stage with the client, or name another one; until its last day the secret can be restored",
    );
  }
  if (name === "DecryptionFailure" || name === "DecryptionFailureException") {
    return new UserError(
      `secret "${secretName}" cannot be decrypted with the key it has in KMS`,
      "check that the key is there and enabled, and that the profile may use it",
    );
  }
  return undefined;
}
