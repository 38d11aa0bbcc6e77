import {
  combineConditions,
  isAtLeastAsStrict,
  splitConditions,
} from "../../../scripts/lib/iam/conditions";
import type { Condition } from "../../../scripts/lib/iam/policy";

function condition(
  operator: string,
  values: readonly string[],
  key = "k",
): Condition {
  return { operator, key, values };
}

type Test = readonly [operator: string, values: readonly string[]];

test.each<[Test, Test, boolean]>([
  [["StringEquals", ["a"]], ["StringEquals", ["a"]], true],
  [["StringEquals", ["a"]], ["StringEquals", ["a", "b"]], true],
  [["StringEquals", ["a", "b"]], ["StringEquals", ["a"]], false],
  [["StringEquals", ["a"]], ["StringLike", ["a*"]], true],
  [["StringLike", ["a*"]], ["StringEquals", ["a*"]], false],
  [["StringLike", ["a*"]], ["StringLike", ["a?"]], false],
  [["StringLike", ["a?"]], ["StringLike", ["a*"]], true],
  [["StringLike", ["a*"]], ["StringLike", ["*"]], true],
  [["StringLike", ["*"]], ["StringLike", ["?*"]], false],
  [["StringEquals", ["a"]], ["StringEqualsIfExists", ["a"]], true],
  [["StringEqualsIfExists", ["a"]], ["StringEquals", ["a"]], false],
  [["StringEquals", ["a"]], ["StringEqualsIgnoreCase", ["a"]], false],
  [["StringNotEquals", ["a", "b"]], ["StringNotEquals", ["a"]], true],
  [["StringNotEquals", ["a"]], ["StringNotEquals", ["a", "b"]], false],
  [["StringNotEquals", ["a*"]], ["StringNotLike", ["a*"]], false],
  [["StringNotEquals", ["a"]], ["StringNotLike", ["a"]], true],
  [["StringNotLike", ["a*"]], ["StringNotLike", ["a*"]], true],
  [
    ["ForAllValues:StringEquals", ["a"]],
    ["ForAllValues:StringEquals", ["a", "b"]],
    true,
  ],
  [["StringEquals", ["a"]], ["ForAllValues:StringEquals", ["a"]], false],
  [["ForAllValues:StringEquals", ["a"]], ["StringEquals", ["a"]], false],
  [["NumericLessThan", ["1"]], ["NumericLessThan", ["2"]], false],
  [["Bool", ["true"]], ["Bool", ["false"]], false],
  [["Null", ["true"]], ["Null", ["true"]], true],
])("a request that meets %j meets %j: %s", (one, other, expected) => {
  expect(isAtLeastAsStrict([condition(...one)], [condition(...other)])).toBe(
    expected,
  );
});

test("every condition of the second block must be implied, with the same key", () => {
  const [a, b] = [
    condition("Bool", ["true"], "a"),
    condition("Bool", ["true"], "b"),
  ];
  expect(isAtLeastAsStrict([a, b], [a])).toBe(true);
  expect(isAtLeastAsStrict([a], [a, b])).toBe(false);
  expect(isAtLeastAsStrict([a], [b])).toBe(false);
  expect(isAtLeastAsStrict([], [])).toBe(true);
});

test("a condition with several values is split into one per value", () => {
  const other = condition("StringNotEquals", ["x", "y"], "other");
  expect(
    splitConditions([condition("StringEquals", ["a", "b"]), other]).map(
      (tests) => tests.map(({ values }) => values.join()),
    ),
  ).toEqual([
    ["a", "x,y"],
    ["b", "x,y"],
  ]);
});

test("a condition without values is not split, since it can match if the key is missing", () => {
  const block = [condition("StringEqualsIfExists", [])];
  expect(splitConditions(block)).toEqual([block]);
});

test("a block with too many values is not split", () => {
  const block = [
    condition(
      "StringEquals",
      Array.from({ length: 65 }, (_, at) => `${at}`),
    ),
  ];
  expect(splitConditions(block)).toEqual([block]);
});

test("no request meets two conditions with different values of one key", () => {
  const [a, b] = [
    condition("StringEquals", ["a"]),
    condition("StringEquals", ["b"]),
  ];
  expect(combineConditions([a], [b])).toBeUndefined();
  expect(combineConditions([a], [a])).toEqual([a]);
  expect(
    combineConditions(
      [a],
      [condition("StringLike", ["*"]), { ...b, key: "other" }],
    ),
  ).toEqual([a, { ...b, key: "other" }]);
});
