import { UserError } from "../../../constructs/errors";
import { explainInputError } from "../system/input-file";
import {
  describePolicy,
  findBrokenRule,
  findMissing,
  type PasswordPolicy,
} from "./password-policy";

/** More characters than a secret can have. */
const MAX_CHARACTERS = 10_000;

/**
 * Reads a password from standard input. A line break at the end is not a part of it.
 *
 * @throws UserError if the password does not meet the policy; the password is not repeated
 */
export async function readPassword(
  policy: PasswordPolicy,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<string> {
  const text = await readStandardInput("password", input);
  const password = text.replace(/\r?\n$/, "");
  const problem = /[\r\n]/.test(password)
    ? "must be one line, got several"
    : (findBrokenRule(password, policy) ?? findMissing(password, policy));
  if (problem === undefined) return password;
  throw new UserError(
    `the password on standard input ${problem}; no user was changed`,
    `the user pool requires ${describePolicy(policy)}`,
  );
}

/**
 * Reads the text on standard input. A text that is longer than a secret can be is cut off.
 *
 * @param noun what the text is, for an error
 */
export async function readStandardInput(
  noun: string,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<string> {
  let text = "";
  try {
    for await (const chunk of input.setEncoding("utf8")) {
      text += String(chunk);
      if (text.length > MAX_CHARACTERS) break;
    }
  } catch (error) {
    throw explainInputError(error, "standard input", noun, "");
  }
  return text;
}
