import type { Grant } from "../../iam/compare";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { text } from "../../plan/rich-text";
import type { PolicyChange } from "../../access/policy-changes";
import {
  formatGrant,
  formatPrincipals,
  reportGrant,
  reportRisks,
  type RISK_RULES,
} from "./access-risks";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about policies of secrets, buckets and keys. */
export const RESOURCE_ACCESS_RULES = {
  "resource-access-widened": definePlanRule(
    "More principals can read or change a secret, a bucket or a key.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

type Finding = RuleFinding<
  keyof typeof RESOURCE_ACCESS_RULES | keyof typeof RISK_RULES
>;

export function checkResourceAccess(
  change: PolicyChange,
  plan: PlanModel,
): readonly Finding[] {
  const { holder, address } = change;
  const isNew = address !== undefined && isCreated(address, plan);
  const isNewKey = isNew && holder.kind === "resource";
  return change.gained.flatMap((grant): readonly Finding[] => {
    const message = text`${formatPrincipals(grant, plan)} can use ${holder.text}: ${formatGrant(grant)}`;
    const risks = reportRisks(
      change,
      grant,
      plan,
      message,
      // the policy of a new key lets its account manage it
      isNewKey ? "whole-account" : undefined,
    );
    const isExpected = isNewKey || (isNew && areKnownReaders(grant, plan));
    return risks.length > 0 || isExpected
      ? risks
      : [reportGrant("resource-access-widened", change, grant, message)];
  });
}

/** Whether a resource is new, and was not moved. */
function isCreated(address: Redacted, { before, resources }: PlanModel) {
  return (
    before.get(address) === undefined &&
    !resources.some(
      (one) => one.address === address && one.previousAddress !== undefined,
    )
  );
}

/**
 * Whether the policy of a new secret names only roles of the stage, or roles of the account that already read another secret of
 * the stage. In a new stage, any principal is expected.
 */
function areKnownReaders(
  { principals }: Grant<Redacted>,
  { before, after }: PlanModel,
): boolean {
  const isNewStage = before.listByType("aws_cognito_user_pool").length === 0;
  return (principals?.patterns ?? []).every((principal) => {
    const name = principal.replace(/^AWS:/, "");
    return (
      isNewStage ||
      after.find("aws_iam_role", name) !== undefined ||
      before
        .listByType("aws_secretsmanager_secret_policy")
        .some(
          ({ values }) =>
            typeof values.policy === "string" &&
            values.policy.includes(JSON.stringify(name)),
        )
    );
  });
}
