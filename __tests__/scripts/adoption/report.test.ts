import type { AdoptionPlan } from "../../../scripts/lib/adoption/plan";
import { formatAdoptionReport } from "../../../scripts/lib/adoption/report";
import { TerraformConfiguration } from "../../../scripts/lib/adoption/read/terraform-configuration";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";

const POOL = {
  address: "aws_cognito_user_pool.it",
  type: "aws_cognito_user_pool",
};

/** The report of an adoption that changes a user pool. */
function report(before: object, after: object): string {
  const plan = parsePlanJson(
    JSON.stringify({
      format_version: "1.2",
      terraform_version: "1.11.4",
      complete: true,
      configuration: { root_module: {} },
      planned_values: { root_module: { resources: [] } },
      resource_changes: [
        {
          ...POOL,
          mode: "managed",
          name: "it",
          change: { actions: ["update"], before, after, after_unknown: {} },
        },
      ],
    }),
  );
  const survey = {
    stack: { name: "app-dev", status: "CREATE_COMPLETE" },
    matching: {
      adopted: [{ code: POOL, live: { key: "app", logicalId: "Pool" } }],
      createdOver: [],
      missing: [],
      leftBehind: [],
      unmatched: [],
      gone: [],
    },
    handMade: { stops: [], unmanaged: [] },
    code: new TerraformConfiguration("{}"),
    missing: [],
  } as unknown as AdoptionPlan["survey"];
  const review = reviewPlan(plan, {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  return formatAdoptionReport(
    { survey, review, stops: [], allowed: [] },
    "dev",
    [],
  );
}

describe("the report of an adoption", () => {
  test("names the tags that go, but for those of the CDK app and those that change", () => {
    const text = report(
      { tags: { Team: "a b", GitCommit: "1", Owner: "x", "Cost:Center": "7" } },
      { tags: { Owner: "y" } },
    );
    expect(text).toMatch(/^Tags that go, [^\n]*\n {2}Cost:Center, Team$/m);
  });

  test("says that the tier of the user pool costs more", () => {
    const text = report(
      { user_pool_tier: "LITE" },
      { user_pool_tier: "ESSENTIALS" },
    );
    expect(text).toMatch(/^Costs: the user pool's tier rises /m);
    expect(text).not.toContain("Tags that go");
  });

  test("says neither if neither is so", () => {
    const text = report({ tags: { A: "b" } }, { tags: { A: "c" } });
    expect(text).not.toMatch(/^Costs|^Tags that go/m);
  });
});
