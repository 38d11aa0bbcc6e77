import { UserError } from "../../../constructs/errors";
import { isAwsError } from "../aws/errors";
import type { Terminal } from "../cli/terminal";
import { retry } from "../system/retry";
import {
  computeSecretHash,
  type UserPoolConnection,
} from "./user-pool-connection";

/** Describes the policy of constructs/user-pool.ts. Another user pool explains its policy when it rejects a password. */
const POLICY =
  "at least 12 characters, with lower-case and upper-case letters, digits and symbols";
const ATTEMPTS = 3;

/** Errors of a user pool that rejects a new password. */
export const INVALID_PASSWORD_ERRORS = [
  "InvalidPasswordException",
  "PasswordHistoryPolicyViolationException",
] as const;

/**
 * Asks for a new password twice, until both inputs are equal.
 *
 * @throws UserError after three attempts
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  terminal.writeLine(`New password: ${POLICY}.`);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const password = await terminal.askHidden("New password: ");
    if (password === "") {
      terminal.writeLine("A password is required.");
      continue;
    }
    if (password === (await terminal.askHidden("New password, again: ")))
      return password;
    terminal.writeLine("The passwords are not equal.");
  }
  throw new UserError(
    `no new password was entered twice in ${ATTEMPTS} attempts`,
    "try again; the previous password is still valid",
  );
}

/**
 * Sets a new password by a code that the user pool sends, and returns the password.
 *
 * @throws the SDK's error if the user pool rejects the code or the password three times
 */
export async function resetPassword(
  connection: UserPoolConnection,
  userName: string,
  terminal: Terminal,
): Promise<string> {
  const { client, sdk, clientId } = connection;
  const user = {
    ClientId: clientId,
    Username: userName,
    SecretHash: computeSecretHash(connection, userName),
  };
  const { CodeDeliveryDetails: delivery } = await client.send(
    new sdk.ForgotPasswordCommand(user),
  );
  const medium = delivery?.DeliveryMedium === "SMS" ? "text message" : "email";
  const address = delivery?.Destination;
  terminal.writeLine(
    `A code to reset the password was sent by ${medium}${address === undefined ? "" : ` to ${address}`}.`,
  );
  let code: string | undefined;
  let password: string | undefined;
  return retry(
    async () => {
      code ??= (await terminal.ask("Code: ")).replace(/\s/g, "");
      password ??= await askNewPassword(terminal);
      await client.send(
        new sdk.ConfirmForgotPasswordCommand({
          ...user,
          ConfirmationCode: code,
          Password: password,
        }),
      );
      return password;
    },
    {
      attempts: ATTEMPTS,
      recover: (error) => {
        if (isAwsError(error, "CodeMismatchException")) {
          terminal.writeLine("Incorrect code.");
          code = undefined;
          return true;
        }
        if (!isAwsError(error, ...INVALID_PASSWORD_ERRORS)) return false;
        terminal.writeLine(error.message);
        password = undefined;
        return true;
      },
    },
  );
}
