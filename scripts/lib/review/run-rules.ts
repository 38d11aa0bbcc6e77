import {
  compareSnapshots,
  type AccessComparison,
} from "../access/access-changes";
import type { Attributes } from "../plan/attribute";
import { parseModuleScope, removeInstanceKeys } from "../plan/resource-address";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { isJsonObject } from "../system/json-object";
import { describeResource } from "../plan/resource-names";
import { literal, text, type RichText } from "../plan/rich-text";
import type { Resource } from "../plan/snapshot";
import { findAccessFindings } from "./access-findings";
import { indexSecretClients } from "./secret-clients";
import { checkOutputs } from "./rules/output";
import { checkPlanParts } from "./rules/plan-parts";
import type { Finding } from "./review-model";
import { checkStackTag } from "./rules/stack-tag";
import { checkUnreadValues } from "./unread-values";
import { isReviewedType } from "./rules/coverage";
import { BUCKET_BASELINE } from "./rules/bucket";
import { OIDC_PROVIDER_BASELINE } from "./rules/identity-provider";
import { KEY_BASELINE } from "./rules/key";
import { RULE_IDS, RULES, type RuleId } from "./rules/registry";
import { describeRemoval } from "./rules/removal";
import { SEVERITIES, type Check, type RuleContext } from "./rules/rule";
import { SECRET_BASELINE } from "./rules/secret";
import { USER_POOL_BASELINE } from "./rules/user-pool";
import { CLIENT_BASELINE } from "./rules/user-pool-client";

/** What resources are compared with when they are created. */
const SAFE: Readonly<Record<string, Attributes>> = {
  aws_cognito_user_pool: USER_POOL_BASELINE,
  aws_cognito_user_pool_client: CLIENT_BASELINE,
  aws_iam_openid_connect_provider: OIDC_PROVIDER_BASELINE,
  aws_kms_key: KEY_BASELINE,
  ...BUCKET_BASELINE,
  ...SECRET_BASELINE,
} as unknown as Readonly<Record<string, Attributes>>;

/** Judges a plan by every rule: the most severe findings first, then by address. */
export function runRules(
  plan: PlanModel,
  stage: Redacted | undefined,
): {
  readonly findings: readonly Finding[];
  readonly access: AccessComparison;
} {
  const access = compareSnapshots(plan.before, plan.after);
  const findings = [
    ...plan.resources
      .filter(({ mode }) => mode !== "data")
      .flatMap((change) => [
        ...removal(change, plan),
        ...inPlace(change, plan),
        ...unreviewedType(change),
        ...checkStackTag(change, stage).map(withSeverity),
      ]),
    ...findAccessFindings(plan, access).map(withSeverity),
    ...checkOutputs(plan).map(withSeverity),
    ...checkPlanParts(plan).map(withSeverity),
  ];
  return { findings: [...findings].sort(bySeverity), access };
}

function withSeverity(one: {
  readonly rule: RuleId;
  readonly address: Redacted;
  readonly message: RichText;
}): Finding {
  return { ...one, severity: RULES[one.rule].severity, forcedBy: [] };
}

/** What Terraform deletes, forgets or leaves behind costs more than a change in place. */
function removal(change: PlannedChange, plan: PlanModel): readonly Finding[] {
  const { address, type, action, before: values } = change;
  if (values === undefined) return [];
  const how =
    action === "replace"
      ? "replaced"
      : action === "delete"
        ? "destroyed"
        : change.isForgotten
          ? "forgotten"
          : undefined;
  if (how === undefined || isSecretRewrite(change, plan)) return [];
  const found = describeRemoval({ address, type, values }, how, plan.before);
  if (found === undefined) return [];
  const message =
    change.deposed === undefined
      ? found.message
      : text`${found.message} (left by an earlier replacement, ${change.deposed})`;
  return [
    {
      ...withSeverity({ ...found, address, message }),
      forcedBy: change.replacementPaths,
    },
  ];
}

/**
 * Whether the value of a secret is only written again, with the id and secret of the client that it is for, because something
 * else in it changes: its readers lose nothing.
 */
export function isSecretRewrite(
  {
    address,
    type,
    action,
    replacementPaths: forcedBy,
    code,
    before,
  }: PlannedChange,
  plan: PlanModel,
): boolean {
  const value = code?.expressions.secret_string_wo;
  const references = isJsonObject(value) ? value.references : undefined;
  return (
    type === "aws_secretsmanager_secret_version" &&
    action === "replace" &&
    forcedBy.length > 0 &&
    forcedBy.every((path) => path === "secret_string_wo_version") &&
    Array.isArray(references) &&
    before !== undefined &&
    isOfOwnClient(references, { address, type, values: before }, plan)
  );
}

/** Whether a value comes from the client that a secret is for, and from nothing that another caller has. */
function isOfOwnClient(
  references: readonly unknown[],
  version: Resource,
  { before }: PlanModel,
): boolean {
  const module = removeInstanceKeys(parseModuleScope(version.address).module);
  const own = indexSecretClients(before)
    .findClients(version)
    .map(({ address }) => removeInstanceKeys(address));
  const clients = references
    .map(
      (one) => /^aws_cognito_user_pool_client\.[\w-]+/.exec(String(one))?.[0],
    )
    .filter((one) => one !== undefined);
  return (
    references.every((one) => String(one).startsWith("aws_cognito_")) &&
    clients.length > 0 &&
    clients.every((client) => own.includes(`${module}${client}`))
  );
}

/** The checks of each type. */
const CHECKS: ReadonlyMap<
  string,
  readonly { readonly id: RuleId; readonly check: Check }[]
> = (() => {
  const all = new Map<string, { id: RuleId; check: Check }[]>();
  for (const id of RULE_IDS) {
    const { check, covers } = RULES[id];
    if (check === undefined) continue;
    for (const type of Object.keys(covers))
      all.set(type, [...(all.get(type) ?? []), { id, check }]);
  }
  return all;
})();

/** Judges the values of a resource that is created or changed. */
function inPlace(change: PlannedChange, plan: PlanModel): readonly Finding[] {
  const { address, type, action, deposed, after } = change;
  const isChange =
    action === "create" || action === "update" || action === "replace";
  if (!isChange || deposed !== undefined) return [];
  if (after === undefined)
    return [
      withSeverity({
        rule: "value-unknown",
        address,
        message: text`all values of a resource of type ${type} are known only after apply, or are marked as a secret`,
      }),
    ];
  const isCreated = change.before === undefined;
  const resource = plan.after.get(address) ?? { address, type, values: after };
  const name = describeResource(resource, plan.after);
  const context: RuleContext = {
    isCreated,
    before: change.before ?? SAFE[type] ?? {},
    after,
    resource,
    name,
    snapshotBefore: plan.before,
    snapshotAfter: plan.after,
    accounts: plan.accounts,
  };
  const found = (CHECKS.get(type) ?? []).flatMap(({ id, check }) =>
    check(context).map((message) =>
      withSeverity({ rule: id, address, message }),
    ),
  );
  return [...found, ...checkUnreadValues(change, name).map(withSeverity)];
}

function unreviewedType({
  address,
  type,
  mode,
  action,
}: PlannedChange): readonly Finding[] {
  return action === undefined || action === "move" || isReviewedType(type)
    ? []
    : [
        withSeverity({
          rule: "type-not-reviewed",
          address,
          message:
            mode === "managed"
              ? text`${literal(action)} of a resource of type ${type}`
              : text`${literal(action)} of ${type}`,
        }),
      ];
}

function bySeverity(one: Finding, other: Finding): number {
  const [a, b] = [one, other].map(({ severity }) =>
    SEVERITIES.indexOf(severity),
  );
  return (
    (a ?? 0) - (b ?? 0) ||
    (one.address < other.address ? -1 : one.address > other.address ? 1 : 0)
  );
}
