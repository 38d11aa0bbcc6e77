import type { AdoptionPlan } from "../../../scripts/lib/adoption/plan";
import { formatAdoptionReport } from "../../../scripts/lib/adoption/report";
import { TerraformConfiguration } from "../../../scripts/lib/adoption/read/terraform-configuration";
import type { JsonObject } from "../../../scripts/lib/system/json-object";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { buildPlan } from "../../support/plan-builder";

const POOL = {
  address: "aws_cognito_user_pool.it",
  type: "aws_cognito_user_pool",
};

/** Returns the report of an adoption that changes a user pool. */
function createReport(before: JsonObject, after: JsonObject): string {
  const plan = buildPlan([{ ...POOL, before, after }]);
  const assessment = {
    stack: { name: "app-dev", status: "CREATE_COMPLETE" },
    matching: {
      adopted: [{ configured: POOL, live: { key: "app", logicalId: "Pool" } }],
      overwritten: [],
      missing: [],
      stackOnly: [],
      unmatched: [],
      deleted: [],
    },
    manualChanges: [],
    unmanaged: [],
    configuration: new TerraformConfiguration("{}"),
    missingSettings: [],
  } as unknown as AdoptionPlan["assessment"];
  const review = reviewPlan(plan, {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  return formatAdoptionReport(
    { assessment, review, blockers: [], allowed: [] },
    "dev",
    [],
  );
}

describe("the report of an adoption", () => {
  test("lists removed tags, except those of the CDK app", () => {
    const text = createReport(
      { tags: { Team: "a b", GitCommit: "1", Owner: "x", "Cost:Center": "7" } },
      { tags: { Owner: "y" } },
    );
    expect(text).toMatch(
      /^Tags that the apply removes [^\n]*\n {2}Cost:Center, Team$/m,
    );
  });

  test("reports the costs of a higher tier of the user pool", () => {
    const text = createReport(
      { user_pool_tier: "LITE" },
      { user_pool_tier: "ESSENTIALS" },
    );
    expect(text).toMatch(/^Costs: the user pool's tier rises /m);
    expect(text).not.toContain("Tags that");
  });

  test("reports neither for other changes", () => {
    const text = createReport({ tags: { A: "b" } }, { tags: { A: "c" } });
    expect(text).not.toMatch(/^Costs|^Tags that/m);
  });
});
