import { Unknown, type Value } from "./attribute";
import type { Redacted } from "./redactor";

/** Stands in for a value that is known only after the apply. */
export const AFTER_APPLY = "(known only after apply)" as Redacted;
/** Stands in for a value that is not set. */
export const NOT_SET = "(not set)" as Redacted;

/** Texts that can stand in a sentence as they are. */
const PLAIN = /^[^\s,"]+$/;

/** Returns a value as a sentence shows it: a word as it is, all else as JSON with its keys and lists of texts in one order. */
export function showValue(value: Value | undefined): Redacted {
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
export function inOneLine(text: string): string {
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
