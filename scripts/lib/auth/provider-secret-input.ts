import { parseArn } from "../../../constructs/aws";
import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import { UserError } from "../../../constructs/errors";
import type { AwsTarget } from "../aws/client";
import { readSecret } from "../stage/secrets";
import { isJsonObject, parseJson } from "../system/json-object";

const MAX_CHARACTERS = 4096;
const NOT_CHANGED = "the client secret was not changed";

/** Where `readClientSecretFrom` reads a secret. */
export const SECRET_REFERENCE = {
  expected:
    "the name or ARN of a secret in Secrets Manager, with #key for a key of a JSON object",
  allows: (text: string) =>
    /^(arn:[\w-]+:secretsmanager:[a-z\d-]+:\d{12}:secret:[\w/+=.@-]+|[\w/+=.@-]+)(#[^#]+)?$/.test(
      text,
    ),
};

/**
 * Returns a client secret, without one line break at its end.
 *
 * @param source where the text is from, such as "standard input"
 * @throws UserError if the text cannot be a client secret; the text is not repeated
 */
export function parseClientSecretText(text: string, source: string): string {
  const secret = text.replace(/\r?\n$/, "");
  const problem = findProblem(secret);
  if (problem === undefined) return secret;
  throw new UserError(
    `the client secret from ${source} ${problem}; ${NOT_CHANGED}`,
    "copy the client secret from the settings of the client at the identity provider",
  );
}

function findProblem(secret: string): string | undefined {
  if (secret.trim() === "") return "is empty";
  if (/[\r\n]/.test(secret)) return "must be one line, got several";
  if (secret !== secret.trim()) return "must not start or end with a space";
  if (/^"[^]*"$|^'[^]*'$/.test(secret)) return "must not be in quotes";
  if (!/^[\x20-\x7E]+$/.test(secret))
    return "must be printable characters of ASCII, got others";
  if (secret.length > MAX_CHARACTERS)
    return `must have at most ${MAX_CHARACTERS} characters, got more`;
  if (secret === PLACEHOLDER_CLIENT_SECRET)
    return "must be the real one, got the placeholder";
  return isJsonObject(parseJson(secret))
    ? "must be the secret itself, got a JSON object"
    : undefined;
}

/**
 * Reads a client secret from Secrets Manager.
 *
 * @param reference name or ARN of the secret, followed by `#` and a key if the secret is a JSON object
 * @throws UserError if there is no such secret or key, or its value cannot be a client secret; no value is repeated
 */
export async function readClientSecretFrom(
  reference: string,
  target: AwsTarget,
): Promise<string> {
  const [name = "", ...rest] = reference.split("#");
  const key = rest.join("#");
  const region = parseArn(name)?.region ?? target.region;
  const { text } = await readSecret(
    name,
    { ...target, region },
    "check the name, the Region and the account of the secret",
  );
  const source = `secret "${name}"`;
  const json = parseJson(text);
  if (rest.length === 0) {
    if (isJsonObject(json))
      throw new UserError(
        `${source} is a JSON object, so --from-secret requires a key; ${NOT_CHANGED}`,
        `name one of its keys, such as --from-secret ${name}#${Object.keys(json)[0] ?? "client_secret"}`,
      );
    return parseClientSecretText(text, source);
  }
  const value = isJsonObject(json) ? json[key] : undefined;
  if (typeof value === "string")
    return parseClientSecretText(value, `key ${key} of ${source}`);
  throw new UserError(
    `${source} must be a JSON object with a text as ${JSON.stringify(key)}, got none; ${NOT_CHANGED}`,
    isJsonObject(json)
      ? `the keys are ${Object.keys(json).join(", ") || "none"}`
      : `omit #${key} if the secret is the text itself`,
  );
}
