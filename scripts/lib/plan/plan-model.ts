import { isJsonObject } from "../system/json-object";
import { isAttributes, type Attributes } from "./attribute";
import { Configuration, type ResourceConfiguration } from "./configuration";
import type { Change, PlanJson, ResourceChange } from "./plan-json";
import { findPlanAccounts } from "./plan-origin";
import { createPlanRedactor } from "./plan-secrets";
import type { Redacted, RedactedValue, Redactor } from "./redactor";
import { parseModuleScope, removeInstanceKeys } from "./resource-address";
import { Snapshot } from "./snapshot";
import { containsTrue, UnknownValueResolver } from "./unknown-values";

/** The action of a plan on a resource. */
export type PlannedAction =
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "move"
  | "forget"
  | "read";

/** A redacted change of a resource. */
export interface PlannedChange {
  readonly address: Redacted;
  /** Address before a move. */
  readonly previousAddress?: Redacted;
  readonly type: Redacted;
  readonly mode: string;
  /** Key of an object that a replacement could not delete. */
  readonly deposed?: Redacted;
  /** Absent if the plan does not act on the resource. */
  readonly action?: PlannedAction;
  readonly isImported: boolean;
  /** Whether Terraform forgets the current object, even if it creates another one. */
  readonly isForgotten: boolean;
  readonly before?: Attributes;
  /** The values after the apply; the current ones if Terraform only forgets the resource. */
  readonly after?: Attributes;
  /** Attributes that force a replacement, as paths. */
  readonly replacementPaths: readonly Redacted[];
  /** The configuration, if the plan has it. */
  readonly code?: ResourceConfiguration;
}

/** A redacted change of an output. */
export interface PlannedOutput {
  readonly name: Redacted;
  readonly isRemoved: boolean;
  readonly before: RedactedValue;
  readonly after: RedactedValue;
  readonly isUnknown: boolean;
}

/** A plan that can be printed: its texts are redacted, and unknown values are marked. */
export interface PlanModel {
  readonly json: PlanJson;
  readonly redactor: Redactor;
  readonly configuration: Configuration;
  /** All resources of the plan, including those without changes. */
  readonly resources: readonly PlannedChange[];
  /** Changes outside Terraform: differences between the state and AWS. */
  readonly drift: readonly PlannedChange[];
  readonly outputs: readonly PlannedOutput[];
  /** Accounts that the plan is for; empty if it names none. */
  readonly accounts: ReadonlySet<string>;
  /** The resources in AWS before the apply. */
  readonly before: Snapshot;
  /** The resources in AWS after the apply, including those that are no longer managed. */
  readonly after: Snapshot;
}

/** Redacts a plan and resolves the references of its values. */
export function buildPlanModel(json: PlanJson): PlanModel {
  const redactor = createPlanRedactor(json);
  const planned = new Set<string>(
    json.resource_changes.map(({ address }) => address),
  );
  const configuration = new Configuration(json.configuration, (address) =>
    planned.has(address),
  );
  const change = (resource: ResourceChange): PlannedChange =>
    toPlannedChange(resource, configuration, redactor);
  const resources = json.resource_changes.map(change);
  const current = resources.filter(
    ({ deposed, mode }) => deposed === undefined && isStored(mode),
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
    drift: json.resource_drift.filter(({ mode }) => isStored(mode)).map(change),
    outputs: toPlannedOutputs(json, redactor),
    accounts: findPlanAccounts(json, before),
    before,
    after: new Snapshot(
      current.flatMap(({ address, type, after: values, code }) => {
        if (values === undefined) return [];
        const declared = code && new Set(Object.keys(code.expressions));
        return [
          {
            address,
            type,
            values,
            ...(declared !== undefined && { declaredAttributes: declared }),
          },
        ];
      }),
      redactor,
      before,
    ),
  };
}

/** Returns whether a state can have resources of a mode, unlike data sources and ephemeral resources. */
function isStored(mode: string): boolean {
  return mode !== "data" && mode !== "ephemeral";
}

/** Returns the action on a resource; `undefined` if there is none. */
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

function toPlannedChange(
  resource: ResourceChange,
  configuration: Configuration,
  redactor: Redactor,
): PlannedChange {
  const { address, previous_address, type, mode, deposed, change } = resource;
  const code = configuration.resources.get(removeInstanceKeys(address));
  const action = getPlannedAction(resource);
  const isForgotten = change.actions.includes("forget");
  // a resource that is only forgotten stays as it is
  const isRetained = isForgotten && action === "forget";
  const before = redactor.redactValue(
    change.before,
    "",
    expandMark(change.before, change.before_sensitive),
  );
  const after = isRetained ? before : redactAfter(change, before, redactor);
  const values =
    isRetained || change.after === null
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
    isForgotten,
    isImported: change.importing !== undefined && change.importing !== null,
    ...(isAttributes(before) && { before }),
    ...(isAttributes(values) && { after: values }),
    replacementPaths: listReplacementPaths(change, redactor),
    ...(code !== undefined && { code }),
  };
}

function redactAfter(
  change: Change,
  before: RedactedValue,
  redactor: Redactor,
): RedactedValue {
  if (change.after === change.before) return before;
  return redactor.redactChanged(
    change.after,
    expandMark(change.after, change.after_sensitive),
    { raw: change.before, redacted: before },
  );
}

/** Marks each attribute of a resource that is sensitive as a whole, so that the resource is still visible. */
function expandMark(values: unknown, mark: unknown): unknown {
  return mark === true && isJsonObject(values)
    ? Object.fromEntries(Object.keys(values).map((name) => [name, true]))
    : mark;
}

function listReplacementPaths(
  change: Change,
  redactor: Redactor,
): readonly Redacted[] {
  const paths: readonly unknown[] = Array.isArray(change.replace_paths)
    ? change.replace_paths
    : [];
  const joined = paths.map((path) =>
    Array.isArray(path)
      ? path.filter((part) => typeof part === "string").join(".")
      : String(path),
  );
  return [...new Set(joined)]
    .filter((path) => path !== "")
    .sort()
    .map((path) => redactor.redact(path));
}

function toPlannedOutputs(
  { output_changes }: PlanJson,
  redactor: Redactor,
): readonly PlannedOutput[] {
  return Object.entries(output_changes)
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, change]) => {
      const before = redactor.redactValue(
        change.before,
        name,
        change.before_sensitive,
        true,
      );
      return {
        name: redactor.redact(name),
        isRemoved: change.actions.includes("delete"),
        before,
        after: redactor.redactChanged(
          change.after,
          change.after_sensitive,
          { raw: change.before, redacted: before },
          name,
          true,
        ),
        isUnknown: containsTrue(change.after_unknown),
      };
    });
}
