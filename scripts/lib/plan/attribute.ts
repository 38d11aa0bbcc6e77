import type { Redacted } from "./redactor";

/** A value that is known only after the apply. */
export class Unknown {
  constructor(
    /** Whether AWS or the provider sets the value, because the code does not. */
    readonly isComputed: boolean,
    /** The expression of the value, if the plan has it. */
    readonly template?: Redacted,
  ) {}
}

/** A redacted value of a resource. A value of another resource is a reference such as `${aws_iam_role.reader.arn}`. */
export type Value =
  Redacted | number | boolean | null | Unknown | readonly Value[] | Attributes;

export interface Attributes {
  readonly [name: string]: Value;
}

/** The result of reading an attribute: unknown is neither empty, nor off, nor zero, nor unchanged. */
type AttributeReading =
  | { readonly kind: "known"; readonly value: Value }
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" };

export function isAttributes(value: unknown): value is Attributes {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown)
  );
}

/**
 * Reads an attribute by its path, such as `password_policy.minimum_length`. A list stands for its first block, since
 * Terraform writes a single block as a list.
 */
export function readAttribute(
  values: Attributes | undefined,
  path: string,
): AttributeReading {
  let value: Value | undefined = values;
  for (const name of path.split(".")) {
    if (Array.isArray(value)) value = (value as readonly Value[])[0];
    if (value instanceof Unknown) return { kind: "unknown" };
    value = isAttributes(value) ? getOwn(value, name) : undefined;
  }
  if (value instanceof Unknown) return { kind: "unknown" };
  return value === undefined || value === null
    ? { kind: "absent" }
    : { kind: "known", value };
}

function readKnown(
  values: Attributes | undefined,
  path: string,
): Value | undefined {
  const reading = readAttribute(values, path);
  return reading.kind === "known" ? reading.value : undefined;
}

/** Reads a non-empty string; returns `undefined` for anything else. */
export function readText(
  values: Attributes | undefined,
  path: string,
): Redacted | undefined {
  const value = readKnown(values, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads a number, or a string of one; returns `undefined` for anything else. */
export function readNumber(
  values: Attributes | undefined,
  path: string,
): number | undefined {
  const value = readKnown(values, path);
  const number =
    typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number)
    ? number
    : undefined;
}

/** Reads a boolean, or a string of one; returns `undefined` for anything else. */
export function readBoolean(
  values: Attributes | undefined,
  path: string,
): boolean | undefined {
  const value = readKnown(values, path);
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : undefined;
}

/** Returns the known strings of a list. The review reports unknown values separately. */
export function toTexts(value: Value | undefined): readonly Redacted[] {
  return Array.isArray(value)
    ? (value as readonly Value[]).filter(
        (item): item is Redacted => typeof item === "string",
      )
    : [];
}

/** Returns the blocks of a list, or a single block as a list. */
export function toBlocks(value: Value | undefined): readonly Attributes[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter(isAttributes);
}

/** Returns whether a part of a value is known only after the apply and is set by the code. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return !value.isComputed;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hasUnknown);
  return isAttributes(value) && Object.values(value).some(hasUnknown);
}

/** Returns whether a value equals one that is not set: null, `false`, `""`, or a list or block of such values. */
export function isEmpty(value: Value | undefined): boolean {
  if (value instanceof Unknown) return value.isComputed;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isEmpty);
  if (isAttributes(value)) return Object.values(value).every(isEmpty);
  return (
    value === undefined || value === null || value === "" || value === false
  );
}

function getOwn(values: Attributes, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

const AFTER_APPLY = "(known only after apply)" as Redacted;
const NOT_SET = "(not set)" as Redacted;

/** A text that needs no quotes in a sentence. */
const UNQUOTED = /^[^\s,"]+$/;

/** Formats a value for a sentence: a word as it is, anything else as JSON with sorted keys and sorted lists of strings. */
export function formatValue(value: Value | undefined): Redacted {
  if (value === null || value === undefined) return NOT_SET;
  if (value instanceof Unknown) return AFTER_APPLY;
  return typeof value === "string" && UNQUOTED.test(value)
    ? value
    : (JSON.stringify(value, sortKeys) as Redacted);
}

function sortKeys(_: string, part: unknown): unknown {
  if (part instanceof Unknown) return AFTER_APPLY;
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part))
    return part.every((one) => typeof one === "string")
      ? [...part].sort()
      : (part as unknown);
  return Object.fromEntries(
    Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}
