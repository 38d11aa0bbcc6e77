import {
  type AccessComparison,
  compareSnapshots,
} from "../access/access-changes";
import type { Attributes } from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { describeResource } from "../plan/resource-names";
import { literal, text } from "../plan/rich-text";
import type { Finding } from "./review-model";
import { checkAccess } from "./rules/access";
import { isReviewedType } from "./rules/coverage";
import { checkOutputs } from "./rules/output";
import { checkPlanParts } from "./rules/plan-parts";
import { checkProviders } from "./rules/provider";
import { checkRecreations } from "./rules/recreation";
import { REVIEWED_TYPES, RULE_IDS, type RuleId, RULES } from "./rules/registry";
import { describeRemoval } from "./rules/removal";
import type { RemovalKind } from "./rules/removal-consequences";
import { type Check, type RuleFinding, SEVERITIES } from "./rules/rule";
import { checkSecretRotation } from "./rules/secret-rotation";
import { checkStackTag } from "./rules/stack-tag";
import { isSecretRewrite, isUnusedFirstVersion } from "./secret-clients";
import { checkUnreadValues } from "./unread-values";

/** Runs every rule on a plan; the most severe findings come first, then findings are sorted by address. */
export function runRules(
  plan: PlanModel,
  stage: Redacted | undefined,
): {
  readonly findings: readonly Finding[];
  readonly access: AccessComparison;
} {
  const access = compareSnapshots(plan.before, plan.after);
  const managed = plan.resources.filter(({ mode }) => mode !== "data");
  const findings = [
    ...managed.flatMap((change) => [
      ...checkRemoval(change, plan),
      ...[
        ...checkValues(change, plan),
        ...checkType(change),
        ...checkStackTag(change, stage),
      ].map(addSeverity),
    ]),
    ...[
      ...checkAccess(plan, access),
      ...checkOutputs(plan),
      ...checkProviders(plan),
      ...checkPlanParts(plan),
      ...checkRecreations(plan),
      ...checkSecretRotation(plan),
    ].map(addSeverity),
  ];
  return { findings: findings.sort(compareFindings), access };
}

function addSeverity(found: RuleFinding<RuleId>): Finding {
  return { ...found, severity: RULES[found.rule].severity, forcedBy: [] };
}

function checkRemoval(
  change: PlannedChange,
  plan: PlanModel,
): readonly Finding[] {
  const { address, type, before: values, deposed } = change;
  const kind = getRemovalKind(change);
  if (values === undefined || kind === undefined) return [];
  const resource = { address, type, values };
  if (
    isUnusedFirstVersion(resource, kind === "replaced", plan) ||
    isSecretRewrite(change, plan)
  )
    return [];
  const found = describeRemoval(resource, kind, plan.before);
  if (found === undefined) return [];
  const message =
    deposed === undefined
      ? found.message
      : text`${found.message} (remains from an earlier replacement, ${deposed})`;
  return [
    {
      ...addSeverity({ ...found, address, message }),
      forcedBy: change.replacementPaths,
    },
  ];
}

function getRemovalKind(change: PlannedChange): RemovalKind | undefined {
  const { action, isForgotten } = change;
  if (action === "replace") return "replaced";
  if (action === "delete") return "destroyed";
  return isForgotten ? "forgotten" : undefined;
}

/** Rules with a check, by resource type. */
const CHECKS: ReadonlyMap<string, readonly (readonly [RuleId, Check])[]> =
  new Map(
    Object.keys(REVIEWED_TYPES).map((type) => [
      type,
      RULE_IDS.flatMap((id) => {
        const { check, covers } = RULES[id];
        return check !== undefined && Object.hasOwn(covers, type)
          ? [[id, check] as const]
          : [];
      }),
    ]),
  );

/** Checks the values of a resource that is created or changed. */
function checkValues(
  change: PlannedChange,
  plan: PlanModel,
): readonly RuleFinding<RuleId>[] {
  const { address, type, action = "read", deposed, before, after } = change;
  const isChanged = ["create", "update", "replace"].includes(action);
  if (!isChanged || deposed !== undefined) return [];
  if (after === undefined)
    return [
      {
        rule: "value-unknown",
        address,
        message: text`all values of a resource of type ${type} are known only after apply, or are marked as a secret`,
      },
    ];
  const resource = plan.after.get(address) ?? { address, type, values: after };
  const name = describeResource(resource, plan.after);
  const baseline = REVIEWED_TYPES[type]?.baseline as Attributes | undefined;
  const context = {
    isCreated: before === undefined,
    isReplaced: action === "replace",
    before: before ?? baseline ?? {},
    after,
    resource,
    name,
    snapshotBefore: plan.before,
    snapshotAfter: plan.after,
    accounts: plan.accounts,
  };
  const found = (CHECKS.get(type) ?? []).flatMap(([rule, check]) =>
    check(context).map((message) => ({ rule, address, message })),
  );
  return [...found, ...checkUnreadValues(change, name)];
}

function checkType(
  change: PlannedChange,
): readonly RuleFinding<"type-not-reviewed">[] {
  const { address, type, mode, action } = change;
  return action === undefined || action === "move" || isReviewedType(type)
    ? []
    : [
        {
          rule: "type-not-reviewed",
          address,
          message:
            mode === "managed"
              ? text`${literal(action)} of a resource of type ${type}`
              : text`${literal(action)} of ${type}`,
        },
      ];
}

function compareFindings(one: Finding, other: Finding): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    (one.address < other.address ? -1 : one.address > other.address ? 1 : 0)
  );
}
