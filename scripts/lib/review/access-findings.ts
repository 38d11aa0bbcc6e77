import {
  toBlocks,
  readText,
  toTexts,
  Unknown,
  type Attributes,
} from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { listNames, text } from "../plan/rich-text";
import type { AccessComparison } from "../access/access-changes";
import type { PolicyChange } from "../access/policy-changes";
import {
  getAddress,
  checkTrust,
  checkPermissions,
  createFinding,
  formatGrant,
  checkResourceAccess,
} from "./access-grades";
import type { AccessFinding } from "./rules/access";

/** Grades the access that a plan grants. */
export function findAccessFindings(
  plan: PlanModel,
  comparison: AccessComparison,
): readonly AccessFinding[] {
  const found = [
    ...comparison.policies.flatMap((change) => policyFindings(change, plan)),
    ...comparison.direct.gained
      .filter(({ permission: can }) => can === "what a policy says")
      .map(({ principal: who, resource: what, origin }): AccessFinding => ({
        rule: "managed-policy-attached",
        address: origin,
        message: text`${who.text} can do what policy ${what.name} allows`,
      })),
  ];
  const lost = plan.resources
    .filter(({ action, deposed }) => action === "update" && !deposed)
    .filter(({ type }) => type === "aws_iam_role")
    .flatMap((change) => lostPolicies(change, plan));
  found.push(...lost);
  const seen = new Set<string>();
  return found.filter(({ rule: id, address, message }) => {
    const key = JSON.stringify([id, address, message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Policies that a role itself lists before the change, and no longer. */
function lostPolicies(
  { address, before, after }: PlannedChange,
  { redactor }: PlanModel,
): readonly AccessFinding[] {
  const names = (values: Attributes | undefined): readonly Redacted[] => [
    ...toTexts(values?.managed_policy_arns),
    ...toBlocks(values?.inline_policy).flatMap((block) =>
      typeof block.name === "string" ? [block.name] : [],
    ),
  ];
  const isUnknown = [after?.managed_policy_arns, after?.inline_policy].some(
    (value) => value instanceof Unknown,
  );
  const has = names(after);
  const gone = isUnknown
    ? []
    : names(before).filter((one) => !has.includes(one));
  return gone.length === 0
    ? []
    : [
        {
          rule: "role-policies-removed",
          address,
          message: text`role ${readText(after, "name") ?? redactor.redact(address)} loses ${listNames(gone)}`,
        },
      ];
}

function policyFindings(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  const { kind, after, isTooLarge, holder } = change;
  const address = getAddress(change);
  const unreadable = (after?.unreadable ?? [])
    .filter(
      ({ text: policy }) =>
        change.before?.unreadable.some((one) => one.text === policy) !== true,
    )
    .map(({ origin, reason }): AccessFinding => ({
      rule: "policy-not-readable",
      address: origin,
      message: text`a policy of ${holder.text} is not readable: ${plan.redactor.redact(reason)}`,
    }));
  const tooLarge: readonly AccessFinding[] =
    isTooLarge && kind !== "denial"
      ? [
          {
            rule: "policy-too-large",
            address,
            message: text`the policies of ${holder.text} are too large to compare`,
          },
        ]
      : [];
  return [...unreadable, ...tooLarge, ...graded(change, plan)];
}

function graded(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  switch (change.kind) {
    case "trust":
      return checkTrust(change, plan);
    case "identity":
      return checkPermissions(change, plan);
    case "boundary":
      return change.before === undefined
        ? []
        : change.gained.map((grant) =>
            createFinding(
              "boundary-widened",
              change,
              grant,
              text`${change.holder.text} can do more: ${formatGrant(grant)}`,
            ),
          );
    case "resource":
      return checkResourceAccess(change, plan);
    case "denial":
      // grants of denials that are lost are denied no more
      return change.before === undefined ||
        change.after === undefined ||
        change.isUnknown
        ? []
        : change.lost.map((grant) =>
            createFinding(
              "deny-removed",
              change,
              grant,
              text`${change.holder.text} no longer denies ${formatGrant(grant)}`,
            ),
          );
  }
}
