import {
  explainConfiguredProtection,
  explainLiveProtection,
} from "../../../scripts/lib/deploy/protection";
import { buildPlan } from "../../support/plan-builder";

const POOL = "aws_cognito_user_pool.main";
const BUCKET = "aws_s3_bucket.data";

describe("a stage is protected by its configuration", () => {
  test.each([
    [[POOL], "set DELETION_PROTECTION=false and deploy first"],
    [[BUCKET], `remove prevent_destroy of ${BUCKET} from the code and deploy`],
    [
      [POOL, BUCKET],
      `remove prevent_destroy of ${BUCKET} from the code, set DELETION_PROTECTION=false and deploy first`,
    ],
  ])("by that of %j", (configured, advice) => {
    const deployed = [POOL, BUCKET, "aws_iam_role.main"];
    const explained = explainConfiguredProtection("dev", deployed, configured);
    expect(explained).toContain(`stage dev is protected: ${advice}`);
  });

  test("not by a resource that is not deployed", () => {
    expect(
      explainConfiguredProtection("dev", [BUCKET], [POOL]),
    ).toBeUndefined();
  });
});

describe("a stage is protected by AWS", () => {
  const explain = (
    type: string,
    deletion_protection: string,
    actions = ["delete"],
  ) =>
    explainLiveProtection(
      "dev",
      buildPlan([{ type, before: { deletion_protection }, actions }]),
    );

  test("if a user pool that is deleted has deletion protection", () => {
    expect(explain("aws_cognito_user_pool", "ACTIVE")).toBe(
      "stage dev is protected: DELETION_PROTECTION=false is not deployed, so deploy first",
    );
  });

  test("not by another value, type or action", () => {
    expect(explain("aws_cognito_user_pool", "INACTIVE")).toBeUndefined();
    expect(explain("aws_other", "ACTIVE")).toBeUndefined();
    expect(
      explain("aws_cognito_user_pool", "ACTIVE", ["no-op"]),
    ).toBeUndefined();
  });
});
