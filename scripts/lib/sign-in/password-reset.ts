import { askNewPassword } from "./new-password";
import { isNamed } from "./sign-in-errors";
import type { Terminal } from "../terminal";
import { secretHash, type UserPoolCalls } from "./user-pool-calls";

const TRIES = 3;

/**
 * Has the user pool send a code, and sets a new password with it.
 *
 * @returns the new password
 * @throws the SDK's error when code or password are refused every time
 */
export async function resetPassword(
  calls: UserPoolCalls,
  userName: string,
  terminal: Terminal,
): Promise<string> {
  const { client, sdk, clientId } = calls;
  const user = {
    ClientId: clientId,
    Username: userName,
    SecretHash: secretHash(calls, userName),
  };
  const { CodeDeliveryDetails: delivery } = await client.send(
    new sdk.ForgotPasswordCommand(user),
  );
  const medium = delivery?.DeliveryMedium === "SMS" ? "text message" : "e-mail";
  const address = delivery?.Destination;
  terminal.write(
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
      if (tries === TRIES) throw error;
      if (isNamed(error, "CodeMismatchException")) {
        terminal.write("That code is not the right one.");
        code = undefined;
      } else if (
        isNamed(
          error,
          "InvalidPasswordException",
          "PasswordHistoryPolicyViolationException",
        )
      ) {
        terminal.write(error.message);
        password = undefined;
      } else throw error;
    }
  }
}
