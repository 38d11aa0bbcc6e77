import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { describePrecedence } from "../aws/credential-source";
import { isCommand } from "../cli/invocation";
import { type ErrorExplanation, explainError } from "../aws/errors";
import {
  type ClientSecretFields,
  parseClientSecret,
} from "./client-secret-fields";

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
      hint: `restore it with \`aws secretsmanager restore-secret\` before SECRET_RECOVERY_DAYS have passed (${formatPage("troubleshooting")}), or name another secret`,
    },
    {
      names: /^LimitExceededException$/,
      message: `${secret} has reached a limit of Secrets Manager, such as 20 labels of its versions`,
      hint: "remove labels that nothing uses: `aws secretsmanager list-secret-version-ids` lists them, and `aws secretsmanager update-secret-version-stage` removes them",
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
    `check ${isCommand() ? "the stage, the service id" : "the name and the Region of the secret"} and AWS_PROFILE${describePrecedence(target.profile)}`,
  );
  return parseClientSecret(secretName, text);
}
