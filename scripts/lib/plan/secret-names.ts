/** Words that name a secret, as the parts of a name such as `db_pass` or `clientSecretCopy`. */
const SECRET_WORDS = new Set([
  "secret",
  "secrets",
  "password",
  "passwords",
  "passwd",
  "pass",
  "pwd",
  "passphrase",
  "passcode",
  "passwort",
  "pgpassword",
  "pin",
  "psk",
  "pw",
  "bearer",
  "authorization",
  "dsn",
  "token",
  "tokens",
  "credential",
  "credentials",
  "apikey",
  "privatekey",
  "secretkey",
  "accesskey",
  "hmac",
]);
/** Words that name a secret only together with the word before them. */
const SECRET_PAIRS = new Set([
  "api key",
  "private key",
  "access key",
  "signing key",
  "encryption key",
  "license key",
  "shared key",
  "account key",
  "service key",
  "client key",
  "auth key",
  "master key",
  "session key",
  "ssh key",
  "deploy key",
  "connection string",
]);
/** Last words of names that say something about a secret and are none: `client_secret_arn`, `token_validity`. */
const ABOUT_SECRETS = new Set([
  "address",
  "algorithm",
  "arn",
  "arns",
  "count",
  "created",
  "date",
  "days",
  "description",
  "enabled",
  "endpoint",
  "errors",
  "expiration",
  "expires",
  "expiry",
  "flow",
  "flows",
  "generation",
  "hours",
  "id",
  "ids",
  "identifier",
  "label",
  "labels",
  "length",
  "limit",
  "lifetime",
  "mode",
  "minutes",
  "name",
  "names",
  "owner",
  "policy",
  "revocation",
  "rotation",
  "seconds",
  "size",
  "stage",
  "stages",
  "status",
  "ttl",
  "type",
  "types",
  "unit",
  "units",
  "uri",
  "url",
  "urls",
  "use",
  "validity",
  "verification",
  "version",
  "versions",
]);
/** Values that stand beside such names and are no secret: units, switches. */
const PLAIN_VALUE =
  /^(|seconds|minutes|hours|days|true|false|yes|no|on|off|enabled|disabled|required|optional|none|null|text)$/i;

/**
 * Whether an attribute's name says that its value is a secret. Switches and numbers are none: `generate_secret`,
 * `access_token_validity`.
 */
export function isSecretName(name: string, value: unknown): boolean {
  if (name === "" || !namesSecret(name)) return false;
  if (typeof value === "string") return !PLAIN_VALUE.test(value);
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).some(isSecretPart)
  );
}

/** A block of settings about a secret, such as `token_validity_units`, has other parts than texts or plain texts. */
function isSecretPart(part: unknown): boolean {
  if (typeof part === "string") return !PLAIN_VALUE.test(part);
  return (
    typeof part === "object" &&
    part !== null &&
    Object.values(part).some(isSecretPart)
  );
}

const KNOWN_NAMES = new Map<string, boolean>();

function namesSecret(name: string): boolean {
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ""))
    .filter((word) => word !== "");
  const isAbout = ABOUT_SECRETS.has(words.at(-1) ?? "");
  const result =
    !isAbout &&
    words.some(
      (word, index) =>
        SECRET_WORDS.has(word) ||
        SECRET_PAIRS.has(`${words[index - 1] ?? ""} ${word}`),
    );
  KNOWN_NAMES.set(name, result);
  return result;
}

/** A name and its value, as people, JSON and query strings write them. */
const PAIR =
  /(?<name>\b[A-Za-z][\w.-]{0,63})(?<between>\\?["']?\s{0,3}(?<sign>[:=])\s{0,3}\\?["']?)(?<value>(?!\/\/)[^\s"'\\,;&{}()]{4,})/g;

/** Returns a text with `instead` in place of each value next to a name that says it is a secret, such as `password=…`. */
export function redactSecretPairs(text: string, instead: string): string {
  return !/[:=]/.test(text)
    ? text
    : text.replace(
        PAIR,
        (whole, name: string, between: string, sign: string, value: string) =>
          isSecretName(name, value) &&
          // after a colon there may be a sentence
          (sign === "=" || !/^[a-z]+[.:]?$/i.test(value))
            ? name + between + instead
            : whole,
      );
}

/** Runs of characters that a generated key is made of. */
const RUN = /[A-Za-z0-9+/_=]{20,}/g;
/** Digests and ids that are no secret although they look like one. */
const DIGEST = /^(?:[0-9a-f]{40}|[0-9A-F]{40})$/;

/**
 * Returns a text with `instead` in place of each run of characters that looks like a generated key.
 *
 * @param ids what looks like one and is known to be none
 */
export function redactGeneratedKeys(
  text: string,
  instead: string,
  ids: ReadonlySet<string>,
): string {
  return text.length < 20 || !/\d/.test(text)
    ? text
    : text.replace(RUN, (run, at: number) =>
        looksLikeKey(run) && !ids.has(run) && !isNamedDigest(text, at)
          ? instead
          : run,
      );
}

/** An access key's secret has 40 characters, in which chance makes no words. */
const SECRET_ACCESS_KEY = /^[A-Za-z0-9+/]{40}$/;
const FEWEST_WORDS = 9;
/** Fewest characters without words that are a key, within a run that has words too. */
const FEWEST_RANDOM = 12;
/** Shortest key of one case: a client's id has 26 characters. */
const SHORTEST_OF_ONE_CASE = 30;

/** Whether characters are as mixed as chance mixes them, and as no name or word is. */
function looksLikeKey(run: string): boolean {
  if (DIGEST.test(run)) return false;
  if (isMixedCase(run) && /\d/.test(run)) {
    const isAccessKey =
      SECRET_ACCESS_KEY.test(run) && countWords(run) >= FEWEST_WORDS;
    return isAccessKey || randomLength(run) >= FEWEST_RANDOM;
  }
  return run
    .split(JOINT)
    .some(
      (part) =>
        part.length >= SHORTEST_OF_ONE_CASE &&
        part.replace(/\D/g, "").length >= 4 &&
        part.length / countWords(part) < 4.5,
    );
}

/** What joins words to a name, and parts of a path. */
const JOINT = /[_/+=]+/;
/** Words as a name such as `userPool2` has them. */
const WORD = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

function countWords(text: string): number {
  return text.match(WORD)?.length ?? 1;
}

/** Returns how many characters of a run are in parts whose words are too short for a name. */
function randomLength(run: string): number {
  return run
    .split(JOINT)
    .filter((part) => isMixedCase(part) && part.length / countWords(part) < 3)
    .reduce((sum, part) => sum + part.length, 0);
}

function isMixedCase(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text);
}

/** A digest says so: `sha256:…`. */
function isNamedDigest(text: string, at: number): boolean {
  return /(?:sha\d{1,3}|md5)[:=-]$/i.test(text.slice(Math.max(0, at - 8), at));
}
