import { hasUnknown, isAttributes, type Value } from "../plan/attribute";
import { type ChangedValue, findChangedValues } from "../plan/changed-values";
import type {
  PlanModel,
  PlannedChange,
  PlannedOutput,
} from "../plan/plan-model";
import { REDACTED, REDACTED_CHANGED } from "../plan/redactor";
import { describeResource } from "../plan/resource-names";
import { joinTexts, literal, type RichText, text } from "../plan/rich-text";
import { isFirstVersion } from "../plan/secret-versions";
import type { Action, Change, ValueChange, Verdict } from "./review-model";
import { isSecretRewrite } from "./secret-clients";

/** Returns every resource that a plan changes, by address. */
export function listChanges(plan: PlanModel): readonly Change[] {
  return plan.resources
    .flatMap((change): Change[] => {
      const { address, type, action, previousAddress, before, after } = change;
      if (action === undefined) return [];
      const resource = { address, type, values: after ?? before ?? {} };
      const hasValues = action === "update" || action === "replace";
      return [
        {
          address,
          type,
          action,
          what: text`${describeResource(resource, after === undefined ? plan.before : plan.after)}${formatNote(change, plan)}`,
          ...(previousAddress !== undefined && { movedFrom: previousAddress }),
          values: hasValues
            ? findChangedValues(before, after)
                .filter(({ path }) => !isMovedLabel(change, path))
                .map((value) => ({
                  path: value.path,
                  message: formatValueChange(value),
                  ...summarizePolicy(value),
                }))
            : [],
        },
      ];
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

function formatNote(change: PlannedChange, plan: PlanModel): RichText {
  if (change.deposed !== undefined)
    return text` (remains from an earlier replacement, ${change.deposed})`;
  if (change.action === "create" && isFirstVersion(change.after ?? {}))
    return literal(
      ", which contains no field: through it, Terraform reads the current secret",
    );
  // the version number contains the client id, which is unknown if the client is replaced
  const hasSameClient = !hasUnknown(change.after?.secret_string_wo_version);
  return hasSameClient && isSecretRewrite(change, plan)
    ? literal(", written again: its client id and secret stay the same")
    : [];
}

/** A replaced version of a secret has the labels of the code. Those of the earlier one depend on rotations since. */
function isMovedLabel({ type, action }: PlannedChange, path: string): boolean {
  return (
    type === "aws_secretsmanager_secret_version" &&
    action === "replace" &&
    path.startsWith("version_stages")
  );
}

/** Returns outputs that change. */
export function listOutputChanges(plan: PlanModel): readonly ValueChange[] {
  const { outputs } = plan;
  return outputs.map((output) => ({
    path: output.name,
    message: formatOutputChange(output),
  }));
}

/** Counts resources by their changes. */
export function countChanges({ resources, outputs }: PlanModel): Verdict {
  const count = (isCounted: (change: PlannedChange) => boolean): number =>
    resources.filter(isCounted).length;
  const countAction = (action: Action): number =>
    count((one) => one.action === action);
  const counts = {
    add: countAction("create"),
    change: countAction("update"),
    destroy: countAction("delete"),
    replace: countAction("replace"),
    import: count(({ isImported }) => isImported),
    move: count(({ previousAddress }) => previousAddress !== undefined),
    forget: countAction("forget"),
  };
  const isEmpty =
    outputs.length === 0 && Object.values(counts).every((one) => one === 0);
  return { ...counts, isEmpty };
}

/** Summarizes the statements of a policy, since they are long and their access is reported. */
function summarizePolicy(value: ChangedValue): Pick<ValueChange, "summary"> {
  return value.kind === "members" && /(^|[_.])policy$/.test(value.path)
    ? {
        summary: text`gains ${value.gained.length} and loses ${value.lost.length} ${literal("statements")}`,
      }
    : {};
}

function formatValueChange(value: ChangedValue): RichText {
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

function formatOutputChange(output: PlannedOutput): RichText {
  const { isRemoved, isUnknown, before, after } = output;
  if (isRemoved) return literal("is removed");
  if (isUnknown) return literal("is known only after apply");
  if (hasSecret(before) || hasSecret(after))
    return literal("a secret, which changes");
  const [value] = findChangedValues(
    { value: before as Value },
    { value: after as Value },
  );
  return value === undefined ? literal("is new") : formatValueChange(value);
}

function hasSecret(value: unknown): boolean {
  return (
    value === REDACTED ||
    value === REDACTED_CHANGED ||
    (isAttributes(value) && Object.values(value).some(hasSecret))
  );
}
