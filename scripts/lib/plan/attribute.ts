import type { Redacted } from "./redactor";

/** A value that is known only after the apply. */
export class Unknown {
  constructor(
    /** Whether AWS decides it, because the code does not set it. */
    readonly isComputed: boolean,
    /** The expression that it will come from, where the plan has it. */
    readonly template?: Redacted,
  ) {}
}

/** A value of a resource as a plan has it, without secrets. What comes from another resource is a reference such as `${aws_iam_role.reader.arn}`. */
export type Value =
  Redacted | number | boolean | null | Unknown | readonly Value[] | Attributes;

export interface Attributes {
  readonly [name: string]: Value;
}

/** What reading an attribute finds: unknown is neither empty, nor off, nor zero, nor unchanged. */
export type AttributeReading<T = Value> =
  | { readonly kind: "known"; readonly value: T }
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
 * Reads an attribute by its path, such as `password_policy.minimum_length`. A block that Terraform writes as a list of one
 * is the block itself.
 */
export function readAttribute(
  values: Attributes | undefined,
  path: string,
): AttributeReading {
  let value: Value | undefined = values;
  for (const name of path.split(".")) {
    if (Array.isArray(value)) value = (value as readonly Value[])[0];
    if (value instanceof Unknown) return { kind: "unknown" };
    value = isAttributes(value) ? own(value, name) : undefined;
  }
  if (value instanceof Unknown) return { kind: "unknown" };
  return value === undefined || value === null
    ? { kind: "absent" }
    : { kind: "known", value };
}

/** Returns a text attribute; `undefined` if it is not a text, or an empty one. */
export function readText(
  values: Attributes | undefined,
  path: string,
): Redacted | undefined {
  const reading = readAttribute(values, path);
  return reading.kind === "known" &&
    typeof reading.value === "string" &&
    reading.value !== ""
    ? reading.value
    : undefined;
}

/** Returns a number attribute; `undefined` if it is not one. */
export function readNumber(
  values: Attributes | undefined,
  path: string,
): number | undefined {
  const reading = readAttribute(values, path);
  if (reading.kind !== "known") return undefined;
  const { value } = reading;
  const number =
    typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number)
    ? number
    : undefined;
}

/** Returns a switch; `undefined` if it is not set, or unknown. */
export function readBoolean(
  values: Attributes | undefined,
  path: string,
): boolean | undefined {
  const reading = readAttribute(values, path);
  if (reading.kind !== "known") return undefined;
  const { value } = reading;
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : undefined;
}

/** Returns the texts of a list that are known; the engine of the rules reports those that are not. */
export function toTexts(value: Value | undefined): readonly Redacted[] {
  return Array.isArray(value)
    ? (value as readonly Value[]).filter(
        (item): item is Redacted => typeof item === "string",
      )
    : [];
}

/** Returns blocks of a resource: Terraform writes a single one as itself, or as a list of one. */
export function toBlocks(value: Value | undefined): readonly Attributes[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter(isAttributes);
}

/** Whether a value has a part that is known only after the apply and that the code decides. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value instanceof Unknown) return !value.isComputed;
  if (Array.isArray(value)) return (value as readonly Value[]).some(hasUnknown);
  return isAttributes(value) && Object.values(value).some(hasUnknown);
}

/** Whether a value says nothing: an attribute that is not there is an empty one. */
export function isEmpty(value: Value | undefined): boolean {
  if (value instanceof Unknown) return value.isComputed;
  if (Array.isArray(value)) return (value as readonly Value[]).every(isEmpty);
  if (isAttributes(value)) return Object.values(value).every(isEmpty);
  return (
    value === undefined || value === null || value === "" || value === false
  );
}

function own(values: Attributes, name: string): Value | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Stands in for a value that is known only after the apply. */
export const AFTER_APPLY = "(known only after apply)" as Redacted;
/** Stands in for a value that is not set. */
export const NOT_SET = "(not set)" as Redacted;

/** Texts that can stand in a sentence as they are. */
const PLAIN = /^[^\s,"]+$/;

/** Returns a value as a sentence shows it: a word as it is, all else as JSON with its keys and lists of texts in one order. */
export function formatValue(value: Value | undefined): Redacted {
  if (value === null || value === undefined) return NOT_SET;
  if (value instanceof Unknown) return AFTER_APPLY;
  return typeof value === "string" && PLAIN.test(value)
    ? value
    : (JSON.stringify(value, ordered) as Redacted);
}

/**
 * Returns a text in which nothing moves the cursor, ends the line or turns its direction, and in which half a character is
 * seen as one.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) =>
      `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

function ordered(_: string, part: unknown): unknown {
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
