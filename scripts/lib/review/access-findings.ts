import {
  blocks,
  textAt,
  texts,
  Unknown,
  type Attributes,
} from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { list, text } from "../plan/rich-text";
import type { AccessComparison } from "../access/access-changes";
import type { PolicyChange } from "../access/policy-changes";
import {
  addressOf,
  trustFindings,
  identityFindings,
  finding,
  grantText,
  resourceFindings,
} from "./access-grades";
import type { AccessFinding } from "./rules/access";

/** Grades the access that a plan grants. */
export function accessFindings(
  plan: PlanModel,
  comparison: AccessComparison,
): readonly AccessFinding[] {
  const found = [
    ...comparison.policies.flatMap((change) => policyFindings(change, plan)),
    ...comparison.direct.gained
      .filter(({ can }) => can === "what a policy says")
      .map(({ who, what, origin }): AccessFinding => ({
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
    ...texts(values?.managed_policy_arns),
    ...blocks(values?.inline_policy).flatMap((block) =>
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
          message: text`role ${textAt(after, "name") ?? redactor.redact(address)} loses ${list(gone)}`,
        },
      ];
}

function policyFindings(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  const { kind, after, isTooLarge, holder } = change;
  const address = addressOf(change);
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
      return trustFindings(change, plan);
    case "identity":
      return identityFindings(change, plan);
    case "boundary":
      return change.before === undefined
        ? []
        : change.gained.map((grant) =>
            finding(
              "boundary-widened",
              change,
              grant,
              text`${change.holder.text} can do more: ${grantText(grant)}`,
            ),
          );
    case "resource":
      return resourceFindings(change, plan);
    case "denial":
      // grants of denials that are lost are denied no more
      return change.before === undefined ||
        change.after === undefined ||
        change.isUnknown
        ? []
        : change.lost.map((grant) =>
            finding(
              "deny-removed",
              change,
              grant,
              text`${change.holder.text} no longer denies ${grantText(grant)}`,
            ),
          );
  }
}
