import { splitWords } from "../system/words";

/** Words that identify a secret in a name such as `db_pass` or `clientSecretCopy`. */
const SECRET_WORDS = new Set(
  splitWords(`
  secret secrets password passwords passwd pass pwd passphrase passcode passwort pgpassword pin psk pw bearer
  authorization dsn token tokens credential credentials apikey privatekey secretkey accesskey hmac
`),
);
const SECRET_PAIRS = new Set(
  splitWords(`
  api-key private-key access-key signing-key encryption-key license-key shared-key account-key service-key
  client-key auth-key master-key session-key ssh-key deploy-key connection-string
`),
);
/** Last words of names of metadata, such as `client_secret_arn` and `token_validity`. */
const METADATA_WORDS = new Set(
  splitWords(`
  address algorithm arn arns count created date days description enabled endpoint errors expiration expires
  expiry flow flows generation hours id ids identifier label labels length limit lifetime mode minutes name names
  owner policy revocation rotation seconds size stage stages status ttl type types unit units uri url urls use
  validity verification version versions
`),
);
/** Values that are not secrets, such as units and booleans. */
const PUBLIC_VALUE =
  /^(|seconds|minutes|hours|days|true|false|yes|no|on|off|enabled|disabled|required|optional|none|null|text)$/i;

/**
 * Returns whether an attribute is a secret by its name. Booleans and numbers, such as `generate_secret` and
 * `access_token_validity`, are not.
 */
export function isSecretName(name: string, value: unknown): boolean {
  return (
    name !== "" &&
    isNameOfSecret(name) &&
    hasSecret(value) &&
    !isConfiguration(name, value)
  );
}

/** Whether a value is a block such as `pre_token_generation_config`, whose attributes have names of their own. */
function isConfiguration(name: string, value: unknown): boolean {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return (
    /config(uration)?$/i.test(name) &&
    parts.every(
      (part) =>
        typeof part === "object" && part !== null && !Array.isArray(part),
    )
  );
}

/** Blocks of metadata, such as `token_validity_units`, contain public values only. */
function hasSecret(value: unknown): boolean {
  if (typeof value === "string") return !PUBLIC_VALUE.test(value);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some(hasSecret)
  );
}

const KNOWN_NAMES = new Map<string, boolean>();

function isNameOfSecret(name: string): boolean {
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
  const isMetadata = METADATA_WORDS.has(words.at(-1) ?? "");
  const result =
    !isMetadata &&
    words.some(
      (word, index) =>
        SECRET_WORDS.has(word) ||
        SECRET_PAIRS.has(`${words[index - 1] ?? ""}-${word}`),
    );
  KNOWN_NAMES.set(name, result);
  return result;
}

/** A name and its value in text, JSON or a query string. */
const PAIR =
  /(?<name>\b[A-Za-z][\w.-]{0,63})(?<between>\\?["']?\s{0,3}(?<sign>[:=])\s{0,3}\\?["']?)(?<value>(?!\/\/)[^\s"'\\,;&{}()]{4,})/g;

/** Replaces each value after the name of a secret, such as `password=…`. */
export function redactSecretPairs(text: string, instead: string): string {
  return !/[:=]/.test(text)
    ? text
    : text.replace(
        PAIR,
        (whole, name: string, between: string, sign: string, value: string) =>
          isSecretName(name, value) &&
          // a colon can precede a sentence
          (sign === "=" || !/^[a-z]+[.:]?$/i.test(value))
            ? name + between + instead
            : whole,
      );
}

const KEY_CANDIDATE = /[A-Za-z0-9+/_=]{20,}/g;
/** A SHA-1 digest or an id, which is not a secret. */
const DIGEST = /^(?:[0-9a-f]{40}|[0-9A-F]{40})$/;

/**
 * Replaces each sequence of characters that looks like a generated key.
 *
 * @param ids known ids, which stay
 */
export function redactGeneratedKeys(
  text: string,
  instead: string,
  ids: ReadonlySet<string>,
): string {
  return text.length < 20 || !/\d/.test(text)
    ? text
    : text.replace(KEY_CANDIDATE, (run, at: number) =>
        isLikelyKey(run) && !ids.has(run) && !isNamedDigest(text, at)
          ? instead
          : run,
      );
}

/** A secret access key has 40 random characters. */
const SECRET_ACCESS_KEY = /^[A-Za-z0-9+/]{40}$/;
const MIN_WORDS = 9;
/** Minimum number of random characters of a key in mixed case. */
const MIN_RANDOM_LENGTH = 12;
/** Minimum length of a key in a single case: a client id has 26 characters. */
const MIN_SINGLE_CASE_LENGTH = 30;

/** Returns whether characters look random, unlike words and names. */
function isLikelyKey(run: string): boolean {
  if (DIGEST.test(run)) return false;
  if (isMixedCase(run) && /\d/.test(run)) {
    const isAccessKey =
      SECRET_ACCESS_KEY.test(run) && countWords(run) >= MIN_WORDS;
    return isAccessKey || countRandomCharacters(run) >= MIN_RANDOM_LENGTH;
  }
  return run
    .split(SEPARATOR)
    .some(
      (part) =>
        part.length >= MIN_SINGLE_CASE_LENGTH &&
        part.replace(/\D/g, "").length >= 4 &&
        part.length / countWords(part) < 4.5,
    );
}

/** Separators of words in names and paths. */
const SEPARATOR = /[_/+=]+/;
/** Words of a name such as `userPool2`. */
const WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

function countWords(text: string): number {
  return text.match(WORD)?.length ?? 1;
}

/** Counts the characters in parts whose words are too short for a name. */
function countRandomCharacters(run: string): number {
  return run
    .split(SEPARATOR)
    .filter((part) => isMixedCase(part) && part.length / countWords(part) < 3)
    .reduce((sum, part) => sum + part.length, 0);
}

function isMixedCase(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text);
}

/** Returns whether a digest has the name of its algorithm before it, such as `sha256:…`. */
function isNamedDigest(text: string, at: number): boolean {
  return /(?:sha\d{1,3}|md5)[:=-]$/i.test(text.slice(Math.max(0, at - 8), at));
}
