import type { Grant } from "../../iam/compare";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { text } from "../../plan/rich-text";
import { isAssumeRoleGrant } from "../../access/policy-access";
import type { PolicyChange } from "../../access/policy-changes";
import {
  formatGrant,
  formatPrincipals,
  reportGrant,
  reportRisks,
  type RISK_RULES,
} from "./access-risks";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about trust policies of roles. */
export const TRUST_RULES = {
  "trust-widened": definePlanRule(
    "An existing role can be assumed by more principals than before, or a new one by a user or role that is not part of the plan.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

type Finding = RuleFinding<keyof typeof TRUST_RULES | keyof typeof RISK_RULES>;

export function checkTrust(
  change: PolicyChange,
  plan: PlanModel,
): readonly Finding[] {
  const { holder, before } = change;
  const isNew = before === undefined;
  return change.gained.flatMap((grant): readonly Finding[] => {
    const principals = formatPrincipals(grant, plan);
    if (!isAssumeRoleGrant(grant)) {
      const message = text`${principals} can do more when they assume ${holder.text}: ${formatGrant(grant)}`;
      return isNew
        ? []
        : [reportGrant("trust-widened", change, grant, message)];
    }
    const message = text`${principals} can assume ${holder.text}`;
    const risks = reportRisks(
      change,
      grant,
      plan,
      message,
      // of an existing role, another identity pool widens the trust
      isNew ? undefined : "foreign-identity-pool",
    );
    return risks.length > 0 || (isNew && !trustsOutsider(grant, plan))
      ? risks
      : [reportGrant("trust-widened", change, grant, message)];
  });
}

/** Whether a grant names a user or role that is not part of the plan. */
function trustsOutsider(
  { principals }: Grant<Redacted>,
  { after }: PlanModel,
): boolean {
  return (principals?.patterns ?? []).some((principal) => {
    const arn = /^AWS:(arn:.*)$/.exec(principal)?.[1];
    return arn !== undefined && after.find("aws_iam_role", arn) === undefined;
  });
}
