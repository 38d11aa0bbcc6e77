import fc from "fast-check";
import { Unknown, type Attributes } from "../../../scripts/lib/plan/attribute";
import { findChangedValues } from "../../../scripts/lib/plan/changed-values";
import { REDACTED, REDACTED_CHANGED } from "../../../scripts/lib/plan/redactor";
import { redactedValues } from "../../support/redacted";

type Values = Readonly<Record<string, unknown>>;

const UNKNOWN = new Unknown(false);
const COMPUTED = new Unknown(true);

function changed(before: Values | undefined, after: Attributes | undefined) {
  return findChangedValues(before && redactedValues(before), after);
}

function changedTo(before: Values, after: Values) {
  return changed(before, redactedValues(after));
}

function policy(...Statement: readonly Values[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const READ = { Effect: "Allow", Action: ["s3:A", "s3:B"], Resource: "*" };

test.each<[string, Values, Values, readonly object[]]>([
  [
    "a value",
    { a: "x" },
    { a: "y" },
    [{ kind: "changed", path: "a", before: "x", after: "y" }],
  ],
  [
    "a value that is set",
    {},
    { a: 1 },
    [{ kind: "changed", path: "a", before: "(not set)", after: "1" }],
  ],
  [
    "zero, which is a value",
    { a: 0 },
    { a: null },
    [{ kind: "changed", path: "a", before: "0", after: "(not set)" }],
  ],
  [
    "a value of a block",
    { a: [{ b: 1, c: 2 }] },
    { a: [{ b: 1, c: 3 }] },
    [{ kind: "changed", path: "a.c", before: "2", after: "3" }],
  ],
  [
    "a block that is removed",
    { a: [{ b: 1 }] },
    { a: [] },
    [{ kind: "members", path: "a", gained: [], lost: ['{"b":1}'] }],
  ],
  [
    "a member of a list",
    { a: ["x", "y"] },
    { a: ["y", "z"] },
    [{ kind: "members", path: "a", gained: ["z"], lost: ["x"] }],
  ],
  [
    "inline policies, which are not hidden",
    { inline_policy: [] },
    { inline_policy: [{ name: "p" }] },
    [
      {
        kind: "members",
        path: "inline_policy",
        gained: ['{"name":"p"}'],
        lost: [],
      },
    ],
  ],
  [
    "managed policies, which are not hidden",
    { managed_policy_arns: [] },
    { managed_policy_arns: ["arn:a"] },
    [
      {
        kind: "members",
        path: "managed_policy_arns",
        gained: ["arn:a"],
        lost: [],
      },
    ],
  ],
  [
    "a tag that only the provider sets",
    { tags_all: { Stack: "a" } },
    { tags_all: { Stack: "b" } },
    [{ kind: "changed", path: "tags_all.Stack", before: "a", after: "b" }],
  ],
  [
    "a tag once",
    { tags: { a: "1" }, tags_all: { a: "1" } },
    { tags: { a: "2" }, tags_all: { a: "2" } },
    [{ kind: "changed", path: "tags.a", before: "1", after: "2" }],
  ],
  [
    "a secret",
    { a: REDACTED },
    { a: REDACTED_CHANGED },
    [{ kind: "secret", path: "a" }],
  ],
  [
    "a secret that is removed",
    { a: REDACTED },
    { a: null },
    [{ kind: "secret", path: "a" }],
  ],
  [
    "statements of a policy",
    { policy: policy(READ) },
    { policy: policy(READ, { Effect: "Deny", Action: "*" }) },
    [
      {
        kind: "members",
        path: "policy",
        gained: ['{"Action":"*","Effect":"Deny"}'],
        lost: [],
      },
    ],
  ],
  [
    "the version of a policy",
    { policy: policy(READ) },
    { policy: policy(READ).replace("2012", "2008") },
    [
      {
        kind: "changed",
        path: "policy.Version",
        before: "2012-10-17",
        after: "2008-10-17",
      },
    ],
  ],
  [
    "a policy that is not readable, as a text",
    { policy: policy(READ) },
    { policy: "{}" },
    [
      {
        kind: "changed",
        path: "policy",
        before: JSON.stringify(policy(READ)),
        after: "{}",
      },
    ],
  ],
])("%s is reported", (_, before, after, expected) => {
  expect(changedTo(before, after)).toEqual(expected);
});

test.each<[string, Values, Values]>([
  ["an attribute that is not set and an empty one", { a: null }, { a: [] }],
  ["a boolean that is not set and one that is false", {}, { a: false }],
  ["the order of texts", { a: ["x", "y"] }, { a: ["y", "x"] }],
  ["a counter", { creation_date: "a" }, { creation_date: "b" }],
  [
    "the format of a policy",
    { policy: policy(READ) },
    { policy: policy({ ...READ, Action: ["s3:B", "s3:A"] }) },
  ],
  ["an unchanged secret", { a: REDACTED }, { a: REDACTED }],
])("%s is not a change", (_, before, after) => {
  expect(changedTo(before, after)).toEqual([]);
});

test("the order of rules is a change", () => {
  expect(
    changedTo({ rule: [{ v: 1 }, { v: 2 }] }, { rule: [{ v: 2 }, { v: 1 }] }),
  ).toMatchObject([{ kind: "changed", path: "rule" }]);
});

test.each<[string, Attributes, readonly object[]]>([
  [
    "an attribute",
    { a: UNKNOWN },
    [{ kind: "unknown", path: "a", before: "x" }],
  ],
  [
    "an attribute of a block",
    { a: [{ b: UNKNOWN }] },
    [{ kind: "members", path: "a" }],
  ],
  [
    "a member of a list",
    { a: [UNKNOWN] },
    [
      {
        kind: "members",
        path: "a",
        gained: ["(known only after apply)"],
        lost: ["x"],
      },
    ],
  ],
  ["no computed attribute", { a: COMPUTED }, []],
])("an unknown value is reported: %s", (_, after, expected) => {
  expect(changed({ a: "x" }, after)).toMatchObject(expected);
});

test("an unknown value of a block is reported by its path", () => {
  expect(changed({ a: [{ b: 1 }] }, { a: [{ b: UNKNOWN }] })).toEqual([
    { kind: "unknown", path: "a.b", before: "1" },
  ]);
});

test("equal values are not reported, and others are", () => {
  const value = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.integer(),
    fc.constant(true),
  );
  const values = fc.dictionary(fc.constantFrom("a", "b", "c"), value);
  fc.assert(
    fc.property(values, values, (before, after) => {
      expect(changedTo(before, before)).toEqual([]);
      const keys = [
        ...new Set([...Object.keys(before), ...Object.keys(after)]),
      ];
      expect(changedTo(before, after).map(({ path }) => path)).toEqual(
        keys.filter((key) => before[key] !== after[key]).sort(),
      );
    }),
  );
});
