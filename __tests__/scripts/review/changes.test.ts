import { plain } from "../../../scripts/lib/access/phrase";
import {
  changesOf,
  outputsOf,
  unknownOf,
  verdictOf,
} from "../../../scripts/lib/review/changes";
import { planOf, type PlannedResource } from "../../support/plans";

const TYPE = "aws_iam_role";

function values(resource: Omit<PlannedResource, "type">): readonly string[] {
  return changesOf(planOf([{ type: TYPE, ...resource }])).flatMap((change) =>
    change.values.map(({ path, told }) => `${path}: ${plain(told)}`),
  );
}

test.each<[string, Omit<PlannedResource, "type">, readonly string[]]>([
  [
    "a value",
    { before: { name: "a" }, after: { name: "b" } },
    ["name: from a to b"],
  ],
  [
    "members of a list",
    { before: { x: ["a", "b"] }, after: { x: ["b", "c"] } },
    ["x: gains c, loses a"],
  ],
  [
    "a secret",
    {
      before: { client_secret: "a" },
      after: { client_secret: "b" },
      expressions: { client_secret: {} },
    },
    ["client_secret: a secret, which changes"],
  ],
  [
    "a value that is known later, where the code sets it",
    {
      before: { policy: "a", arn: "b" },
      after: {},
      more: { after_unknown: { policy: true, arn: true } },
      expressions: { policy: {} },
    },
    ["policy: from a to what is known once it is applied"],
  ],
])("%s is told", (_, resource, expected) => {
  expect(values({ actions: ["update"], ...resource })).toEqual(expected);
});

test("of what is made or removed no values are told", () => {
  expect(values({ after: { name: "a" } })).toEqual([]);
  expect(values({ before: { name: "a" } })).toEqual([]);
});

test("an address that moved is told with the old one", () => {
  const plan = planOf([
    { type: TYPE, before: {}, after: {}, actions: ["no-op"] },
  ]);
  const [resource] = plan.resource_changes;
  const moved = {
    ...plan,
    resource_changes: resource
      ? [{ ...resource, previous_address: "aws_iam_role.old" }]
      : [],
  };
  expect(changesOf(moved)).toMatchObject([
    { action: "move", movedFrom: "aws_iam_role.old" },
  ]);
  expect(verdictOf(moved)).toMatchObject({ move: 1, isEmpty: false });
});

test.each<[string, object, string | undefined]>([
  [
    "that is new",
    { actions: ["create"], before: null, after: "x" },
    "from nothing to x",
  ],
  [
    "that changes",
    { actions: ["update"], before: "w", after: "x" },
    "from w to x",
  ],
  [
    "that is removed",
    { actions: ["delete"], before: "w", after: null },
    "is no longer there",
  ],
  [
    "that is secret",
    { actions: ["update"], before: "w", after: "x", after_sensitive: true },
    "a secret, which changes",
  ],
  [
    "that is known later",
    { actions: ["update"], before: "w", after_unknown: true },
    "is (known once it is applied)",
  ],
  ["that stays", { actions: ["no-op"], before: "w", after: "w" }, undefined],
])("an output %s", (_, change, expected) => {
  const plan = planOf([], { output_changes: { o: change } });
  expect(outputsOf(plan).map(({ told }) => plain(told))).toEqual(
    expected === undefined ? [] : [expected],
  );
  expect(verdictOf(plan).isEmpty).toBe(expected === undefined);
});

test("what the code sets and is known later is told, but for names of other resources", () => {
  const plan = planOf([
    {
      type: TYPE,
      before: { policy: "a", role: "b", arn: "c" },
      after: {},
      actions: ["update"],
      more: { after_unknown: { policy: true, role: true, arn: true } },
      expressions: {
        policy: { references: ["a.b.c", "a.b"] },
        role: { constant_value: "${aws_iam_role.main.id}" },
      },
    },
  ]);
  expect(unknownOf(plan).map(plain)).toEqual(["aws_iam_role.main: policy"]);
});

test("each kind of change is counted once", () => {
  const actions = [
    ["create"],
    ["update"],
    ["delete"],
    ["delete", "create"],
    ["create", "delete"],
    ["forget"],
    ["no-op"],
    ["read"],
  ];
  const plan = planOf(
    actions.map((one, index) => ({
      type: TYPE,
      address: `${TYPE}.r${index}`,
      before: {},
      after: {},
      actions: one,
    })),
  );
  expect(verdictOf(plan)).toEqual({
    add: 1,
    change: 1,
    destroy: 1,
    replace: 2,
    import: 0,
    move: 0,
    forget: 1,
    isEmpty: false,
  });
});

test("parts of an output that are marked, and outputs whose names say so, are secrets", () => {
  const plan = planOf([], {
    output_changes: {
      client_secret: { actions: ["create"], before: null, after: "abc" },
      parts: {
        actions: ["create"],
        before: null,
        after: { pin: "Zq7" },
        after_sensitive: { pin: true },
      },
    },
  });
  const told = outputsOf(plan).map((output) => plain(output.told));
  expect(told[0]).toBe("a secret, which changes");
  expect(told.join()).not.toContain("Zq7");
});
