import { UserError } from "../../../constructs/errors";
import type { GithubClient } from "./github-client";
import { isOfWorkflow, type NewStatus } from "./github-objects";
import {
  formatReviewedPlan,
  parseReviewedPlan,
  type ReviewedPlan,
} from "./reviewed-plan";

/** How an apply went: begun and not yet ended, done, or failed. */
export type ApplyState = NewStatus["state"];

export interface ApplyRecord {
  /** Commits that say so: the one that is deployed, and the one that the plan was recorded on. */
  readonly commits: readonly string[];
  readonly stage: string;
  readonly plan: ReviewedPlan;
}

/** Returns the context of the status that an apply to a stage is recorded under. */
export function appliedContext(stage: string): string {
  return `applied (${stage})`;
}

/** Records how an apply of a plan went. */
export async function recordApply(
  client: GithubClient,
  { commits, stage, plan }: ApplyRecord,
  state: ApplyState,
): Promise<void> {
  for (const sha of new Set(commits))
    await client.addStatus(sha, {
      context: appliedContext(stage),
      state,
      description: formatReviewedPlan(plan),
    });
}

/**
 * Fails if this plan was applied before: its reviewer agreed to one apply.
 *
 * A plan whose apply failed may be applied again: the same plan now means that nothing of it was done. One that was
 * interrupted counts as applied, unless a person names it.
 *
 * @param isNamed whether a person has named the plan, knowing that the run before was interrupted
 * @throws UserError if it was
 */
export async function requireNotApplied(
  client: GithubClient,
  { commits, stage, plan }: ApplyRecord,
  isNamed: boolean,
): Promise<void> {
  const context = appliedContext(stage);
  for (const sha of new Set(commits)) {
    const statuses = await client.statusesOf(sha);
    const newest = statuses.find(
      (status) =>
        status.context === context &&
        isOfWorkflow(status.creator) &&
        isSame(parseReviewedPlan(status.description ?? ""), plan),
    );
    if (newest === undefined || newest.state === "failure") continue;
    if (newest.state === "pending" && isNamed) continue;
    throw newest.state === "pending"
      ? new UserError(
          "the apply of this plan was begun before, and its end is not recorded",
          "make sure that the run before has ended; then name the plan to continue",
        )
      : new UserError(
          `this plan was applied before, as commit ${sha.slice(0, 12)} says`,
          "open a pull request, of an empty commit at least, so that the plan is reviewed again",
        );
  }
}

function isSame(one: ReviewedPlan | undefined, other: ReviewedPlan): boolean {
  return one?.hash === other.hash && one.tree === other.tree;
}
