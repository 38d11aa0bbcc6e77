import { UserError } from "../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { type ErrorExplanation, explainError } from "../aws/errors";

/** A secret's text, and the Region where it was found. */
export interface SecretText {
  readonly text: string;
  readonly region: string;
}

/**
 * Reads a secret of Secrets Manager. What it holds is never part of an error.
 *
 * @param check what a person looks at when there is no such secret
 * @throws UserError when it is not there, cannot be read, or holds no text
 */
export async function readSecret(
  name: string,
  place: AwsTarget,
  check: string,
): Promise<SecretText> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const client = await createAwsClient(SecretsManagerClient, place);
  const region = await client.config.region();
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(
      new GetSecretValueCommand({ SecretId: name }),
    ));
  } catch (error) {
    throw explainError(
      error,
      explainSecretErrors(`secret "${name}"`, region, check),
    );
  } finally {
    client.destroy();
  }
  if (text !== undefined) return { text, region };
  throw new UserError(`secret "${name}" must hold text, got bytes`, check);
}

/** Explains the errors that Secrets Manager returns for one secret. */
function explainSecretErrors(
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
      hint: "restore it during its recovery window, deploy it again, or name another secret",
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

const CHECK = "check the stage, the service id and AWS_PROFILE";
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
 * @param secretName as `secretName` of stacks/naming.ts makes it
 * @throws UserError when there is no such secret, or it does not hold the text fields of one
 */
export async function readClientSecret(
  secretName: string,
  place: AwsTarget,
): Promise<ClientSecretFields> {
  const { text } = await readSecret(secretName, place, CHECK);
  return parseClientSecret(secretName, text);
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

/** @throws UserError when a text is none of a client's secret; what it holds is no part of that */
export function parseClientSecret(
  secretName: string,
  text: string,
): ClientSecretFields {
  let fields: unknown;
  try {
    // a parser's message quotes the text
    fields = JSON.parse(text);
  } catch {
    throw new UserError(
      `secret "${secretName}" must hold JSON, got something else`,
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
