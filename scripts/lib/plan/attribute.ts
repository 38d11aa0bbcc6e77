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
export type Reading<T = Value> =
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
export function read(values: Attributes | undefined, path: string): Reading {
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
export function textAt(
  values: Attributes | undefined,
  path: string,
): Redacted | undefined {
  const reading = read(values, path);
  return reading.kind === "known" &&
    typeof reading.value === "string" &&
    reading.value !== ""
    ? reading.value
    : undefined;
}

/** Returns a number attribute; `undefined` if it is not one. */
export function numberAt(
  values: Attributes | undefined,
  path: string,
): number | undefined {
  const reading = read(values, path);
  if (reading.kind !== "known") return undefined;
  const { value } = reading;
  const number =
    typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number)
    ? number
    : undefined;
}

/** Returns a switch; `undefined` if it is not set, or unknown. */
export function booleanAt(
  values: Attributes | undefined,
  path: string,
): boolean | undefined {
  const reading = read(values, path);
  if (reading.kind !== "known") return undefined;
  const { value } = reading;
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "boolean" ? value : undefined;
}

/** Returns the texts of a list that are known; the engine of the rules reports those that are not. */
export function texts(value: Value | undefined): readonly Redacted[] {
  return Array.isArray(value)
    ? (value as readonly Value[]).filter(
        (item): item is Redacted => typeof item === "string",
      )
    : [];
}

/** Returns blocks of a resource: Terraform writes a single one as itself, or as a list of one. */
export function blocks(value: Value | undefined): readonly Attributes[] {
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
