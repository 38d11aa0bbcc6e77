import type { Grant } from "../../iam/compare";
import { isGlobMatch } from "../../iam/patterns";
import {
  type Attributes,
  readText,
  toBlocks,
  toTexts,
  Unknown,
} from "../../plan/attribute";
import type { PlanModel, PlannedChange } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import { BUCKET_ACTIONS } from "../../../../constructs/bucket-access";
import type { AccessComparison } from "../../access/access-changes";
import { FOLLOW_POLICY } from "../../access/roles";
import { resolveBucket } from "../../access/permissions";
import type { PolicyChange } from "../../access/policy-changes";
import { formatGrant, getAddress, reportGrant } from "./principals";
import {
  definePlanRule,
  findMissing,
  reportNames,
  type Rule,
  type RuleFinding,
} from "./rule";

/** Rules about permissions of roles, and about policies in general. */
export const PERMISSION_RULES = {
  "permissions-widened": definePlanRule(
    "A role gains permissions beyond reading and writing data of named buckets, such as any action, any resource, or actions on identities.",
  ),
  "managed-policy-attached": definePlanRule(
    "A role gains a managed policy whose text is not part of the plan.",
  ),
  "role-policies-removed": {
    severity: "breaking",
    covers: {},
    description: "A role loses policies that its own code lists.",
  },
  "boundary-widened": definePlanRule(
    "A permissions boundary allows more than before.",
  ),
  "deny-removed": definePlanRule(
    "A policy no longer denies what it denied before.",
  ),
  "policy-not-readable": definePlanRule(
    "A policy cannot be read: it is not JSON, or has a part that is not in the grammar of IAM policies.",
  ),
  "policy-too-large": definePlanRule("Policies are too large to compare."),
} as const satisfies Readonly<Record<string, Rule>>;

type PermissionFinding = RuleFinding<keyof typeof PERMISSION_RULES>;

/** Reports permissions that a role gains; data of named buckets is what groups are for. */
export function checkPermissions(
  change: PolicyChange,
  plan: PlanModel,
): readonly PermissionFinding[] {
  const unexpected = change.gained.filter(
    (grant) =>
      // a role that is not part of the plan does not belong to the stage
      change.address === undefined ||
      !isBucketData(grant, plan) ||
      isConditionRemoved(grant, change),
  );
  return reportGrants("permissions-widened", change, unexpected, text` gains `);
}

export function checkBoundary(
  change: PolicyChange,
): readonly PermissionFinding[] {
  const gained = change.before === undefined ? [] : change.gained;
  return reportGrants("boundary-widened", change, gained, text` can do more: `);
}

/** Reports grants of denials that are lost, since they are no longer denied. */
export function checkDenials(
  change: PolicyChange,
): readonly PermissionFinding[] {
  const { before, after, isUnknown, lost } = change;
  const isCertain = before !== undefined && after !== undefined && !isUnknown;
  const allowed = isCertain ? lost : [];
  return reportGrants(
    "deny-removed",
    change,
    allowed,
    text` no longer denies `,
  );
}

function reportGrants(
  rule: keyof typeof PERMISSION_RULES,
  change: PolicyChange,
  grants: readonly Grant<Redacted>[],
  verb: RichText,
): readonly PermissionFinding[] {
  return grants.map((grant) =>
    reportGrant(
      rule,
      change,
      grant,
      text`${change.holder.text}${verb}${formatGrant(grant)}`,
    ),
  );
}

/** Reports policies that cannot be compared. */
export function checkReadability(
  change: PolicyChange,
  { redactor }: PlanModel,
): readonly PermissionFinding[] {
  const { kind, before, after, isTooLarge, holder } = change;
  const unreadable = (after?.unreadable ?? [])
    .filter(
      (one) =>
        before?.unreadable.some((earlier) => earlier.text === one.text) !==
        true,
    )
    .map(({ origin, reason }): PermissionFinding => ({
      rule: "policy-not-readable",
      address: origin,
      message: text`a policy of ${holder.text} is not readable: ${redactor.redact(reason)}`,
    }));
  return [
    ...unreadable,
    ...(isTooLarge && kind !== "denial"
      ? [
          {
            rule: "policy-too-large" as const,
            address: getAddress(change),
            message: text`the policies of ${holder.text} are too large to compare`,
          },
        ]
      : []),
  ];
}

export function checkManagedPolicies({
  direct,
}: AccessComparison): readonly PermissionFinding[] {
  return direct.gained
    .filter(({ permission }) => permission === FOLLOW_POLICY)
    .map(({ principal, resource, origin }) => ({
      rule: "managed-policy-attached",
      address: origin,
      message: text`${principal.text} gains the permissions of policy ${resource.name}`,
    }));
}

/** Reports policies that a role itself lists before the change, and no longer. */
export function checkRolePolicies(
  plan: PlanModel,
): readonly PermissionFinding[] {
  const { resources, redactor } = plan;
  return resources
    .filter(
      ({ type, action, deposed }) =>
        type === "aws_iam_role" && action === "update" && !deposed,
    )
    .flatMap(({ address, before, after }: PlannedChange) => {
      const isUnknown = [after?.managed_policy_arns, after?.inline_policy].some(
        (value) => value instanceof Unknown,
      );
      if (isUnknown) return [];
      const role = readText(after, "name") ?? redactor.redact(address);
      return reportNames(
        findMissing(listPolicyNames(after), listPolicyNames(before)),
        text`role ${role} loses `,
      ).map((message) => ({
        rule: "role-policies-removed" as const,
        address,
        message,
      }));
    });
}

function listPolicyNames(values: Attributes | undefined): readonly Redacted[] {
  return [
    ...toTexts(values?.managed_policy_arns),
    ...toTexts(toBlocks(values?.inline_policy).map(({ name }) => name ?? null)),
  ];
}

/** Whether the same grant was allowed before only under a condition. */
function isConditionRemoved(
  grant: Grant<Redacted>,
  { before }: PolicyChange,
): boolean {
  const includes = (
    some: readonly string[],
    wanted: readonly string[],
  ): boolean => wanted.every((one) => some.includes(one));
  return (before?.statements ?? []).some(
    ({ effect, actions, resources, conditions }) =>
      effect === "Allow" &&
      conditions.length > grant.conditions.length &&
      includes(actions.patterns, grant.actions.patterns) &&
      includes(resources.patterns, grant.resources.patterns),
  );
}

const DATA_ACTIONS = BUCKET_ACTIONS.map((action) => action.toLowerCase());

function isBucketData(
  { actions, resources }: Grant<Redacted>,
  plan: PlanModel,
): boolean {
  return (
    !actions.isInverted &&
    !resources.isInverted &&
    actions.patterns.every((action) =>
      DATA_ACTIONS.some(
        (known) =>
          known === action.toLowerCase() ||
          (known.endsWith("*") && isGlobMatch(known, action.toLowerCase())),
      ),
    ) &&
    resources.patterns.every((resource) => {
      const bucket = resolveBucket(resource, plan.after)?.bucket;
      return (
        bucket !== undefined &&
        isDataBucketName(bucket) &&
        !isPlanBucket(resource, plan)
      );
    })
  );
}

/** Whether a text names one bucket, without a wildcard or variable of IAM, and does not look like a bucket for Terraform state. */
function isDataBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]+$/.test(name) &&
    !/(^|[.-])(tf)?states?($|[.-])|terraform/.test(name)
  );
}

/** Whether a bucket is part of the plan: the one of the account stack stores Terraform states, which contain secrets. */
function isPlanBucket(resource: Redacted, plan: PlanModel): boolean {
  const reference = /^(\$\{.+\.arn\})/.exec(resource)?.[1];
  return plan.after.find("aws_s3_bucket", reference) !== undefined;
}
