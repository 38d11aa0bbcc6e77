import type { Attributes } from "../../scripts/lib/plan/attribute";
import { Redactor, type Redacted } from "../../scripts/lib/plan/redactor";

const REDACTOR = new Redactor();

/** Redacts a literal of a test. */
export function redacted(text: string): Redacted {
  return REDACTOR.redact(text);
}

/** Redacts an object of a test. */
export function redactedValues(
  values: Readonly<Record<string, unknown>>,
): Attributes {
  return REDACTOR.redactValue(values) as Attributes;
}
