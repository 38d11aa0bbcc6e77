import {
  parsePlanJson,
  type PlanJson,
} from "../../../scripts/lib/plan/plan-json";
import {
  formatPlanCounts,
  formatPlanSummary,
  hasPlanChanges,
} from "../../../scripts/lib/plan/plan-summary";

const CHANGE = { actions: ["update"], before: { n: 1 }, after: { n: 2 } };
const ROLE = {
  address: "aws_iam_role.r",
  mode: "managed",
  type: "aws_iam_role",
  name: "r",
  change: CHANGE,
};

type Parts = Readonly<Record<string, unknown>>;

function plan(parts: Parts = {}): PlanJson {
  return parsePlanJson(
    JSON.stringify({
      format_version: "1.2",
      terraform_version: "1.11.4",
      planned_values: {},
      resource_changes: [ROLE],
      ...parts,
    }),
  );
}

describe("the changes of a plan", () => {
  const unchanged = { ...ROLE, change: { ...CHANGE, actions: ["no-op"] } };
  const none = { resource_changes: [unchanged] };
  const withChange = (change: Parts): Parts => ({
    resource_changes: [
      { ...unchanged, change: { ...unchanged.change, ...change } },
    ],
  });

  test.each<[string, Parts]>([
    ["a resource changes", {}],
    ["one is imported", withChange({ importing: { id: "a" } })],
    [
      "one is moved",
      { resource_changes: [{ ...unchanged, previous_address: "a" }] },
    ],
    ["one is forgotten", withChange({ actions: ["forget"] })],
    [
      "a deposed object is deleted",
      {
        resource_changes: [
          { ...ROLE, deposed: "1", change: { ...CHANGE, actions: ["delete"] } },
        ],
      },
    ],
    [
      "an output changes",
      {
        ...none,
        output_changes: { a: { actions: ["create"], before: null, after: 1 } },
      },
    ],
    ["an action runs", { ...none, action_invocations: [{ address: "a" }] }],
    [
      "an action runs later",
      { ...none, deferred_action_invocations: [{ address: "a" }] },
    ],
    ["a change is deferred", { ...none, deferred_changes: [{ reason: "a" }] }],
    [
      "only drift is written to the state",
      { resource_changes: [], resource_drift: [ROLE] },
    ],
  ])("exist if %s", (_, parts) => {
    expect(hasPlanChanges(plan(parts))).toBe(true);
  });

  test.each<[string, Parts]>([
    ["nothing changes", none],
    ["data is read", withChange({ actions: ["read"] })],
    ["a counter has drifted", { ...none, resource_drift: [ROLE] }],
    ["lists are empty", { ...none, action_invocations: [], checks: [] }],
  ])("do not exist if %s", (_, parts) => {
    expect(hasPlanChanges(plan(parts))).toBe(false);
  });
});

describe("the summary of a plan", () => {
  const summary = {
    hasChanges: true,
    counts: { add: 1, change: 2, destroy: 3 },
    text: "Plan: 1 to add",
    hash: "sha256:1234",
  };

  test("starts with the counts and ends with the hash", () => {
    expect(formatPlanSummary(summary, "dev")).toBe(
      "### Stage dev: 1 to add, 2 to change, 3 to destroy\n\n```text\nPlan: 1 to add\n```\n\n`sha256:1234`\n\n",
    );
  });

  test("of a plan without changes has neither text nor hash", () => {
    const none = { ...summary, hasChanges: false };
    expect(formatPlanCounts(none, "dev")).toBe("Stage dev: no changes");
    expect(formatPlanSummary(none, "dev")).toBe(
      "### Stage dev: no changes\n\n",
    );
  });
});
