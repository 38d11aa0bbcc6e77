import { UserError } from "../../../constructs/errors";
import { isAwsError } from "../aws/errors";
import type { Terminal } from "../cli/terminal";
import { retry } from "../system/retry";
import {
  computeSecretHash,
  type UserPoolConnection,
} from "./user-pool-connection";

/** Describes the policy of constructs/user-pool.ts. Users cannot read the policy of a user pool, which can be another one. */
const POLICY =
  "at least 12 characters, with lower-case and upper-case letters, digits and symbols";
const MIN_LENGTH = 12;
/** No user pool can allow fewer characters. */
const AWS_MIN_LENGTH = 6;
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/[a-z]/, "a lower-case letter"],
  [/[A-Z]/, "an upper-case letter"],
  [/[0-9]/, "a digit"],
  [/[ -/:-@[-`{-~]/, "a symbol"],
];
const ATTEMPTS = 3;

/** Errors of a user pool that rejects a new password. */
export const INVALID_PASSWORD_ERRORS = [
  "InvalidPasswordException",
  "PasswordHistoryPolicyViolationException",
] as const;

/**
 * Asks for a new password, and once more if it meets the policy. A user pool can have a weaker policy, so the user can insist
 * on a password.
 *
 * @throws UserError after three passwords that were not repeated
 */
export async function askNewPassword(terminal: Terminal): Promise<string> {
  terminal.writeLine(`New password: ${POLICY}.`);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const password = await askCompletePassword(terminal);
    if (password === (await terminal.askHidden("New password, again: ")))
      return password;
    terminal.writeLine("The passwords are not equal.");
  }
  throw new UserError(
    `no new password was entered twice in ${ATTEMPTS} attempts`,
    "try again; the previous password is still valid",
  );
}

/** Asks until a password meets the policy, or the user insists on it. */
async function askCompletePassword(terminal: Terminal): Promise<string> {
  let weak = "";
  for (;;) {
    const password = await terminal.askHidden(
      weak === ""
        ? "New password: "
        : "New password, or Enter to use this one: ",
    );
    if (password === "" && weak !== "") return weak;
    const { length } = password;
    const missing = findMissing(password);
    if (length >= AWS_MIN_LENGTH && missing.length === 0) return password;
    if (length < AWS_MIN_LENGTH) {
      terminal.writeLine(
        length === 0
          ? "A password is required."
          : `A password must have at least ${AWS_MIN_LENGTH} characters.`,
      );
      weak = "";
      continue;
    }
    terminal.writeLine(
      `The password lacks ${missing.join(", ")}: the user pool rejects it, unless its policy is weaker than that of this project.`,
    );
    weak = password;
  }
}

/** Lists what a password needs to meet the policy. */
function findMissing(password: string): readonly string[] {
  const length = MIN_LENGTH - password.length;
  return [
    ...(length > 0
      ? [`${length} more ${length === 1 ? "character" : "characters"}`]
      : []),
    ...CLASSES.flatMap(([pattern, noun]) =>
      pattern.test(password) ? [] : [noun],
    ),
  ];
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
