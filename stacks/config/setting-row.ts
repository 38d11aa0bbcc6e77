import type { HostEnvironment } from "./environment";
import type { InvalidValue } from "./setting-parsers";

/** Values that a default can derive from. */
export interface DefaultContext extends HostEnvironment {
  readonly APP_NAME: string;
  readonly STAGE: string;
}

/** A default that derives from other values. */
export class ComputedDefault<V> {
  /** @param text the default as the documentation describes it */
  constructor(
    readonly text: string,
    readonly compute: (context: DefaultContext) => V,
  ) {}
}

/** A row of the table: a setting with everything that parses, defaults and documents it. */
export interface Setting<Name extends string = string, T = unknown, D = T> {
  readonly name: Name;
  readonly parse: (text: string) => T | InvalidValue;
  /** Value if the setting is unset; `undefined` if the setting is optional. */
  readonly default: D;
  readonly description: string;
  /** Settings that must be set too, unless this one is `false`. */
  readonly requires: readonly string[];
}

/** Type of a setting's value. */
export type Value<S> =
  S extends Setting<string, infer T, infer D>
    ? D extends undefined
      ? T | undefined
      : D extends ComputedDefault<infer V>
        ? T | V
        : T
    : never;

/** Returns a row of the table. */
export function setting<
  const Name extends string,
  T,
  const D extends T | undefined | ComputedDefault<T | undefined>,
>(
  name: Name,
  parse: (text: string) => T | InvalidValue,
  defaultValue: D,
  description: string,
  ...requires: readonly string[]
): Setting<Name, T, D> {
  return { name, parse, default: defaultValue, description, requires };
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
