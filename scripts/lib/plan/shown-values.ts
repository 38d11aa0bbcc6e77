/** Names of attributes that are secrets, marked so or not. */
const SECRET_NAME =
  /secret(_string|_binary)?$|password$|passphrase$|token$|private_key|api_key/i;
/** Units of how long a token lasts, which stand under the token's name. */
const UNIT = /^(seconds|minutes|hours|days)$/;
/** Texts that can stand in a sentence as they are. */
const PLAIN = /^[^\s,"]+$/;

/**
 * Whether a value is a secret, by Terraform's mark or by its name.
 *
 * @param mark `true`, or an object or a list with marks of the value's parts
 */
export function isSecret(name: string, value: unknown, mark: unknown): boolean {
  if (mark === true) return true;
  const isText = typeof value === "string" && !UNIT.test(value);
  const hasParts = typeof value === "object" && value !== null;
  return SECRET_NAME.test(name) && (isText || hasParts);
}

/**
 * A value as a sentence has it: a word as it is, all else as JSON with its keys and lists of texts in one order, and
 * without what is secret in it.
 */
export function showValue(
  value: unknown,
  mark: unknown,
  { withSecrets = false } = {},
): string {
  const shown = withSecrets ? value : withoutSecrets("", value, mark);
  if (shown === null || shown === undefined) return "nothing";
  return typeof shown === "string" && PLAIN.test(shown)
    ? shown
    : JSON.stringify(shown, ordered);
}

/** A line in which nothing moves the cursor, ends the line or turns its direction, and half a character is seen as one. */
export function inOneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) =>
      `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

function withoutSecrets(name: string, value: unknown, mark: unknown): unknown {
  if (isSecret(name, value, mark)) return "(a secret)";
  if (typeof value !== "object" || value === null) return value;
  const marks = (mark ?? {}) as Readonly<Record<string, unknown>>;
  if (Array.isArray(value))
    return value.map((part, index) => withoutSecrets("", part, marks[index]));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      withoutSecrets(key, part, marks[key]),
    ]),
  );
}

function ordered(_: string, part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part))
    return part.every((one) => typeof one === "string")
      ? [...part].sort()
      : (part as unknown);
  return Object.fromEntries(
    Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
