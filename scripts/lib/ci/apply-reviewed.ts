import { UserError } from "../../../constructs/errors";
import { escapeMarkdown, formatCodeBlock } from "../cli/escape";
import { fenceText } from "../cli/log-fence";
import type { StagePlan, StageWorkspace } from "../plan/stage-workspace";
import type { DeploymentGuard } from "./deployment-guard";
import { formatReviewedPlan, type ReviewedPlan } from "./reviewed-plan";

/** The review of a plan, rendered for the log and for the summary. */
export interface RenderedReview {
  /** Whether the policy and the allow-list allow the plan, as in its pull request. */
  readonly isAllowed: boolean;
  readonly text: string;
  readonly markdown: string;
}

export interface ApplyOptions {
  readonly stage: string;
  /** Git's hash of the files that the plan is made from. */
  readonly tree: string;
  readonly guard: DeploymentGuard;
  /** Reviews a plan like the workflow of its pull request. */
  readonly review: (plan: StagePlan) => RenderedReview;
  readonly log: (line: string) => void;
  /** Writes the summary of the run, as Markdown. */
  readonly writeSummary: (markdown: string) => void;
}

/**
 * Plans again, and applies the plan if it equals the reviewed plan of the same files and the gate allows it.
 *
 * @returns whether anything was applied
 * @throws UserError if the plan cannot be applied; nothing is applied, and the plan and its review are in the log
 */
export async function applyReviewed(
  workspace: Pick<StageWorkspace, "plan" | "apply">,
  options: ApplyOptions,
): Promise<boolean> {
  const { stage, tree, guard, log, writeSummary } = options;
  const plan = await workspace.plan();
  if (!plan.hasChanges) {
    log(`stage ${stage} has no changes`);
    writeSummary(`Stage \`${stage}\`: no changes.\n`);
    return false;
  }
  const current = { hash: plan.hash, tree };
  const review = options.review(plan);
  const line = formatReviewedPlan(current);
  const reason = await catchUserError(async () => {
    await guard.requireNewestCommit();
    requireSamePlan(current, await guard.findReviewedPlan());
    if (!review.isAllowed)
      throw new UserError(
        "the policy of the review blocks this plan",
        `read the review above; to allow a finding for stage ${stage}, add it to the allow-list in a pull request`,
      );
    await guard.requireNotApplied();
    // again, since the branch can change at any time
    await guard.requireNewestCommit();
  });
  if (reason !== undefined) {
    log(fenceText(`${plan.text}\n\n${review.text.trimEnd()}`));
    log(`line of this plan: ${line}`);
    writeSummary(formatNotApplied(stage, reason, line, plan, review));
    throw new UserError(
      `nothing was applied to stage ${stage}: ${reason.message}`,
      reason.hint ??
        `read the plan and its review above; to apply it, run the workflow manually with reviewed_plan: ${line}`,
    );
  }
  log(`Applying the reviewed plan ${line}…`);
  await guard.recordApply(() => workspace.apply(plan));
  const { add, change, destroy } = plan.counts;
  writeSummary(
    `Stage \`${stage}\`: applied the reviewed plan, ${add} added, ${change} changed, ${destroy} destroyed.\n`,
  );
  return true;
}

async function catchUserError(
  check: () => Promise<void>,
): Promise<UserError | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function requireSamePlan(current: ReviewedPlan, reviewed: ReviewedPlan): void {
  const differences = [
    reviewed.tree === current.tree
      ? undefined
      : `the code has changed since the review (tree ${current.tree}, reviewed ${reviewed.tree})`,
    reviewed.hash === current.hash
      ? undefined
      : `the plan differs from the reviewed plan (${current.hash}, reviewed ${reviewed.hash})`,
  ].filter((difference) => difference !== undefined);
  if (differences.length > 0) throw new UserError(differences.join("; "));
}

function formatNotApplied(
  stage: string,
  reason: UserError,
  line: string,
  plan: StagePlan,
  review: RenderedReview,
): string {
  return [
    `### Stage \`${stage}\`: nothing was applied`,
    `Reason: ${escapeMarkdown(reason.message)}.`,
    ...(reason.hint === undefined
      ? [
          "To apply exactly this plan, run this workflow manually on the same branch with this line as `reviewed_plan`:",
        ]
      : [`Hint: ${escapeMarkdown(reason.hint)}.`, "Line of this plan:"]),
    formatCodeBlock(line),
    review.markdown.trimEnd(),
    "The plan:",
    `${formatCodeBlock(plan.text)}\n`,
  ].join("\n\n");
}
