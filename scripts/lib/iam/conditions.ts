import { isGlobSuperset } from "./patterns";
import type { Condition } from "./policy";

/** Operators for which one value that fits is enough, so that fewer values are a narrower test. */
const ANY_OF =
  /^(ForAnyValue:)?(String(Equals|Like|EqualsIgnoreCase)|Arn(Equals|Like)|NumericEquals|DateEquals|Bool|BinaryEquals|IpAddress)(IfExists)?$/;
/** Operators for which each value has to be one of these. */
const ALL_OF = /^ForAllValues:(String|Arn)(Equals|Like)(IfExists)?$/;
/** Most requests that one block of tests is divided into. */
const MOST = 64;

/** Whether each request that passes the first tests passes the second. */
export function isAtLeastAsStrict(
  one: readonly Condition[],
  other: readonly Condition[],
): boolean {
  return other.every((wanted) => one.some((has) => isNarrower(has, wanted)));
}

/** Tests for one value each, which together let in what a block of tests lets in; the block itself where it has too many. */
export function splitConditions<T extends string>(
  block: readonly Condition<T>[],
): readonly (readonly Condition<T>[])[] {
  let tests: readonly (readonly Condition<T>[])[] = [[]];
  for (const condition of block) {
    // a test without values may pass if the key is missing
    const singles =
      ANY_OF.test(condition.operator) && condition.values.length > 0
        ? condition.values.map((value) => ({ ...condition, values: [value] }))
        : [condition];
    if (tests.length * singles.length > MOST) return [block];
    tests = tests.flatMap((test) => singles.map((single) => [...test, single]));
  }
  return tests;
}

/** The tests of both; `undefined` where no request passes them all. */
export function combineConditions(
  one: readonly Condition[],
  other: readonly Condition[],
): readonly Condition[] | undefined {
  const isImpossible = one.some((has) =>
    other.some(
      (wanted) =>
        has.key === wanted.key &&
        /^(StringEquals|Bool)$/.test(has.operator) &&
        has.operator === wanted.operator &&
        !has.values.some((value) => wanted.values.includes(value)),
    ),
  );
  if (isImpossible) return undefined;
  const added = other.filter(
    (wanted) => !one.some((has) => isNarrower(has, wanted)),
  );
  return [...one, ...added];
}

function isNarrower(has: Condition, wanted: Condition): boolean {
  if (has.key !== wanted.key || !isSameTest(has.operator, wanted.operator))
    return false;
  const holds = (some: Condition, others: Condition): boolean =>
    others.values.every((value) => some.values.includes(value));
  if (wanted.operator.includes("Not"))
    return (
      holds(has, wanted) &&
      // an exact test does not exclude what a pattern stands for
      (has.operator.includes("Like") === wanted.operator.includes("Like") ||
        wanted.values.every((value) => !/[*?]/.test(value)))
    );
  if (!ANY_OF.test(wanted.operator) && !ALL_OF.test(wanted.operator))
    return holds(has, wanted) && holds(wanted, has);
  const isLike = wanted.operator.includes("Like");
  return has.values.every((value) =>
    wanted.values.some((pattern) =>
      isLike ? isGlobSuperset(pattern, value) : pattern === value,
    ),
  );
}

/** An exact test is also one with wild cards, and one of a key that is there is also one of a key that may be. */
function isSameTest(one: string, other: string): boolean {
  return (
    one === other ||
    one.replace("Equals", "Like") === other ||
    `${one}IfExists` === other ||
    `${one.replace("Equals", "Like")}IfExists` === other
  );
}
