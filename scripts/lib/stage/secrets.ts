import { UserError } from "../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { describePrecedence } from "../aws/credential-source";
import { type ErrorExplanation, explainError } from "../aws/errors";
import { formatCommand } from "../cli/invocation";
import {
  describeNonObject,
  isJsonObject,
  parseJson,
} from "../system/json-object";

/**
 * Reads a secret of Secrets Manager, with the Region that it was read from. Errors never contain its value.
 *
 * @param hint what to check if the secret does not exist
 * @throws UserError if the secret does not exist, cannot be read, or is binary
 */
export async function readSecret(
  name: string,
  target: AwsTarget,
  hint: string,
): Promise<{ readonly text: string; readonly region: string }> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const client = await createAwsClient(SecretsManagerClient, target);
  const region = await client.config.region();
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(
      new GetSecretValueCommand({ SecretId: name }),
    ));
  } catch (error) {
    throw explainError(
      error,
      explainSecretErrors(`secret "${name}"`, region, hint),
    );
  } finally {
    client.destroy();
  }
  if (text !== undefined) return { text, region };
  throw new UserError(`secret "${name}" must be text, got bytes`, hint);
}

/** Explains the errors that Secrets Manager returns for one secret. */
export function explainSecretErrors(
  secret: string,
  region: string,
  hint: string,
): readonly ErrorExplanation[] {
  return [
    {
      names: /^ResourceNotFoundException$/,
      text: /staging label/,
      message: `${secret} has no value`,
      hint: "its deployment did not finish: deploy again, or write a value",
    },
    {
      names: /^ResourceNotFoundException$/,
      message: `${secret} does not exist in ${region} of this account`,
      hint,
    },
    {
      names: /^InvalidRequestException$/,
      text: /delet/i,
      message: `${secret} is marked for deletion`,
      hint: "restore it with `aws secretsmanager restore-secret` before SECRET_RECOVERY_DAYS have passed (docs/troubleshooting.md), or name another secret",
    },
    {
      names: /^DecryptionFailure(Exception)?$/,
      message: `cannot decrypt ${secret} with its KMS key`,
      hint: "check that the key exists and is enabled, and that the profile has permission to use it",
    },
    {
      names: /^ValidationException$/,
      message: `a secret's name must be 1-512 letters, digits or any of / _ + = . @ -, got ${secret}`,
      hint,
    },
  ];
}

/** A deployment does not write a version again that something else has replaced. */
function formatRepairHint(): string {
  const rotate = formatCommand(
    "rotate-secret",
    "--service-id",
    "<id>",
    "--back",
  );
  return `repair the secret of a service client or web client with ${rotate}; restore that of another client from the previous version, which \`aws secretsmanager list-secret-version-ids\` lists; if the last deployment did not finish, deploy the stage`;
}

/** Fields of a client's secret, by name. */
export type ClientSecretFields = Readonly<Record<string, string>>;

/**
 * Reads the secret of a client. Errors never contain its fields.
 *
 * @throws UserError if the secret does not exist, or is not an object of text fields
 */
export async function readClientSecret(
  secretName: string,
  target: AwsTarget,
): Promise<ClientSecretFields> {
  const { text } = await readSecret(
    secretName,
    target,
    `check the stage, the service id and AWS_PROFILE${describePrecedence(target.profile)}`,
  );
  return parseClientSecret(secretName, text);
}

/**
 * Returns fields of a client's secret.
 *
 * @throws UserError if a field is missing or empty
 */
export function requireFields<Name extends string>(
  secretName: string,
  secret: ClientSecretFields,
  ...names: readonly Name[]
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (secret[name] ?? "") === "");
  if (missing.length > 0)
    throw new UserError(
      `secret "${secretName}" must have the fields ${names.join(", ")}, got no ${missing.join(", ")}`,
      formatRepairHint(),
    );
  return Object.fromEntries(
    names.map((name) => [name, secret[name]]),
  ) as Readonly<Record<Name, string>>;
}

/** @throws UserError if the text is not an object of text fields; the message contains no field */
export function parseClientSecret(
  secretName: string,
  text: string,
): ClientSecretFields {
  const fields = parseJson(text);
  if (!isJsonObject(fields))
    throw new UserError(
      `secret "${secretName}" must be a JSON object with text fields, got ${describeNonObject(fields)}`,
      formatRepairHint(),
    );
  const [invalid] =
    Object.entries(fields).find(([, value]) => typeof value !== "string") ?? [];
  if (invalid === undefined) return fields as ClientSecretFields;
  throw new UserError(
    `field ${JSON.stringify(invalid)} of secret "${secretName}" must be text, got another value`,
    formatRepairHint(),
  );
}
