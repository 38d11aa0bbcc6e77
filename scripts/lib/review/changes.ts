import { findChangedValues, type ChangedValue } from "../plan/changed-values";
import type { PlanModel, PlannedOutput } from "../plan/plan-model";
import { REDACTED, REDACTED_CHANGED } from "../plan/redactor";
import { describeResource } from "../plan/resource-names";
import { joinTexts, literal, text, type RichText } from "../plan/rich-text";
import { isAttributes, type Value } from "../plan/attribute";
import { isSecretRewrite } from "./run-rules";
import type { Action, Change, ValueChange, Verdict } from "./review-model";

/** Returns every resource that a plan changes, by address. */
export function listChanges(plan: PlanModel): readonly Change[] {
  const { resources, after: snapshot } = plan;
  return resources
    .flatMap((change): Change[] => {
      const { address, type, action, deposed, previousAddress } = change;
      if (action === undefined) return [];
      const values = change.after ?? change.before ?? {};
      const note =
        deposed !== undefined
          ? text` (left by an earlier replacement, ${deposed})`
          : isSecretRewrite(change, plan)
            ? literal(", written again: the client id and secret in it stay")
            : [];
      const hasValues = action === "update" || action === "replace";
      return [
        {
          address,
          type,
          action,
          what: text`${describeResource({ address, type, values }, snapshot)}${note}`,
          ...(previousAddress !== undefined && { movedFrom: previousAddress }),
          values: hasValues
            ? findChangedValues(change.before, change.after).map((value) => ({
                path: value.path,
                message: valueText(value),
                ...policySummary(value),
              }))
            : [],
        },
      ];
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Returns outputs that change. */
export function listOutputChanges({
  outputs,
}: PlanModel): readonly ValueChange[] {
  return outputs.map((output) => ({
    path: output.name,
    message: outputText(output),
  }));
}

/** Counts what is done. */
export function countChanges({ resources, outputs }: PlanModel): Verdict {
  const count = (action: Action): number =>
    resources.filter((one) => one.action === action).length;
  const counted = {
    add: count("create"),
    change: count("update"),
    destroy: count("delete"),
    replace: count("replace"),
    import: resources.filter(({ isImported }) => isImported).length,
    move: resources.filter(
      ({ previousAddress }) => previousAddress !== undefined,
    ).length,
    forget: count("forget"),
  };
  const isEmpty =
    Object.values(counted).every((number) => number === 0) &&
    outputs.length === 0;
  return { ...counted, isEmpty };
}

/** The statements of a policy are long, and the access that they make is reported. */
function policySummary(value: ChangedValue): Pick<ValueChange, "summary"> {
  const isPolicy =
    value.kind === "members" && /(^|[_.])policy$/.test(value.path);
  return isPolicy
    ? {
        summary: text`gains ${value.gained.length} and loses ${value.lost.length} ${literal("statements")}`,
      }
    : {};
}

function valueText(value: ChangedValue): RichText {
  switch (value.kind) {
    case "secret":
      return literal("a secret, which changes");
    case "unknown":
      return text`from ${value.before} to a value that is known only after apply`;
    case "changed":
      return text`from ${value.before} to ${value.after}`;
    case "members":
      return joinTexts([
        ...value.gained.map((name) => text`gains ${name}`),
        ...value.lost.map((name) => text`loses ${name}`),
      ]);
  }
}

function outputText({
  isRemoved,
  isUnknown,
  before,
  after,
}: PlannedOutput): RichText {
  if (isRemoved) return literal("is removed");
  if (isUnknown) return literal("is known only after apply");
  if ([before, after].some((value) => hasSecret(value)))
    return literal("a secret, which changes");
  const [value] = findChangedValues(
    { value: before as Value },
    { value: after as Value },
  );
  return value === undefined ? literal("is new") : valueText(value);
}

function hasSecret(value: unknown): boolean {
  if (value === REDACTED || value === REDACTED_CHANGED) return true;
  return (
    isAttributes(value) && Object.values(value).some((part) => hasSecret(part))
  );
}
