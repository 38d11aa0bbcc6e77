import { compareSnapshots } from "../../scripts/lib/access/access-changes";
import { buildPlanModel } from "../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../scripts/lib/plan/rich-text";
import { buildPlan, type PlanResource } from "./plan-builder";

export type Values = Readonly<Record<string, unknown>>;

/** Compares the access before and after a plan of some resources. */
export function comparePlanned(...resources: readonly PlanResource[]) {
  const { before, after } = buildPlanModel(buildPlan(resources));
  const { gained, lost, unknown, same } = compareSnapshots(before, after);
  return {
    gained: gained.map(toPlainText),
    lost: lost.map(toPlainText),
    unknown: unknown.map(toPlainText),
    same: same.map(toPlainText),
  };
}

export const NO_DIFFERENCE = { gained: [], lost: [], unknown: [], same: [] };

/** Formats a policy as JSON. */
export function formatPolicy(...statements: readonly Values[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Plans a resource without changes. */
export function planUnchanged(type: string, values: Values): PlanResource {
  return { type, before: values, after: values };
}

export const ARN = "arn:aws:iam::111122223333:role/veda-readers";
export const ROLE = planUnchanged("aws_iam_role", {
  name: "veda-readers",
  arn: ARN,
  id: "veda-readers",
});
export const GROUP = planUnchanged("aws_cognito_user_group", {
  name: "veda-readers",
  role_arn: ARN,
});
export const READ = {
  Effect: "Allow",
  Action: ["s3:GetObject*", "s3:GetBucket*", "s3:List*"],
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
};
export const WRITE = {
  Effect: "Allow",
  Action: ["s3:PutObject", "s3:DeleteObject*"],
  Resource: "arn:aws:s3:::data/*",
};

/** Plans the policy of the role. Without statements, it does not exist. */
export function planRolePolicy(
  before: readonly Values[],
  after: readonly Values[],
): PlanResource {
  const values = { name: "p", role: "veda-readers" };
  return {
    type: "aws_iam_role_policy",
    ...(before.length > 0 && {
      before: { ...values, policy: formatPolicy(...before) },
    }),
    ...(after.length > 0 && {
      after: { ...values, policy: formatPolicy(...after) },
    }),
  };
}
