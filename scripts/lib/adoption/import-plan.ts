import { UserError } from "../../../constructs/errors";
import type { PlanJson } from "../plan/plan-json";
import type { CodeResource } from "./stage-code";

/** A resource and what Terraform imports it by. */
export interface Import {
  readonly code: CodeResource;
  readonly importId: string;
}

/** An override that has Terraform not look at attributes of resources. */
export function ignoring(
  imports: readonly Import[],
  attributes: readonly string[] | "all",
): object {
  const types: Record<string, Record<string, object>> = {};
  for (const { code } of imports)
    (types[code.type] ??= {})[code.name] = {
      lifecycle: { ignore_changes: attributes },
    };
  return types;
}

/** @throws UserError when a plan does more than import, or imports something else */
export function requireStateOnly(
  { resource_changes: changes }: PlanJson,
  imports: readonly Import[],
): void {
  const doing = changes.filter(
    ({ mode, change }) =>
      mode === "managed" && change.actions.join() !== "no-op",
  );
  const imported = changes.filter(
    ({ change }) => change.importing !== undefined,
  );
  if (doing.length === 0 && imported.length === imports.length) return;
  throw new UserError(
    `the import must be ${imports.length} to import and nothing else, got ${imported.length} to import and ${doing.length === 0 ? "no change" : doing.map(({ address, change }) => `${change.actions.join(" and ")} of ${address}`).join(", ")}`,
    "nothing was changed; look at what differs, and run the command again",
  );
}
