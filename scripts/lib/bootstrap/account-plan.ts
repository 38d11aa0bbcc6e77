import { formatTextTable } from "../cli/table";
import type { ResourceChange } from "../plan/plan-json";
import type { PlanCounts } from "../plan/plan-summary";
import { groupBy } from "../system/group-by";

/** A saved plan of the account's stack. */
export interface AccountPlan {
  readonly hasChanges: boolean;
  readonly counts: PlanCounts;
  /** Text of Terraform, without secrets. */
  readonly text: string;
  readonly resourceChanges: readonly ResourceChange[];
}

type Kind = "replace" | "delete" | "forget" | "update" | "create";

/** Titles of the changes, the most dangerous first. */
const TITLES: Readonly<Record<Kind, string>> = {
  replace: "Replace (deletes the resource and creates another one)",
  delete: "Delete",
  forget: "Remove from the state",
  update: "Change",
  create: "Create",
};

/**
 * Formats a plan for the question whether to apply it: the addresses and the text of all changes of existing resources, and
 * the number of new resources by type.
 *
 * @param isComplete whether to add Terraform's text of new resources
 */
export function formatAccountPlan(
  plan: AccountPlan,
  accountId: string,
  isComplete: boolean,
): string {
  const { add, change, destroy } = plan.counts;
  const imported = plan.resourceChanges.filter(
    ({ change: { importing } }) => (importing ?? null) !== null,
  ).length;
  const title = `Account ${accountId}: ${add} to add, ${change} to change, ${destroy} to destroy, ${imported} to import`;
  const byKind = groupBy(plan.resourceChanges, findKind);
  const lists = Object.entries(TITLES).flatMap(([kind, text]) => {
    const changes = byKind.get(kind as Kind) ?? [];
    if (changes.length === 0) return [];
    const lines =
      kind === "create"
        ? countTypes(changes)
        : changes.map(({ address }) => address);
    return [[`${text}:`, ...lines.map((line) => `  ${line}`)].join("\n")];
  });
  const details = isComplete
    ? [plan.text]
    : plan.resourceChanges
        .filter((one) => !["create", undefined].includes(findKind(one)))
        .flatMap(({ address }) => extractBlock(plan.text, address));
  const hint =
    isComplete || !byKind.has("create")
      ? []
      : ["--show-plan shows every attribute of new resources."];
  return [title, ...lists, ...details, ...hint].join("\n\n");
}

function findKind({ change: { actions } }: ResourceChange): Kind | undefined {
  const has = (action: string): boolean => actions.includes(action);
  if (has("delete")) return has("create") ? "replace" : "delete";
  return (["forget", "update", "create"] as const).find(has);
}

/** Counts the resources of each type. */
function countTypes(changes: readonly ResourceChange[]): string[] {
  const types = [...groupBy(changes, ({ type }) => type as string)];
  return formatTextTable(
    types.sort().map(([type, { length }]) => [type, `${length}`]),
  );
}

/** Returns Terraform's text of one resource, which begins with a comment that contains its address. */
function extractBlock(text: string, address: string): string[] {
  const blocks = text.split(
    /\n\n(?= {2}# \S+ (?:will|must|has|is) |Plan: |\S)/,
  );
  return blocks.filter((block) =>
    block.trimStart().startsWith(`# ${address} `),
  );
}
