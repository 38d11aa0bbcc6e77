import { isGlobSuperset } from "./patterns";
import type { Condition } from "./policy";

/** Operators that require one matching value, so that fewer values are stricter. */
const ANY_OF =
  /^(ForAnyValue:)?(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like)|NumericEquals|DateEquals|Bool|BinaryEquals|IpAddress)(IfExists)?$/;
/** Operators that require every value of the request to match. */
const ALL_OF = /^ForAllValues:(String|Arn)(Equals|Like)(IfExists)?$/;
/** Maximum number of parts of a block of conditions. */
const MAX_PARTS = 64;

/** Returns whether every request that meets the first conditions meets the others. */
export function isAtLeastAsStrict(
  one: readonly Condition[],
  other: readonly Condition[],
): boolean {
  return other.every((broad) =>
    one.some((strict) => isStricter(strict, broad)),
  );
}

/** Splits a block into conditions with one value each; returns the block itself if it has too many values. */
export function splitConditions<T extends string>(
  block: readonly Condition<T>[],
): readonly (readonly Condition<T>[])[] {
  let tests: readonly (readonly Condition<T>[])[] = [[]];
  for (const condition of block) {
    // a condition without values can match if the key is missing
    const singles =
      ANY_OF.test(condition.operator) && condition.values.length > 0
        ? condition.values.map((value) => ({ ...condition, values: [value] }))
        : [condition];
    if (tests.length * singles.length > MAX_PARTS) return [block];
    tests = tests.flatMap((test) => singles.map((single) => [...test, single]));
  }
  return tests;
}

/** Returns the conditions of both blocks; `undefined` if no request can meet all of them. */
export function combineConditions(
  one: readonly Condition[],
  other: readonly Condition[],
): readonly Condition[] | undefined {
  const isImpossible = one.some(({ key, operator, values }) =>
    other.some(
      (condition) =>
        key === condition.key &&
        /^(StringEquals|Bool)$/.test(operator) &&
        operator === condition.operator &&
        !values.some((value) => condition.values.includes(value)),
    ),
  );
  if (isImpossible) return undefined;
  const added = other.filter(
    (condition) => !one.some((strict) => isStricter(strict, condition)),
  );
  return [...one, ...added];
}

/** Returns whether every request that meets a condition meets a broader one. */
function isStricter(strict: Condition, broad: Condition): boolean {
  if (
    strict.key !== broad.key ||
    !isImpliedOperator(strict.operator, broad.operator)
  )
    return false;
  const includesAll = (some: Condition, others: Condition): boolean =>
    others.values.every((value) => some.values.includes(value));
  if (broad.operator.includes("Not"))
    return (
      includesAll(strict, broad) &&
      // an exact condition does not exclude the matches of a pattern
      (strict.operator.includes("Like") === broad.operator.includes("Like") ||
        broad.values.every((value) => !/[*?]/.test(value)))
    );
  if (!ANY_OF.test(broad.operator) && !ALL_OF.test(broad.operator))
    return includesAll(strict, broad) && includesAll(broad, strict);
  const isLike = broad.operator.includes("Like");
  return strict.values.every((value) =>
    broad.values.some((pattern) =>
      isLike ? isGlobSuperset(pattern, value) : pattern === value,
    ),
  );
}

/** Returns whether an operator implies another: `StringEquals` implies `StringLike` and `StringEqualsIfExists`. */
function isImpliedOperator(one: string, other: string): boolean {
  return (
    one === other ||
    one.replace("Equals", "Like") === other ||
    `${one}IfExists` === other ||
    `${one.replace("Equals", "Like")}IfExists` === other
  );
}
