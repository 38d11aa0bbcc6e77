import { formatDestroySummary } from "../../../scripts/lib/deploy/destroy-summary";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { buildPlan, type PlanResource } from "../../support/plan-builder";

function summarize(resources: readonly PlanResource[]): readonly string[] {
  const json = buildPlan(resources);
  const { findings } = reviewPlan(json, {
    stage: "dev",
    policy: "off",
    allowances: [],
    today: "2030-01-01",
  });
  return formatDestroySummary("dev", buildPlanModel(json), findings);
}

const group = (name: string): PlanResource => ({
  type: "aws_cognito_user_group",
  address: `aws_cognito_user_group.${name}`,
  before: { name },
});

describe("the summary of a destruction", () => {
  test("lists what is deleted by kind, and leaves out what is retained", () => {
    const retained = { name: "retained" };
    const lines = summarize([
      group("readers"),
      { type: "aws_iam_role", before: { name: "writer" } },
      group("writers"),
      { type: "aws_iam_policy", before: retained, after: retained },
    ]);
    expect(lines.slice(0, 3)).toEqual([
      "Stage dev: 3 to destroy",
      "  group (2)  readers and writers",
      "  role (1)   writer",
    ]);
  });

  test("names a resource after its owner, as the review does", () => {
    const name = "dev/programmatic-client";
    const arn = `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-0bec57`;
    const lines = summarize([
      {
        type: "aws_secretsmanager_secret",
        before: { name, arn, id: arn, recovery_window_in_days: 7 },
      },
      {
        type: "aws_secretsmanager_secret_version",
        before: { secret_id: arn, arn },
      },
      {
        type: "aws_secretsmanager_secret_policy",
        before: { secret_arn: arn, id: arn },
      },
    ]);
    expect(lines.slice(1, 4).sort()).toEqual([
      `  policy of secret (1)  ${name}`,
      `  secret (1)            ${name}`,
      `  value of secret (1)   ${name}`,
    ]);
  });

  test("has the number of users, and the findings about losses", () => {
    const lines = summarize([
      {
        type: "aws_cognito_user_pool",
        before: { name: "pool", estimated_number_of_users: 12 },
      },
      {
        type: "aws_secretsmanager_secret",
        before: { name: "s/a", recovery_window_in_days: 7 },
      },
      { type: "aws_iam_role_policy", before: { name: "p", role: "r" } },
    ]);
    expect(lines.slice(lines.indexOf("What is lost:") + 1)).toEqual([
      "  - user pool pool has about 12 users",
      "  - user pool pool is destroyed: all its users and client ids are lost",
      "  - secret s/a is destroyed: readers lose it; it can be restored for 7 days, during which its name cannot be reused",
    ]);
  });

  test("escapes control characters of names", () => {
    expect(summarize([group("a\u001b[2J")]).join("\n")).not.toContain("\u001b");
  });
});
