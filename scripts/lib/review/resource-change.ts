import type { ResourceChange } from "../plan/plan-json";
import type { Action } from "./plan-review";

/** What is done with a resource; `undefined` for nothing. */
export function actionOf({
  change,
  previous_address,
}: Pick<ResourceChange, "change" | "previous_address">): Action | undefined {
  const has = (action: string): boolean => change.actions.includes(action);
  if (has("create") && has("delete")) return "replace";
  if (has("create") && has("forget")) return "create";
  for (const action of [
    "create",
    "delete",
    "update",
    "forget",
    "read",
  ] as const)
    if (has(action)) return action;
  if (change.importing !== undefined) return "import";
  return previous_address === undefined ? undefined : "move";
}

/** Attributes that force a resource to be made anew, as paths. */
export function forcedBy({ change }: ResourceChange): readonly string[] {
  const paths: readonly unknown[] = Array.isArray(change.replace_paths)
    ? change.replace_paths
    : [];
  const named = paths.map((path) =>
    Array.isArray(path)
      ? path.filter((part) => typeof part === "string").join(".")
      : String(path),
  );
  return [...new Set(named)].filter((path) => path !== "").sort();
}
