import type { PlanJson, ResourceChange } from "./plan-json";
import type { StagePlan } from "./stage-workspace";

/** Returns whether applying a plan changes a resource, or what Terraform knows it by. A data source is only read. */
function isEffective(change: ResourceChange): boolean {
  return hasEffect(change, ["no-op", "read"]);
}

/** Returns whether a plan does anything about a resource, be it to read it. */
export function hasPlannedAction(change: ResourceChange): boolean {
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
export function hasPlanChanges(plan: PlanJson): boolean {
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

/** Longest plan that is shown: GitHub takes one mebibyte for all of a step's summary. */
const LONGEST_SHOWN = 600_000;

/** What a plan would do, in one line. */
export function formatPlanCounts(
  { hasChanges, counts }: Pick<StagePlan, "hasChanges" | "counts">,
  stage: string,
): string {
  const { add, change, destroy } = counts;
  if (!hasChanges) return `Stage ${stage}: no changes`;
  return `Stage ${stage}: ${add} to add, ${change} to change, ${destroy} to destroy`;
}

/** A plan for the summary of a GitHub job, as Markdown: the verdict first. */
export function formatPlanSummary(
  plan: Pick<StagePlan, "hasChanges" | "counts" | "text" | "hash">,
  stage: string,
): string {
  const shown = plan.hasChanges
    ? [formatCodeBlock(plan.text), `\`${plan.hash}\``]
    : [];
  return [
    `### ${escapeMarkdown(formatPlanCounts(plan, stage))}`,
    ...shown,
    "",
  ].join("\n\n");
}

/** Text that Markdown and HTML take for nothing but text. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_<>[\]#|~@]/g, (character) =>
    character === "@" ? "@\u200b" : `\\${character}`,
  );
}

/**
 * Returns a block of code, whatever it contains.
 *
 * @param language of the code, for its colors
 */
export function formatCodeBlock(text: string, language = "text"): string {
  const runs = (text.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(3, Math.max(0, ...runs) + 1));
  const shown =
    text.length <= LONGEST_SHOWN
      ? text
      : `${text.slice(0, LONGEST_SHOWN)}\n… the rest is in the log`;
  return `${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}
