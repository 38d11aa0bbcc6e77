import { UserError } from "../../../constructs/errors";
import type { Terminal } from "../cli/terminal";
import { isAwsError } from "./sign-in-errors";
import {
  computeSecretHash,
  type UserPoolConnection,
} from "./user-pool-connection";

/** The policy of constructs/user-pool.ts in words; another user pool has its own, which it tells when it refuses. */
const POLICY =
  "at least 12 characters, with lower-case and upper-case letters, digits and symbols";
const TRIES = 3;

/**
 * Asks for a new password, twice.
 *
 * @throws UserError when it is never typed the same
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  terminal.writeLine(`New password: ${POLICY}.`);
  for (let tries = 1; tries <= TRIES; tries++) {
    const password = await terminal.askHidden("New password: ");
    if (password === "") {
      terminal.writeLine("A password is needed.");
      continue;
    }
    const again = await terminal.askHidden("New password, again: ");
    if (password === again) return password;
    terminal.writeLine("The two are not the same.");
  }
  throw new UserError(
    `no new password was typed twice the same in ${TRIES} tries`,
    "start again; the old one is still valid",
  );
}

const RESET_TRIES = 3;

/**
 * Has the user pool send a code, and sets a new password with it.
 *
 * @returns the new password
 * @throws the SDK's error when code or password are refused every time
 */
export async function resetPassword(
  calls: UserPoolConnection,
  userName: string,
  terminal: Terminal,
): Promise<string> {
  const { client, sdk, clientId } = calls;
  const user = {
    ClientId: clientId,
    Username: userName,
    SecretHash: computeSecretHash(calls, userName),
  };
  const { CodeDeliveryDetails: delivery } = await client.send(
    new sdk.ForgotPasswordCommand(user),
  );
  const medium = delivery?.DeliveryMedium === "SMS" ? "text message" : "e-mail";
  const address = delivery?.Destination;
  terminal.writeLine(
    `A code to reset the password was sent by ${medium}${address === undefined ? "" : ` to ${address}`}.`,
  );
  let code: string | undefined;
  let password: string | undefined;
  for (let tries = 1; ; tries++) {
    code ??= (await terminal.ask("Code: ")).replace(/\s/g, "");
    password ??= await askNewPassword(terminal);
    try {
      await client.send(
        new sdk.ConfirmForgotPasswordCommand({
          ...user,
          ConfirmationCode: code,
          Password: password,
        }),
      );
      return password;
    } catch (error) {
      if (tries === RESET_TRIES) throw error;
      if (isAwsError(error, "CodeMismatchException")) {
        terminal.writeLine("That code is not the right one.");
        code = undefined;
      } else if (
        isAwsError(
          error,
          "InvalidPasswordException",
          "PasswordHistoryPolicyViolationException",
        )
      ) {
        terminal.writeLine(error.message);
        password = undefined;
      } else throw error;
    }
  }
}
