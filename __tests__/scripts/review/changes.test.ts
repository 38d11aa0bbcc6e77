import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { Untrusted } from "../../../scripts/lib/plan/redactor";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import {
  listChanges,
  countChanges,
  listOutputChanges,
} from "../../../scripts/lib/review/changes";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

const TYPE = "aws_iam_role";

function values(resource: Omit<PlanResource, "type">): readonly string[] {
  return listChanges(
    buildPlanModel(buildPlan([{ type: TYPE, ...resource }])),
  ).flatMap((change) =>
    change.values.map(
      ({ path, message }) => `${path}: ${toPlainText(message)}`,
    ),
  );
}

test.each<[string, Omit<PlanResource, "type">, readonly string[]]>([
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
      changeMembers: { after_unknown: { policy: true, arn: true } },
      expressions: { policy: { references: ["var.policy"] } },
    },
    ["policy: from a to a value that is known only after apply"],
  ],
])("%s is reported", (_, resource, expected) => {
  expect(values({ actions: ["update"], ...resource })).toEqual(expected);
});

test("no values are reported of a resource that is created or removed", () => {
  expect(values({ after: { name: "a" } })).toEqual([]);
  expect(values({ before: { name: "a" } })).toEqual([]);
});

test("an address that moved is reported with the old one", () => {
  const plan = buildPlan([
    { type: TYPE, before: {}, after: {}, actions: ["no-op"] },
  ]);
  const [resource] = plan.resource_changes;
  const moved = {
    ...plan,
    resource_changes: resource
      ? [{ ...resource, previous_address: "aws_iam_role.old" as Untrusted }]
      : [],
  };
  expect(listChanges(buildPlanModel(moved))).toMatchObject([
    { action: "move", movedFrom: "aws_iam_role.old" },
  ]);
  expect(countChanges(buildPlanModel(moved))).toMatchObject({
    move: 1,
    isEmpty: false,
  });
});

test.each<[string, object, string | undefined]>([
  [
    "that is new",
    { actions: ["create"], before: null, after: "x" },
    "from (not set) to x",
  ],
  [
    "that changes",
    { actions: ["update"], before: "w", after: "x" },
    "from w to x",
  ],
  [
    "that is removed",
    { actions: ["delete"], before: "w", after: null },
    "is removed",
  ],
  [
    "that is secret",
    { actions: ["update"], before: "w", after: "x", after_sensitive: true },
    "a secret, which changes",
  ],
  [
    "that is known later",
    { actions: ["update"], before: "w", after_unknown: true },
    "is known only after apply",
  ],
  ["that stays", { actions: ["no-op"], before: "w", after: "w" }, undefined],
])("an output %s", (_, change, expected) => {
  const plan = buildPlan([], { output_changes: { o: change } });
  expect(
    listOutputChanges(buildPlanModel(plan)).map(({ message }) =>
      toPlainText(message),
    ),
  ).toEqual(expected === undefined ? [] : [expected]);
  expect(countChanges(buildPlanModel(plan)).isEmpty).toBe(
    expected === undefined,
  );
});

test("a value that comes from another resource is its reference", () => {
  const plan = buildPlan([
    { type: "aws_iam_role", before: {}, after: {} },
    {
      type: "aws_iam_role_policy",
      before: { role: "b", id: "c" },
      after: {},
      actions: ["update"],
      changeMembers: { after_unknown: { role: true, id: true } },
      expressions: { role: { constant_value: "${aws_iam_role.main.id}" } },
    },
  ]);
  expect(
    listChanges(buildPlanModel(plan)).flatMap(({ address, values: all }) =>
      all.map(
        ({ path, message }) => `${address} ${path}: ${toPlainText(message)}`,
      ),
    ),
  ).toEqual([
    "aws_iam_role_policy.main role: from b to ${aws_iam_role.main.id}",
  ]);
});

test("an object that remains from a replacement is marked", () => {
  const plan = buildPlan([{ type: TYPE, before: { name: "r" } }]);
  const [resource] = plan.resource_changes;
  const left = buildPlanModel({
    ...plan,
    resource_changes: resource
      ? [{ ...resource, deposed: "00000001" as Untrusted }]
      : [],
  });
  expect(listChanges(left).map(({ what }) => toPlainText(what))).toEqual([
    "role r (remains from an earlier replacement, 00000001)",
  ]);
});

test("policies of a role are named by it", () => {
  const plan = buildPlan([
    {
      type: "aws_iam_role",
      before: { name: "veda-readers" },
      after: { name: "veda-readers" },
    },
    {
      type: "aws_iam_role_policy",
      after: { name: "bucket-access" },
      changeMembers: { after_unknown: { role: true } },
      expressions: { role: { constant_value: "${aws_iam_role.main.name}" } },
    },
  ]);
  expect(
    listChanges(buildPlanModel(plan)).map(({ what }) => toPlainText(what)),
  ).toEqual(["policy bucket-access of role veda-readers"]);
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
  const plan = buildPlan(
    actions.map((one, index) => ({
      type: TYPE,
      address: `${TYPE}.r${index}`,
      before: {},
      after: {},
      actions: one,
    })),
  );
  expect(countChanges(buildPlanModel(plan))).toEqual({
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

test("parts of an output that are marked, and outputs with the name of a secret, are redacted", () => {
  const plan = buildPlan([], {
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
  const messages = listOutputChanges(buildPlanModel(plan)).map(({ message }) =>
    toPlainText(message),
  );
  expect(messages[0]).toBe("a secret, which changes");
  expect(messages.join()).not.toContain("Zq7");
});
