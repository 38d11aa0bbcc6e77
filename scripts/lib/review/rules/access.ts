import type { AccessComparison } from "../../access/access-changes";
import type { PolicyChange } from "../../access/policy-changes";
import type { PlanModel } from "../../plan/plan-model";
import {
  checkBoundary,
  checkDenials,
  checkManagedPolicies,
  checkPermissions,
  checkReadability,
  checkRolePolicies,
  PERMISSION_RULES,
} from "./permissions";
import { checkResourceAccess, checkTrust, PRINCIPAL_RULES } from "./principals";
import type { RuleFinding } from "./rule";

/** Rules about access that the comparison of policies finds. */
export const ACCESS_RULES = {
  ...PRINCIPAL_RULES,
  ...PERMISSION_RULES,
};

type AccessFinding = RuleFinding<keyof typeof ACCESS_RULES>;

/** Reports gained and lost access that needs an entry of the allow-list. */
export function checkAccess(
  plan: PlanModel,
  comparison: AccessComparison,
): readonly AccessFinding[] {
  const found = [
    ...comparison.policies.flatMap((change) => [
      ...checkReadability(change, plan),
      ...checkPolicy(change, plan),
    ]),
    ...checkManagedPolicies(comparison),
    ...checkRolePolicies(plan),
  ];
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
}

function checkPolicy(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  switch (change.kind) {
    case "trust":
      return checkTrust(change, plan);
    case "identity":
      return checkPermissions(change, plan);
    case "boundary":
      return checkBoundary(change);
    case "resource":
      return checkResourceAccess(change, plan);
    case "denial":
      return checkDenials(change);
  }
}
