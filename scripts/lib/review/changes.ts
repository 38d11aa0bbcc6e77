import { list, say, type Phrase } from "../access/phrase";
import { expressionsOf, withoutKeys } from "../access/plan-snapshot";
import { changedValues, type ChangedValue } from "../plan/changed-values";
import { nameOf } from "../plan/resource-names";
import { isSecret } from "../plan/shown-values";
import type { Change as PlanChange, PlanJson } from "../plan/plan-json";
import type { Change, ValueChange, Verdict } from "./plan-review";
import { actionOf } from "./resource-change";

/** Stands in for a value that is known only once it is applied. */
const LATER = "(known once it is applied)";

/** Every resource that a plan changes, by address. */
export function changesOf(plan: PlanJson): readonly Change[] {
  const expressions = expressionsOf(plan.configuration);
  return plan.resource_changes
    .flatMap((resource) => {
      const action = actionOf(resource);
      if (action === undefined) return [];
      const { address, type, deposed, previous_address, change } = resource;
      const attributes = change.after ?? change.before ?? {};
      const leftover: Phrase =
        deposed === undefined
          ? []
          : say` (left over of a replacement, ${deposed})`;
      const hasValues = action === "update" || action === "replace";
      return [
        {
          address,
          type,
          action,
          what: say`${nameOf(type, { ...attributes }).trim()}${leftover}`,
          ...(previous_address !== undefined && {
            movedFrom: previous_address,
          }),
          values: hasValues
            ? valuesOf(change, expressions.get(withoutKeys(address)))
            : [],
        },
      ];
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Outputs that change. */
export function outputsOf({
  output_changes,
}: PlanJson): readonly ValueChange[] {
  return Object.entries(output_changes)
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, change]) => ({ path: name, told: outputTold(name, change) }));
}

/** How many things of each kind are done. */
export function verdictOf(plan: PlanJson): Verdict {
  const { resource_changes } = plan;
  const actions = resource_changes.map(actionOf);
  const count = (action: Change["action"]): number =>
    actions.filter((one) => one === action).length;
  const counted = {
    add: count("create"),
    change: count("update"),
    destroy: count("delete"),
    replace: count("replace"),
    import: resource_changes.filter(
      ({ change }) => change.importing !== undefined,
    ).length,
    move: resource_changes.filter(
      ({ previous_address }) => previous_address !== undefined,
    ).length,
    forget: count("forget"),
  };
  const isEmpty =
    Object.values(counted).every((number) => number === 0) &&
    outputsOf(plan).length === 0;
  return { ...counted, isEmpty };
}

/** Values that change, of those that are not known yet only what the code sets. */
function valuesOf(
  change: PlanChange,
  expressions: unknown,
): readonly ValueChange[] {
  const isSet = (path: string): boolean =>
    Object.hasOwn(expressions ?? {}, path.replace(/\..*/, ""));
  return changedValues(
    change.before,
    withUnknown(change.after, change.after_unknown),
    change.before_sensitive,
    change.after_sensitive,
  )
    .filter((value) => !isLater(value) || isSet(value.path))
    .map((value) => ({ path: value.path, told: valueTold(value) }));
}

function isLater(value: ChangedValue): boolean {
  const shown = JSON.stringify(LATER);
  if (value.kind === "secret") return true;
  return value.kind === "changed"
    ? value.after === shown
    : value.gained.includes(shown);
}

function valueTold(value: ChangedValue): Phrase {
  if (value.kind === "secret") return ["a secret, which changes"];
  if (value.kind === "changed")
    return isLater(value)
      ? say`from ${value.before} to what is known once it is applied`
      : say`from ${value.before} to ${value.after}`;
  const { gained, lost } = value;
  const of = (word: string, names: readonly string[]): readonly Phrase[] =>
    names.map((name) => say`${[word]} ${name}`);
  return [...of("gains", gained), ...of("loses", lost)].flatMap(
    (phrase, index) => (index === 0 ? phrase : [", ", ...phrase]),
  );
}

function outputTold(name: string, change: PlanChange): Phrase {
  if (change.actions.includes("delete")) return ["is no longer there"];
  if (change.after_unknown === true) return [`is ${LATER}`];
  const isHidden =
    isSecret(name, change.before, change.before_sensitive) ||
    isSecret(name, change.after, change.after_sensitive);
  if (isHidden) return ["a secret, which changes"];
  const [value] = changedValues(
    { value: change.before },
    { value: change.after },
    { value: change.before_sensitive },
    { value: change.after_sensitive },
  );
  return value === undefined ? ["is new"] : valueTold(value);
}

/** Values with {@link LATER} in place of each that is not known. */
function withUnknown(value: unknown, unknown: unknown): unknown {
  if (unknown === true) return LATER;
  if (Array.isArray(unknown)) {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    return unknown.map((part, index) => withUnknown(parts[index], part));
  }
  if (typeof unknown !== "object" || unknown === null) return value;
  const known = (typeof value === "object" ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const later = Object.entries(unknown).map(([key, part]) => [
    key,
    withUnknown(known[key], part),
  ]);
  return { ...known, ...(Object.fromEntries(later) as object) };
}

/** Attributes that the code sets and whose values are known only once it is applied, those apart that name another resource. */
export function unknownOf(plan: PlanJson): readonly Phrase[] {
  const expressions = expressionsOf(plan.configuration);
  return plan.resource_changes.flatMap((resource) => {
    const action = actionOf(resource);
    if (action !== "update" && action !== "replace") return [];
    const { address, change } = resource;
    const set = (expressions.get(withoutKeys(address)) ?? {}) as Readonly<
      Record<string, { readonly constant_value?: unknown }>
    >;
    const later = Object.entries(change.after_unknown ?? {})
      .filter(([, unknown]) => unknown === true)
      .map(([name]) => name)
      .filter((name) => {
        const template = set[name]?.constant_value;
        const isNamed =
          typeof template === "string" && REFERENCE.test(template);
        return Object.hasOwn(set, name) && !isNamed;
      });
    return later.length === 0 ? [] : [say`${address}: ${list(later)}`];
  });
}

/** A template that is nothing but the name of a resource. */
const REFERENCE = /^\$\{[^{}]+\.(id|arn|name)\}$/;
