import {
  findViolation,
  LIMITS,
  type Limit,
} from "../../constructs/constraints";
import {
  BOOLEAN_RULE,
  type HostEnvironment,
  parseBoolean,
} from "./environment";

/** Values of a setting that cannot be parsed, and the rest of the sentence "must be …". */
export class InvalidValue {
  constructor(
    readonly expected: string,
    readonly values: readonly string[],
    /** End of the sentence. */
    readonly suggestion = "",
  ) {}
}

/** Values that a default can derive from. */
export interface DefaultContext extends HostEnvironment {
  readonly appName: string;
  readonly stage: string;
}

/** A row of the table: a setting with everything that parses, defaults and documents it. */
export interface Setting<Name extends string = string, T = unknown, D = T> {
  readonly name: Name;
  readonly parse: (text: string) => T | InvalidValue;
  /** Value if the setting is unset, or a function that computes it; `undefined` if the setting is optional. */
  readonly default: D;
  /** Description of a default that is computed. */
  readonly defaultText?: string | undefined;
  readonly description: string;
  /** Settings that must be set too, unless this one is `false`. */
  readonly requires: readonly string[];
}

/** Type of a setting's value. */
export type Value<S> =
  S extends Setting<string, infer T, infer D>
    ? T | (D extends (context: never) => infer V ? V : D)
    : never;

export type ComputeDefault<T> = (context: DefaultContext) => T | undefined;

/** Defines a row of the table. Without a default, the setting is optional. */
export function defineSetting<
  const Name extends string,
  T,
  const D extends T | ComputeDefault<T> | undefined = undefined,
>(
  name: Name,
  row: {
    readonly parse: (text: string) => T | InvalidValue;
    readonly default?: D;
    readonly defaultText?: string;
    readonly description: string;
    readonly requires?: readonly string[];
  },
): Setting<Name, T, D> {
  return { requires: [], ...row, name, default: row.default as D };
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
export function parseText(limit: Limit<string>) {
  return (text: string): string | InvalidValue => {
    const expected = findViolation(limit, text);
    return expected === undefined ? text : new InvalidValue(expected, [text]);
  };
}

/** Returns a parser of a comma-separated list without duplicates. */
export function parseList(limit: Limit<string>, maximum = Infinity) {
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

/** Returns a parser of a comma-separated list of these words, exactly as they are written. */
export function parseWords<T extends string>(...words: readonly T[]) {
  return (text: string): readonly T[] | InvalidValue => {
    const items = text.split(",").map((item) => item.trim());
    const invalid = items.filter((item) => !words.some((one) => one === item));
    const isJson = /[[{"']/.test(text);
    return invalid.length === 0
      ? (items as T[])
      : new InvalidValue(
          `comma-separated, each one of ${words.join(", ")}`,
          isJson ? [text] : invalid,
          isJson ? ": omit brackets and quotes" : "",
        );
  };
}

/** Returns a parser of a whole number. */
export function parseNumber(limit: Limit<number>) {
  return (text: string): number | InvalidValue =>
    /^\d+$/.test(text) && limit.allows(Number(text))
      ? Number(text)
      : new InvalidValue(limit.expected, [text]);
}

/** Returns a parser of one of these words, in any case. */
export function parseWord<T extends string>(...words: readonly T[]) {
  return (text: string): T | InvalidValue =>
    words.find((word) => word.toLowerCase() === text.toLowerCase()) ??
    new InvalidValue(`one of ${words.join(", ")}`, [text]);
}

/** Parses an issuer with or without its scheme, its host in any case. */
export function parseIssuer(text: string): string | InvalidValue {
  const [host = "", ...path] = text.replace(/^https:\/\//i, "").split("/");
  const issuer = [host.toLowerCase(), ...path].join("/");
  const limit = LIMITS.oidcProviderUrl;
  return limit.allows(issuer)
    ? issuer
    : new InvalidValue(`${limit.expected}, with or without https://`, [text]);
}

/** Parses the `owner/name` of a GitHub repository. */
export function parseRepository(text: string) {
  const [owner = "", name = "", ...rest] = text.split("/");
  const isValid =
    rest.length === 0 &&
    LIMITS.githubOwner.allows(owner) &&
    LIMITS.githubRepository.allows(name);
  return isValid
    ? { owner, name }
    : new InvalidValue("owner/name, as GitHub writes it", [text]);
}

/** Parses a word that is true or false, in any case. */
export function parseFlag(text: string): boolean | InvalidValue {
  return parseBoolean(text) ?? new InvalidValue(BOOLEAN_RULE, [text]);
}

/** Converts the name of a user to the name of a stage. */
export function toStageName(userName = ""): string {
  return userName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** Replaces the characters that a tag cannot contain. */
export function toTagValue(text: string): string {
  return text.slice(0, 256).replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "-");
}
