import { escapeMarkdown, formatCodeBlock } from "../cli/escape";
import type { PlanJson, ResourceChange } from "./plan-json";

/** Numbers of resources, counted as Terraform counts them: a replacement is one to add and one to destroy. */
export interface PlanCounts {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
}

/** The parts of a plan that a summary shows. */
export interface PlanSummary {
  readonly hasChanges: boolean;
  readonly counts: PlanCounts;
  readonly text: string;
  readonly hash: string;
}

/** Returns whether a plan acts on a resource: changes it, moves it, imports it or reads it. */
export function hasPlannedAction(change: ResourceChange): boolean {
  return hasActionExcept(change, ["no-op"]);
}

function hasActionExcept(
  { previous_address, change }: ResourceChange,
  ignored: readonly string[],
): boolean {
  return (
    !change.actions.every((action) => ignored.includes(action)) ||
    previous_address !== undefined ||
    isPresent(change.importing)
  );
}

/**
 * Returns whether applying a plan changes anything, in AWS or in the state. Reads the plan itself, since a wrapper around
 * Terraform can change the exit code.
 */
export function hasPlanChanges(plan: PlanJson): boolean {
  return (
    plan.resource_changes.some((change) =>
      hasActionExcept(change, ["no-op", "read"]),
    ) ||
    Object.values(plan.output_changes).some(
      ({ actions }) => !actions.every((action) => action === "no-op"),
    ) ||
    // a refresh-only plan lists no changes, and writes the drift to the state
    (plan.resource_changes.length === 0 && plan.resource_drift.length > 0) ||
    [
      plan.action_invocations,
      plan.deferred_action_invocations,
      plan.deferred_changes,
    ].some(isPresent)
  );
}

/** Terraform omits empty members; other programs may write them. */
function isPresent(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? value.length > 0 : true;
}

/** Counts the resources that a plan changes. */
export function countActions({ resource_changes }: PlanJson): PlanCounts {
  const count = (action: string): number =>
    resource_changes.filter(({ change }) => change.actions.includes(action))
      .length;
  return {
    add: count("create"),
    change: count("update"),
    destroy: count("delete"),
  };
}

/** Formats a plan's counts in one line. */
export function formatPlanCounts(
  { hasChanges, counts }: Pick<PlanSummary, "hasChanges" | "counts">,
  stage: string,
): string {
  const { add, change, destroy } = counts;
  return hasChanges
    ? `Stage ${stage}: ${add} to add, ${change} to change, ${destroy} to destroy`
    : `Stage ${stage}: no changes`;
}

/** Formats a plan as Markdown, for the summary of a GitHub job. */
export function formatPlanSummary(plan: PlanSummary, stage: string): string {
  const details = plan.hasChanges
    ? [formatCodeBlock(plan.text), `\`${plan.hash}\``]
    : [];
  return [
    `### ${escapeMarkdown(formatPlanCounts(plan, stage))}`,
    ...details,
    "",
  ].join("\n\n");
}
