import { isJsonObject } from "../system/json-object";
import { findPlanAccounts } from "./plan-origin";
import { isAttributes, type Attributes } from "./attribute";
import {
  Configuration,
  parseModuleScope,
  removeInstanceKeys,
  type ResourceConfiguration,
} from "./configuration";
import type { Change, PlanJson, ResourceChange } from "./plan-json";
import { createPlanRedactor } from "./plan-secrets";
import type { Redacted, RedactedValue, Redactor } from "./redactor";
import { Snapshot, type Resource } from "./snapshot";
import { UnknownValueResolver } from "./unknown-values";

/** What a plan does with a resource. */
export type PlannedAction =
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "move"
  | "forget"
  | "read";

/** A change of a resource without secrets. */
export interface PlannedChange {
  readonly address: Redacted;
  /** Address that it had before a move. */
  readonly previousAddress?: Redacted;
  readonly type: Redacted;
  readonly mode: string;
  /** Key of an object that a replacement has left. */
  readonly deposed?: Redacted;
  /** Absent if nothing is done with it. */
  readonly action?: PlannedAction;
  readonly isImported: boolean;
  /** Whether Terraform forgets an object of it, and possibly creates another one. */
  readonly isForgotten: boolean;
  readonly before?: Attributes;
  /** What it will be; what it is, if Terraform only forgets it. */
  readonly after?: Attributes;
  /** Attributes that force a replacement, as paths. */
  readonly replacementPaths: readonly Redacted[];
  /** Its code, if the plan has it. */
  readonly code?: ResourceConfiguration;
}

/** A change of an output without secrets. */
export interface PlannedOutput {
  readonly name: Redacted;
  readonly isRemoved: boolean;
  readonly before: RedactedValue;
  readonly after: RedactedValue;
  readonly isUnknown: boolean;
}

/** A plan that may be printed: every text in it is redacted, and what is unknown says so. */
export interface PlanModel {
  readonly json: PlanJson;
  readonly redactor: Redactor;
  readonly configuration: Configuration;
  /** All resources of the plan, also those that do not change. */
  readonly resources: readonly PlannedChange[];
  /** What AWS has otherwise than the state. */
  readonly drift: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  /** Accounts that the plan is for; empty if it does not say. */
  readonly accounts: ReadonlySet<string>;
  /** The resources before the apply, as AWS has them. */
  readonly before: Snapshot;
  /** The resources after the apply; what is no longer managed stays as it is. */
  readonly after: Snapshot;
}

/** Redacts a plan, and resolves what its values will come from. */
export function buildPlanModel(json: PlanJson): PlanModel {
  const redactor = createPlanRedactor(json);
  const planned = new Set<string>(
    json.resource_changes.map(({ address }) => address),
  );
  const configuration = new Configuration(json.configuration, (address) =>
    planned.has(address),
  );
  const change = (resource: ResourceChange): PlannedChange =>
    plannedChange(resource, configuration, redactor);
  const resources = json.resource_changes.map(change);
  const current = resources.filter(
    ({ deposed, mode }) => deposed === undefined && mode !== "data",
  );
  const before = new Snapshot(
    current.flatMap(({ address, previousAddress, type, before: values }) =>
      values === undefined
        ? []
        : [{ address: previousAddress ?? address, type, values }],
    ),
    redactor,
  );
  return {
    json,
    redactor,
    configuration,
    resources,
    drift: json.resource_drift
      .filter(({ mode }) => mode !== "data")
      .map(change),
    outputs: plannedOutputs(json, redactor),
    accounts: findPlanAccounts(json, before),
    before,
    after: new Snapshot(current.flatMap(resourceAfter), redactor, before),
  };
}

function resourceAfter({
  address,
  type,
  after,
  code,
}: PlannedChange): Resource[] {
  return after === undefined
    ? []
    : [
        {
          address,
          type,
          values: after,
          ...(code !== undefined && {
            declaredAttributes: new Set(Object.keys(code.expressions)),
          }),
        },
      ];
}

/** Returns what is done with a resource; `undefined` if nothing is. */
export function getPlannedAction({
  change,
  previous_address,
}: Pick<ResourceChange, "change" | "previous_address">):
  PlannedAction | undefined {
  const has = (action: string): boolean => change.actions.includes(action);
  if (has("create") && has("delete")) return "replace";
  for (const action of [
    "create",
    "delete",
    "update",
    "forget",
    "read",
  ] as const)
    if (has(action)) return action;
  if (change.importing !== undefined && change.importing !== null)
    return "import";
  return previous_address === undefined ? undefined : "move";
}

function plannedChange(
  resource: ResourceChange,
  configuration: Configuration,
  redactor: Redactor,
): PlannedChange {
  const { address, previous_address, type, mode, deposed, change } = resource;
  const code = configuration.resources.get(removeInstanceKeys(address));
  const action = getPlannedAction(resource);
  const isKept = change.actions.includes("forget") && action === "forget";
  const before = redactor.redactValue(
    change.before,
    "",
    marksOf(change.before, change.before_sensitive),
  );
  const after = isKept ? before : valueAfter(change, before, redactor);
  const values =
    isKept || change.after === null
      ? after
      : new UnknownValueResolver(
          configuration,
          redactor,
          type,
          parseModuleScope(address),
          code,
        ).resolve(after, change.after_unknown);
  return {
    address: redactor.redact(address),
    ...(previous_address !== undefined && {
      previousAddress: redactor.redact(previous_address),
    }),
    type: redactor.redact(type),
    mode,
    ...(deposed !== undefined && { deposed: redactor.redact(deposed) }),
    ...(action !== undefined && { action }),
    isForgotten: change.actions.includes("forget"),
    isImported: change.importing !== undefined && change.importing !== null,
    ...(isAttributes(before) && { before }),
    ...(isAttributes(values) && { after: values }),
    replacementPaths: forcedBy(change, redactor),
    ...(code !== undefined && { code }),
  };
}

function valueAfter(
  change: Change,
  before: RedactedValue,
  redactor: Redactor,
): RedactedValue {
  if (change.after === change.before) return before;
  return redactor.redactChanged(
    change.after,
    marksOf(change.after, change.after_sensitive),
    { raw: change.before, redacted: before },
  );
}

/** A resource that is marked as a whole is still there: each of its attributes is a secret. */
function marksOf(values: unknown, mark: unknown): unknown {
  return mark === true && isJsonObject(values)
    ? Object.fromEntries(Object.keys(values).map((name) => [name, true]))
    : mark;
}

function forcedBy(change: Change, redactor: Redactor): readonly Redacted[] {
  const paths: readonly unknown[] = Array.isArray(change.replace_paths)
    ? change.replace_paths
    : [];
  const named = paths.map((path) =>
    Array.isArray(path)
      ? path.filter((part) => typeof part === "string").join(".")
      : String(path),
  );
  return [...new Set(named)]
    .filter((path) => path !== "")
    .sort()
    .map((path) => redactor.redact(path));
}

function plannedOutputs(
  { output_changes }: PlanJson,
  redactor: Redactor,
): readonly PlannedOutput[] {
  return Object.entries(output_changes)
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, change]) => {
      const before = redactor.redactValue(
        { [name]: change.before },
        "",
        { [name]: change.before_sensitive },
        true,
      );
      const after = redactor.redactChanged(
        { [name]: change.after },
        { [name]: change.after_sensitive },
        { raw: { [name]: change.before }, redacted: before },
        true,
      );
      const only = (value: RedactedValue): RedactedValue =>
        isAttributes(value) ? (Object.values(value)[0] ?? null) : null;
      return {
        name: redactor.redact(name),
        isRemoved: change.actions.includes("delete"),
        before: only(before),
        after: only(after),
        isUnknown: containsTrue(change.after_unknown),
      };
    });
}

function containsTrue(unknown: unknown): boolean {
  if (unknown === true) return true;
  return (
    typeof unknown === "object" &&
    unknown !== null &&
    Object.values(unknown).some(containsTrue)
  );
}
