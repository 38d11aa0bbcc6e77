import type { Attributes } from "../../scripts/lib/plan/attribute";
import { Redactor, type Redacted } from "../../scripts/lib/plan/redactor";

const REDACTOR = new Redactor();

/** Returns a literal of a test as text without secrets. */
export function redacted(text: string): Redacted {
  return REDACTOR.redact(text);
}

/** Returns an object of a test as attributes without secrets. */
export function redactedValues(
  values: Readonly<Record<string, unknown>>,
): Attributes {
  return REDACTOR.redactValue(values) as Attributes;
}
