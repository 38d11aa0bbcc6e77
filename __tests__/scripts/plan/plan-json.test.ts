import fc from "fast-check";
import { hashPlan } from "../../../scripts/lib/plan/plan-hash";
import {
  parsePlanJson,
  type PlanJson,
} from "../../../scripts/lib/plan/plan-json";
import {
  formatCodeBlock,
  escapeMarkdown,
  formatPlanSummary,
  formatPlanCounts,
} from "../../../scripts/lib/plan/plan-summary";

const WHOLE = {
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: {},
};

/** A change as it is in a file. */
type Parts = Readonly<Record<string, unknown>>;

function resource(change: Parts = {}, more: Parts = {}): Parts {
  return {
    address: "aws_iam_role.a",
    mode: "managed",
    type: "aws_iam_role",
    name: "a",
    change: {
      actions: ["update"],
      before: { name: "a", secret: "one" },
      after: { name: "b", secret: "one" },
      after_unknown: {},
      before_sensitive: { secret: true },
      after_sensitive: { secret: true },
      ...change,
    },
    ...more,
  };
}

function plan(...resource_changes: readonly Parts[]): PlanJson {
  return parsePlanJson(JSON.stringify({ ...WHOLE, resource_changes }));
}

describe("a plan's JSON", () => {
  test("may leave out what there is none of", () => {
    expect(plan()).toMatchObject({ resource_changes: [], resource_drift: [] });
    expect(parsePlanJson(JSON.stringify(WHOLE)).output_changes).toEqual({});
  });

  test("may be of a look for drift that finds none, and would write the state again", () => {
    const output = { sensitive: false, type: "string", value: "a" };
    const change = { actions: ["no-op"], before: "a", after: "a" };
    const looked = {
      ...WHOLE,
      applyable: true,
      planned_values: { outputs: { a: output } },
      output_changes: { a: change },
    };
    expect(parsePlanJson(JSON.stringify(looked)).resource_drift).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    [
      "it is cut short",
      JSON.stringify(WHOLE).slice(0, -5),
      /^plan must be JSON, whole/,
    ],
    [
      "a change has no actions",
      JSON.stringify({
        ...WHOLE,
        resource_changes: [{ address: "a", type: "t", change: {} }],
      }),
      /^plan must be what terraform show -json prints, got changes that are none of Terraform's/,
    ],
    [
      "changes are no list",
      JSON.stringify({ ...WHOLE, resource_changes: {} }),
      /^plan must be what terraform show -json prints/,
    ],
    [
      "it has resources and no word of what changes",
      JSON.stringify({
        ...WHOLE,
        planned_values: { root_module: { resources: [] } },
      }),
      /^plan must be whole/,
    ],
    [
      "it would destroy all, and has no word of it",
      JSON.stringify({ ...WHOLE, applyable: true }),
      /^plan must be whole/,
    ],
    [
      "changes are null",
      JSON.stringify({ ...WHOLE, resource_changes: null }),
      /^plan must be what terraform show -json prints/,
    ],
    ["it is empty", "", /^plan must be JSON, whole/],
    ["it is a list", "[]", /^plan must be a JSON object/],
    [
      "it is a state",
      '{"version":4,"terraform_version":"1.11.4"}',
      /^plan must be what terraform show/,
    ],
    [
      "it has no plan in it",
      JSON.stringify({ ...WHOLE, planned_values: undefined }),
      /^plan must be what terraform show/,
    ],
    [
      "it is of a newer format",
      JSON.stringify({ ...WHOLE, format_version: "2.0" }),
      /^plan must be of format 1.*got format "2.0"/,
    ],
    [
      "it is of a run that failed",
      JSON.stringify({ ...WHOLE, errored: true }),
      /^plan must be of a run that succeeded/,
    ],
  ])("fails when %s: never is it no changes", (_, text, message) => {
    expect(() => parsePlanJson(text)).toThrow(message);
  });
});

describe("a plan's hash", () => {
  const own = hashPlan(plan(resource()));

  test("is a SHA-256", () => {
    expect(own).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test("is the same whatever does not change what is done", () => {
    const later = JSON.stringify({
      timestamp: "2027-01-01T00:00:00Z",
      ...WHOLE,
      prior_state: { serial: 2 },
      resource_changes: [
        resource({ actions: ["no-op"] }, { address: "aws_iam_role.z" }),
        resource({
          // in another order of keys
          after: { secret: "one", name: "b" },
          before: { secret: "one", name: "a" },
        }),
      ],
    });
    expect(hashPlan(parsePlanJson(later))).toBe(own);
  });

  test("is the same in any order of resources", () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2 });
    fc.assert(
      fc.property(names, (addresses) => {
        const changes = addresses.map((address) => resource({}, { address }));
        expect(hashPlan(plan(...changes))).toBe(
          hashPlan(plan(...[...changes].reverse())),
        );
      }),
      { numRuns: 50 },
    );
  });

  test("is the same when a user has signed up in between", () => {
    const pool = (users: number, name = "a") => {
      const values = { name, estimated_number_of_users: users };
      return hashPlan(
        plan(
          resource(
            { before: values, after: { ...values, mfa: "ON" } },
            { type: "aws_cognito_user_pool" },
          ),
        ),
      );
    };
    expect(pool(2)).toBe(pool(1));
    expect(pool(1, "b")).not.toBe(pool(1));
  });

  test.each<[string, Parts]>([
    ["a value", resource({ after: { name: "c", secret: "one" } })],
    ["a secret", resource({ after: { name: "b", secret: "two" } })],
    ["what it was before", resource({ before: { name: "z", secret: "one" } })],
    ["what is not known yet", resource({ after_unknown: { id: true } })],
    ["an action", resource({ actions: ["delete", "create"] })],
    ["what forces a replacement", resource({ replace_paths: [["name"]] })],
    ["an import", resource({ importing: { id: "a" } })],
    ["an address", resource({}, { address: "aws_iam_role.b" })],
    ["a move", resource({}, { previous_address: "aws_iam_role.b" })],
    ["a leftover", resource({}, { deposed: "1234" })],
  ])("is another when %s differs", (_, changed) => {
    expect(hashPlan(plan(changed))).not.toBe(own);
  });

  test("tells imports and moves that change nothing else from nothing", () => {
    const nothing = hashPlan(plan());
    const still = { actions: ["no-op"] };
    expect(hashPlan(plan(resource(still)))).toBe(nothing);
    expect(
      hashPlan(plan(resource({ ...still, importing: { id: "a" } }))),
    ).not.toBe(nothing);
    expect(hashPlan(plan(resource(still, { previous_address: "b" })))).not.toBe(
      nothing,
    );
  });

  test("is another when an output differs", () => {
    const change = { actions: ["update"], before: "a", after: "b" };
    const outputs = (output_changes: object) =>
      hashPlan(parsePlanJson(JSON.stringify({ ...WHOLE, output_changes })));
    expect(outputs({ a: change })).not.toBe(outputs({}));
    expect(outputs({ a: change })).not.toBe(outputs({ b: change }));
    expect(outputs({ a: { ...change, actions: ["no-op"] } })).toBe(outputs({}));
  });
});

describe("a plan's summary", () => {
  const shown = {
    hasChanges: true,
    counts: { add: 1, change: 2, destroy: 3 },
    text: "Plan: 1 to add",
    hash: "sha256:1234",
  };

  test("begins with the verdict, and ends with the hash", () => {
    expect(formatPlanSummary(shown, "dev")).toBe(
      "### Stage dev: 1 to add, 2 to change, 3 to destroy\n\n```text\nPlan: 1 to add\n```\n\n`sha256:1234`\n\n",
    );
  });

  test("says plainly that there are no changes", () => {
    const none = { ...shown, hasChanges: false };
    expect(formatPlanCounts(none, "dev")).toBe("Stage dev: no changes");
    expect(formatPlanSummary(none, "dev")).toBe(
      "### Stage dev: no changes\n\n",
    );
  });

  test("cannot be broken out of", () => {
    const summary = formatCodeBlock("a\n```\n</details>\n````");
    expect(summary).toBe("`````text\na\n```\n</details>\n````\n`````");
    expect(escapeMarkdown("<b> @all `x` [a](b) | *c*_d_")).toBe(
      "\\<b\\> @\u200ball \\`x\\` \\[a\\](b) \\| \\*c\\*\\_d\\_",
    );
  });

  test("is cut where GitHub would not take it", () => {
    const long = formatCodeBlock("a".repeat(2_000_000));
    expect(long.length).toBeLessThan(2 ** 20);
    expect(long).toMatch(/a\n… the rest is in the log\n```$/);
  });
});
