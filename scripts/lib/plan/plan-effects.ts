import type { PlanJson, ResourceChange } from "./plan-json";

/** Returns whether applying a plan changes a resource, or what Terraform knows it by. A data source is only read. */
function isEffective(change: ResourceChange): boolean {
  return hasEffect(change, ["no-op", "read"]);
}

/** Returns whether a plan does anything about a resource, be it to read it. */
export function doesSomething(change: ResourceChange): boolean {
  return hasEffect(change, ["no-op"]);
}

function hasEffect(
  { previous_address, change }: ResourceChange,
  harmless: readonly string[],
): boolean {
  return (
    !change.actions.every((action) => harmless.includes(action)) ||
    previous_address !== undefined ||
    isPresent(change.importing)
  );
}

/**
 * Returns whether applying a plan changes anything, in AWS or in the state. Read from the plan itself, since a wrapper
 * around Terraform can change the exit code that says so.
 */
export function planHasChanges(plan: PlanJson): boolean {
  return (
    plan.resource_changes.some(isEffective) ||
    Object.values(plan.output_changes).some(
      ({ actions }) => !actions.every((action) => action === "no-op"),
    ) ||
    writesDrift(plan) ||
    [
      plan.action_invocations,
      plan.deferred_action_invocations,
      plan.deferred_changes,
    ].some(isPresent)
  );
}

/** A plan that compares the state with AWS, and nothing else, lists no resource's change; it writes the drift down. */
function writesDrift({ resource_changes, resource_drift }: PlanJson): boolean {
  return resource_changes.length === 0 && resource_drift.length > 0;
}

/** Terraform leaves out what there is none of; another program may write it empty. */
function isPresent(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : true;
}
