import {
  findViolation,
  LIMITS,
  type Limit,
} from "../../constructs/constraints";

/** Values of a setting that cannot be parsed, and the rest of the sentence "must be …". */
export class InvalidValue {
  constructor(
    readonly expected: string,
    readonly values: readonly string[],
  ) {}
}

export const APP_NAME: Limit<string> = {
  subject: "app name",
  expected: "1-100 lowercase letters, digits or hyphens, a letter first",
  allows: (text) => /^[a-z][a-z0-9-]{0,99}$/.test(text),
};

/** Names of stages, which are part of file names too. */
export const STAGE_NAME: Limit<string> = {
  subject: "stage",
  expected: "1-100 lowercase letters, digits or hyphens",
  allows: (text) => /^[a-z0-9-]{1,100}$/.test(text),
};

export const BUCKET_PATTERN: Limit<string> = {
  subject: "bucket",
  expected: "a bucket name, or the beginning of one followed by *",
  allows: (text) =>
    /^[a-z0-9][a-z0-9.-]{1,61}\*$/.test(text) || LIMITS.bucketName.allows(text),
};

/** Returns a parser of a text that AWS limits. */
export function limited(limit: Limit<string>) {
  return (text: string): string | InvalidValue => {
    const expected = findViolation(limit, text);
    return expected === undefined ? text : new InvalidValue(expected, [text]);
  };
}

/** Returns a parser of a comma-separated list without duplicates. */
export function list(limit: Limit<string>, maximum = Infinity) {
  return (text: string): readonly string[] | InvalidValue => {
    const items = [...new Set(text.split(",").map((item) => item.trim()))];
    const invalid = items.filter((item) => findViolation(limit, item));
    if (invalid.length > 0)
      return new InvalidValue(
        `comma-separated, each ${limit.expected}`,
        invalid,
      );
    return items.length <= maximum
      ? items
      : new InvalidValue(`at most ${maximum}, comma-separated`, [
          `${items.length}`,
        ]);
  };
}

/** Returns a parser of a whole number. */
export function wholeNumber(limit: Limit<number>) {
  return (text: string): number | InvalidValue =>
    /^\d+$/.test(text) && limit.allows(Number(text))
      ? Number(text)
      : new InvalidValue(limit.expected, [text]);
}

/** Returns a parser of one of these words, in any case. */
export function oneOf<T extends string>(...words: readonly T[]) {
  return (text: string): T | InvalidValue =>
    words.find((word) => word === text.toLowerCase()) ??
    new InvalidValue(`one of ${words.join(", ")}`, [text]);
}

/** Parses an issuer with or without its scheme, its host in any case. */
export function oidcIssuer(text: string): string | InvalidValue {
  const [host = "", ...path] = text.replace(/^https:\/\//i, "").split("/");
  const issuer = [host.toLowerCase(), ...path].join("/");
  const limit = LIMITS.oidcProviderUrl;
  return limit.allows(issuer)
    ? issuer
    : new InvalidValue(`${limit.expected}, with or without https://`, [text]);
}

/** Parses the `owner/name` of a GitHub repository. */
export function githubRepository(text: string) {
  const [owner = "", name = "", ...rest] = text.split("/");
  const isValid =
    rest.length === 0 &&
    LIMITS.githubOwner.allows(owner) &&
    LIMITS.githubRepository.allows(name);
  return isValid
    ? { owner, name }
    : new InvalidValue("owner/name, as GitHub writes it", [text]);
}

const TRUE = ["1", "true", "t", "yes", "y", "on"];
const FALSE = ["0", "false", "f", "no", "n", "off"];

/** Describes the words that {@link parseBoolean} knows. */
export const BOOLEAN_RULE = `one of ${[...TRUE, ...FALSE].join(", ")}`;

/** Returns `undefined` for a text that is neither true nor false. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}

/** Parses a word that is true or false, in any case. */
export function boolean(text: string): boolean | InvalidValue {
  return parseBoolean(text) ?? new InvalidValue(BOOLEAN_RULE, [text]);
}
