import { UserError } from "../../../constructs/errors";
import { isAwsError } from "../aws/errors";
import type { Terminal } from "../cli/terminal";
import { retry } from "../system/retry";
import {
  describePolicy,
  findBrokenRule,
  findMissing,
  type PasswordPolicy,
  PROJECT_POLICY,
} from "./password-policy";
import {
  computeSecretHash,
  type UserPoolConnection,
} from "./user-pool-connection";

const ATTEMPTS = 3;

/** Errors of a user pool that rejects a new password. */
export const INVALID_PASSWORD_ERRORS = [
  "InvalidPasswordException",
  "PasswordHistoryPolicyViolationException",
] as const;

/**
 * Asks for a new password, and once more if it meets the policy.
 *
 * @param poolPolicy policy of the user pool. If it is not known, the policy of this project applies, and the user can insist on
 * a password that does not meet it
 * @throws UserError after three passwords that were not repeated
 */
export async function askNewPassword(
  terminal: Terminal,
  poolPolicy?: PasswordPolicy,
): Promise<string> {
  const policy = poolPolicy ?? PROJECT_POLICY;
  terminal.writeLine(`New password: ${describePolicy(policy)}.`);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const password = await askValidPassword(
      terminal,
      policy,
      poolPolicy === undefined,
    );
    if (password === (await terminal.askHidden("New password, again: ")))
      return password;
    terminal.writeLine("The passwords are not equal.");
  }
  throw new UserError(
    `no new password was entered twice in ${ATTEMPTS} attempts`,
    "try again; no password was changed",
  );
}

/** Asks until a password meets the policy, or the user insists on it. */
async function askValidPassword(
  terminal: Terminal,
  policy: PasswordPolicy,
  canInsist: boolean,
): Promise<string> {
  let weak = "";
  for (;;) {
    const password = await terminal.askHidden(
      weak === ""
        ? "New password: "
        : "New password, or Enter to use this one: ",
    );
    if (password === "" && weak !== "") return weak;
    const brokenRule = findBrokenRule(password, policy);
    const problem = brokenRule ?? findMissing(password, policy);
    if (problem === undefined) return password;
    weak = canInsist && brokenRule === undefined ? password : "";
    terminal.writeLine(
      weak === ""
        ? `The password ${problem}.`
        : `The password ${problem}: the user pool rejects it, unless its policy is weaker than that of this project.`,
    );
  }
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
