import { createHash } from "node:crypto";
import type { Change, PlanJson, ResourceChange } from "./plan-json";

/** Attributes that change by themselves, and that nobody can set. */
const COUNTERS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "estimated_number_of_users",
};

/**
 * Hash of all that a plan would do, `sha256:` first: two plans that would do the same have the same one, whenever and
 * wherever they were made, and two that differ in any value have not.
 */
export function planHash(plan: PlanJson): string {
  const resources = plan.resource_changes
    .filter(doesSomething)
    .map(({ address, previous_address, mode, type, deposed, change }) => ({
      address,
      previous_address,
      mode,
      type,
      deposed,
      change: whatIsDone(change, COUNTERS[type]),
    }))
    .map(canonical)
    .sort();
  const outputs = Object.entries(plan.output_changes)
    .filter(([, { actions }]) => !isNothing(actions))
    .map(([name, change]) => canonical([name, whatIsDone(change)]))
    .sort();
  const text = JSON.stringify([resources, outputs]);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Whether applying a plan changes a resource, or what Terraform knows it by. */
export function doesSomething({
  previous_address,
  change,
}: ResourceChange): boolean {
  return (
    !isNothing(change.actions) ||
    previous_address !== undefined ||
    change.importing !== undefined
  );
}

function isNothing(actions: readonly string[]): boolean {
  return actions.every((action) => action === "no-op");
}

function whatIsDone(change: Change, counter?: string): Change {
  const { actions, after_unknown, replace_paths, importing } = change;
  const [before, after] = [change.before, change.after].map((values) =>
    without(values, counter),
  );
  return { actions, before, after, after_unknown, replace_paths, importing };
}

function without(values: unknown, attribute: string | undefined): unknown {
  return attribute === undefined || typeof values !== "object"
    ? values
    : values && { ...values, [attribute]: undefined };
}

/** JSON whose bytes do not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  );
}
