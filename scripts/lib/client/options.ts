import { isJsonObject } from "../system/json-object";
import { ClientError } from "./client-error";

/** A requirement for the value of an option, which completes "must be". */
export interface OptionRule {
  readonly requirement: string;
  readonly isValid: (value: unknown) => boolean;
  /** @default false */
  readonly isRequired?: boolean;
  /**
   * Whether the option cannot be `undefined`, such as the value of a variable that is not set: less would be required than the
   * caller assumes.
   *
   * @default false
   */
  readonly refusesUndefined?: boolean;
}

/** A rule for every option: a caller in JavaScript has no compiler. */
export type OptionRules<Options> = {
  readonly [name in keyof Options]-?: OptionRule;
};

/**
 * Fails for options that are unknown or invalid, with one error that lists all. An option that is `undefined` is not set,
 * unless its rule refuses that.
 *
 * The error names no value: an option can hold a secret.
 *
 * @param caller name of the function that the user called
 * @throws ClientError
 */
export function requireValidOptions<Options extends object>(
  caller: string,
  options: Options,
  rules: OptionRules<Options>,
): void {
  const known = new Map<string, OptionRule>(Object.entries(rules));
  if (!isJsonObject(options))
    throw new ClientError(
      "invalid_option",
      `the options of ${caller} must be an object, got ${describeKind(options)}`,
      `its options are ${[...known.keys()].join(", ")}`,
    );
  const set = Object.entries(options).filter(
    ([name, value]) =>
      value !== undefined || known.get(name)?.refusesUndefined === true,
  );
  const names = new Set(set.map(([name]) => name));
  const unknown = [...names].filter((name) => !known.has(name));
  const problems = [
    ...[...known].flatMap(([name, { requirement, isRequired = false }]) =>
      isRequired && !names.has(name)
        ? [`${name} is required: ${requirement}`]
        : [],
    ),
    ...set.flatMap(([name, value]) => {
      const rule = known.get(name);
      return rule === undefined || rule.isValid(value)
        ? []
        : [`${name} must be ${rule.requirement}, got ${describeKind(value)}`];
    }),
  ];
  if (unknown.length > 0)
    problems.unshift(
      `there is no option ${unknown.map((name) => JSON.stringify(name)).join(", ")}`,
    );
  if (problems.length > 0)
    throw new ClientError(
      "invalid_option",
      `${caller}: ${problems.join("; ")}`,
      unknown.length > 0
        ? `its options are ${[...known.keys()].join(", ")}`
        : undefined,
    );
}

/** Text without blanks, such as the id of a resource. */
export const TEXT: OptionRule = {
  requirement: "text without blanks",
  isValid: isWord,
};

export const BOOLEAN: OptionRule = {
  requirement: "true or false",
  isValid: (value) => typeof value === "boolean",
};

export const FUNCTION: OptionRule = {
  requirement: "a function",
  isValid: (value) => typeof value === "function",
};

export const SIGNAL: OptionRule = {
  requirement: "an AbortSignal",
  isValid: (value) =>
    typeof value === "object" && value !== null && "throwIfAborted" in value,
};

/** A list of names, such as those of scopes. An empty list would be read as all of them. */
export const NAMES: OptionRule = {
  requirement: "a list of names without blanks that is not empty",
  isValid: (value) =>
    Array.isArray(value) && value.length > 0 && value.every(isWord),
};

function isWord(value: unknown): boolean {
  return typeof value === "string" && /^\S+$/.test(value);
}

/** Describes a value without its content. */
function describeKind(value: unknown): string {
  if (value === "") return "empty text";
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? "an empty list" : "another list";
  switch (typeof value) {
    case "string":
      return "another text";
    case "object":
      return "an object";
    default:
      return `a ${typeof value}`;
  }
}
