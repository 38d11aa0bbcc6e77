import { compareSnapshots } from "../../../scripts/lib/access/access-changes";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { buildPlan, type PlanResource } from "../../support/plan-builder";
import {
  allow,
  ATTACHMENT,
  BUCKET,
  policyDocument,
  ROLE,
  ROLE_ARN,
  ROLE_POLICY,
} from "../../support/rule-cases";

const READ = allow("s3:GetObject*", "arn:aws:s3:::data/*");
const POLICY = policyDocument(READ);
const ATTACHED = "aws_iam_role_policy_attachment";
const SENTENCE = "all users who sign in can now assume role reader";

function describeDefaultRole(
  role: object,
  others: readonly PlanResource[],
): string | undefined {
  const model = buildPlanModel(
    buildPlan([
      { type: ROLE, after: { name: "reader", arn: ROLE_ARN, ...role } },
      { type: ATTACHMENT, after: { roles: [{ authenticated: ROLE_ARN }] } },
      ...others,
    ]),
  );
  return compareSnapshots(model.before, model.after)
    .gained.map(toPlainText)
    .find((sentence) => sentence.startsWith(SENTENCE));
}

test("a default role without policies is shown without permissions", () => {
  expect(describeDefaultRole({ inline_policy: [] }, [])).toBe(
    `${SENTENCE} (no permissions)`,
  );
});

test.each<[string, object, readonly PlanResource[]]>([
  [
    "a policy",
    {},
    [{ type: ROLE_POLICY, after: { role: "reader", policy: POLICY } }],
  ],
  [
    "an attached policy",
    {},
    [{ type: ATTACHED, after: { role: "reader", policy_arn: "arn:a" } }],
  ],
  ["an inline policy", { inline_policy: [{ name: "p", policy: POLICY }] }, []],
  ["a managed policy", { managed_policy_arns: ["arn:a"] }, []],
  [
    "a bucket policy that names it",
    {},
    [
      {
        type: `${BUCKET}_policy`,
        after: {
          bucket: "data",
          policy: policyDocument({ ...READ, Principal: { AWS: ROLE_ARN } }),
        },
      },
    ],
  ],
])("a default role with %s has permissions", (_, role, others) => {
  expect(describeDefaultRole(role, others)).toBe(SENTENCE);
});
