import { UserError } from "../../../constructs/errors";
import { awsClient, type AwsPlace } from "../aws-client";

/** A secret's text, and the Region where it was found. */
export interface FoundSecret {
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
  place: AwsPlace,
  check: string,
): Promise<FoundSecret> {
  const { SecretsManagerClient, GetSecretValueCommand } =
    await import("@aws-sdk/client-secrets-manager");
  const client = await awsClient(SecretsManagerClient, place);
  const region = await client.config.region();
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(
      new GetSecretValueCommand({ SecretId: name }),
    ));
  } catch (error) {
    throw explained(error, `secret "${name}"`, region, check) ?? error;
  } finally {
    client.destroy();
  }
  if (text !== undefined) return { text, region };
  throw new UserError(`secret "${name}" must hold text, got bytes`, check);
}

/** What Secrets Manager says of one secret; other errors of AWS are the same for every command. */
function explained(
  error: unknown,
  secret: string,
  region: string,
  check: string,
): UserError | undefined {
  if (!(error instanceof Error)) return undefined;
  switch (error.name) {
    case "ResourceNotFoundException":
      return error.message.includes("staging label")
        ? new UserError(
            `${secret} has no value`,
            "what makes it has not come to its end: deploy again, or write one",
          )
        : new UserError(
            `${secret} does not exist in ${region} of this account`,
            check,
          );
    case "InvalidRequestException":
      return /delet/i.test(error.message)
        ? new UserError(
            `${secret} is marked for deletion`,
            "name another one, or deploy it again; until its last day it can be restored",
          )
        : undefined;
    case "DecryptionFailure":
    case "DecryptionFailureException":
      return new UserError(
        `${secret} cannot be decrypted with the key it has in KMS`,
        "check that the key is there and enabled, and that the profile may use it",
      );
    // of a name that no secret can have
    case "ValidationException":
      return new UserError(
        `a secret's name must be 1-512 letters, digits or any of / _ + = . @ -, got ${secret}`,
        check,
      );
    default:
      return undefined;
  }
}
