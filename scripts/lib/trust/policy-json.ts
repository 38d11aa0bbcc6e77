import { applyEdits, format } from "jsonc-parser";
import { UserError } from "../../../constructs/errors";

/**
 * A policy as IAM gives it, which is URL-encoded, or as plain JSON, which some that stand in for IAM give.
 *
 * @throws UserError when it is neither
 */
export function decodePolicy(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UserError("the trust policy must be URL-encoded JSON");
  }
}

/** A policy over several lines, each token as it is: as it is where it has them, indented where it is on one. */
export function overLines(text: string): string {
  return text.trim().includes("\n")
    ? text
    : applyEdits(
        text,
        format(text, undefined, { tabSize: 2, insertSpaces: true, eol: "\n" }),
      );
}

/** Whether two policies say the same. */
export function saysTheSame(one: string, other: string): boolean {
  return canonical(JSON.parse(one)) === canonical(JSON.parse(other));
}

/**
 * A text that is the same for values that say the same in a policy: IAM puts keys and lists in an order of its own, and
 * makes a list of one its only item.
 */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const items = [...new Set(value.map(canonical))].sort();
    return items.length === 1 ? (items[0] ?? "") : `[${items.join()}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`,
  );
  return `{${members.sort().join()}}`;
}
