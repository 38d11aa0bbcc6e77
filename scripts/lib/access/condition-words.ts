import type { Condition } from "../iam/policy";
import type { Redacted } from "../plan/redactor";
import { listSome, literal, text, type RichText } from "../plan/rich-text";

const WORDS: Readonly<Record<string, RichText>> = {
  StringEquals: literal("is"),
  StringLike: literal("is like"),
  StringNotEquals: literal("is not"),
  StringNotLike: literal("is not like"),
  StringEqualsIgnoreCase: literal("is, in any case,"),
  ArnEquals: literal("is"),
  ArnLike: literal("is like"),
  ArnNotEquals: literal("is not"),
  ArnNotLike: literal("is not like"),
  Bool: literal("is"),
  Null: literal("is missing:"),
  IpAddress: literal("is in"),
  NotIpAddress: literal("is not in"),
};

/** Returns when something is allowed; nothing if it always is. */
export function formatConditions(
  conditions: readonly Condition<Redacted>[],
): RichText {
  return conditions.flatMap(({ operator, key, values }, index) => {
    const test = Object.hasOwn(WORDS, operator)
      ? (WORDS[operator] ?? [])
      : text`${operator}`;
    const start = index === 0 ? literal(" when ") : literal(" and ");
    return text`${start}${key} ${test} ${listSome(values)}`;
  });
}
