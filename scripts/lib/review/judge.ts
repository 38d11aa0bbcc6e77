import {
  compareSnapshots,
  type AccessComparison,
} from "../access/access-changes";
import {
  isAttributes,
  isEmpty,
  Unknown,
  type Attributes,
  type Value,
} from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { isJsonObject } from "../json-object";
import { describeResource } from "../plan/resource-names";
import { list, literal, text, type RichText } from "../plan/rich-text";
import type { Finding } from "./plan-review";
import { accessFindings } from "./rules/access";
import { isReviewedType, placeOfAttribute } from "./rules/coverage";
import { SAFE_OIDC_PROVIDER } from "./rules/identity-pool";
import { notReviewed, stackTagChange } from "./rules/not-reviewed";
import { RULE_IDS, RULES, type RuleId } from "./rules/registry";
import { removalOf } from "./rules/removal";
import {
  isSameValue,
  SEVERITIES,
  type Check,
  type RuleContext,
} from "./rules/rule";
import { SAFE_STORAGE } from "./rules/storage";
import { SAFE_USER_POOL } from "./rules/user-pool";
import { SAFE_CLIENT } from "./rules/user-pool-client";

/** What resources are compared with when they are created. */
const SAFE: Readonly<Record<string, Attributes>> = {
  aws_cognito_user_pool: SAFE_USER_POOL,
  aws_cognito_user_pool_client: SAFE_CLIENT,
  aws_iam_openid_connect_provider: SAFE_OIDC_PROVIDER,
  ...SAFE_STORAGE,
} as unknown as Readonly<Record<string, Attributes>>;

/** Judges a plan by every rule: the most severe findings first, then by address. */
export function judge(
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
        ...stackTagChange(change, stage).map(withSeverity),
      ]),
    ...accessFindings(plan, access).map(withSeverity),
    ...notReviewed(plan).map(withSeverity),
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
function removal(
  change: PlannedChange,
  { before }: PlanModel,
): readonly Finding[] {
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
  if (how === undefined || isOnlyRewritten(change)) return [];
  const found = removalOf({ address, type, values }, how, before);
  if (found === undefined) return [];
  const message =
    change.deposed === undefined
      ? found.message
      : text`${found.message} (left by an earlier replacement, ${change.deposed})`;
  return [
    {
      ...withSeverity({ ...found, address, message }),
      forcedBy: change.forcedBy,
    },
  ];
}

/**
 * Whether the value of a secret is only written again, with the client's own id and secret, because something else in it
 * changes: its readers lose nothing.
 */
export function isOnlyRewritten({
  type,
  action,
  forcedBy,
  code,
}: PlannedChange): boolean {
  const value = code?.expressions.secret_string_wo;
  const references = isJsonObject(value) ? value.references : undefined;
  return (
    type === "aws_secretsmanager_secret_version" &&
    action === "replace" &&
    forcedBy.length > 0 &&
    forcedBy.every((path) => path === "secret_string_wo_version") &&
    Array.isArray(references) &&
    references.some((one) =>
      String(one).startsWith("aws_cognito_user_pool_client."),
    )
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
  if (!isChange || deposed !== undefined || after === undefined) return [];
  const isCreated = change.before === undefined;
  const resource = plan.after.at(address) ?? { address, type, values: after };
  const name = describeResource(resource, plan.after);
  const context: RuleContext = {
    isCreated,
    before: change.before ?? SAFE[type] ?? {},
    after,
    resource,
    name,
    was: plan.before,
    is: plan.after,
    accounts: plan.accounts,
  };
  const found = (CHECKS.get(type) ?? []).flatMap(({ id, check }) =>
    check(context).map((message) =>
      withSeverity({ rule: id, address, message }),
    ),
  );
  return [...found, ...unknownValues(change, name), ...strange(change, name)];
}

/** Attributes that a rule or the comparison of access would judge, and that are known only after the apply. */
function unknownValues(
  { address, type, after }: PlannedChange,
  name: RichText,
): readonly Finding[] {
  const paths = [...leavesOf(after)]
    .filter(([, value]) => value instanceof Unknown && !value.isComputed)
    .map(([path]) => path)
    .filter((path) => isJudged(type, path));
  return paths.length === 0
    ? []
    : [
        withSeverity({
          rule: "value-unknown",
          address,
          message: text`${name}: ${list([...new Set(paths)])} known only after apply`,
        }),
      ];
}

/** Attributes that change, or that a new resource sets, and that the review does not know. */
function strange(
  { address, type, before, after }: PlannedChange,
  name: RichText,
): readonly Finding[] {
  if (!isReviewedType(type)) return [];
  const had = new Map(leavesOf(before));
  const paths = [...leavesOf(after), ...(before === undefined ? [] : had)]
    .filter(([path]) => placeOf(type, path) === undefined)
    .filter(
      ([path, value]) =>
        value instanceof Unknown ||
        !isSameValue(valueUnder(before, path), valueUnder(after, path)),
    )
    .map(([path]) => path);
  return paths.length === 0
    ? []
    : [
        withSeverity({
          rule: "attribute-not-reviewed",
          address,
          message: text`${name}: ${list([...new Set(paths)])}`,
        }),
      ];
}

/** Returns the attribute at the root of a path: blocks are compared as a whole. */
function valueUnder(
  values: Attributes | undefined,
  path: string,
): Value | undefined {
  const [root = ""] = path.split(".");
  return values?.[root];
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

/** Values by their paths, without indexes; blocks and lists by their parts. */
function* leavesOf(
  value: Value | undefined,
  path = "" as Redacted,
): Generator<readonly [Redacted, Value]> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const part of value as readonly Value[]) yield* leavesOf(part, path);
  } else if (isAttributes(value)) {
    for (const [key, part] of Object.entries(value))
      yield* leavesOf(part, (path === "" ? key : `${path}.${key}`) as Redacted);
  } else if (!isEmpty(value) || value instanceof Unknown) {
    yield [path, value];
  }
}

const PLACES = new Map<string, ReturnType<typeof placeOfAttribute>>();

function placeOf(type: string, path: string) {
  const key = `${type} ${path}`;
  const known = PLACES.get(key);
  if (known !== undefined) return known;
  const place = placeOfAttribute(type, path);
  PLACES.set(key, place);
  return place;
}

/** Whether a rule or the comparison of access judges an attribute. */
function isJudged(type: string, path: string): boolean {
  const place = placeOf(type, path);
  return place === "rule" || place === "access";
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
