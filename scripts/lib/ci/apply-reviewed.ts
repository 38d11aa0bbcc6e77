import { UserError } from "../../../constructs/errors";
import { formatCodeBlock, escapeMarkdown } from "../cli/escape";
import type { StagePlan, StageWorkspace } from "../plan/stage-workspace";
import { fenceText } from "../cli/log-fence";
import type { DeploymentGuard } from "./deployment-guard";
import { formatReviewedPlan, type ReviewedPlan } from "./reviewed-plan";

/** A plan's review, in the forms that a refusal shows. */
export interface RenderedReview {
  /** Whether the policy and the allow-list let the plan pass, as they have to in its pull request. */
  readonly isAllowed: boolean;
  readonly text: string;
  readonly markdown: string;
}

export interface ApplyOptions {
  readonly stage: string;
  /** Git's name for the files that the plan is made from. */
  readonly tree: string;
  readonly guard: DeploymentGuard;
  /** Reviews a plan as its pull request's workflow does. */
  readonly review: (plan: StagePlan) => RenderedReview;
  /** Receives what is done, a line at a time. */
  readonly log: (line: string) => void;
  /** Receives what a person has to read, as Markdown. */
  readonly writeSummary: (markdown: string) => void;
}

/**
 * Plans again, and applies that plan if it is the one that was reviewed, of the same files, and the gate lets it pass.
 * Returns whether anything was applied.
 *
 * @throws UserError if it is not; nothing is applied then, and the plan and its review have been shown
 */
export async function applyReviewed(
  workspace: Pick<StageWorkspace, "plan" | "apply">,
  options: ApplyOptions,
): Promise<boolean> {
  const { stage, tree, guard, log, writeSummary: summarize } = options;
  const plan = await workspace.plan();
  if (!plan.hasChanges) {
    log(`stage ${stage} is as the code and its settings have it: no changes`);
    summarize(`Stage \`${stage}\`: no changes.\n`);
    return false;
  }
  const own = { hash: plan.hash, tree };
  const review = options.review(plan);
  const refusal = await reasonOf(async () => {
    await guard.requireNewestCommit();
    requireSame(own, await guard.findReviewedPlan());
    if (!review.isAllowed) throw gateRefusal(stage);
    await guard.requireNotApplied();
    // once more, since the branch can move on at any time
    await guard.requireNewestCommit();
  });
  if (refusal !== undefined) {
    const line = formatReviewedPlan(own);
    log(fenceText(`${plan.text}\n\n${review.text.trimEnd()}`));
    log(`this plan is: ${line}`);
    summarize(refusalMarkdown(stage, refusal, line, plan, review));
    throw new UserError(
      `nothing was applied to stage ${stage}: ${refusal.message}`,
      refusal.hint ??
        `read the plan and its review above; to apply it, run the workflow manually with reviewed_plan: ${line}`,
    );
  }
  log(`applying the plan that was reviewed: ${formatReviewedPlan(own)}`);
  await guard.recordApply(() => workspace.apply(plan));
  summarize(appliedMarkdown(stage, plan));
  return true;
}

/** The reason that a check fails with; any other error than a reason is thrown. */
async function reasonOf(
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

function requireSame(own: ReviewedPlan, reviewed: ReviewedPlan): void {
  const differs = [
    ...(reviewed.tree === own.tree
      ? []
      : [
          `the code has changed since it was reviewed (tree ${own.tree}, reviewed ${reviewed.tree})`,
        ]),
    ...(reviewed.hash === own.hash
      ? []
      : [
          `the plan is another than the reviewed one (${own.hash}, reviewed ${reviewed.hash})`,
        ]),
  ];
  if (differs.length > 0) throw new UserError(differs.join("; "));
}

function gateRefusal(stage: string): UserError {
  return new UserError(
    "the review's policy stops this plan",
    `read the review above; what may happen to stage ${stage} all the same belongs in the allow-list, by a pull request`,
  );
}

function refusalMarkdown(
  stage: string,
  refusal: UserError,
  line: string,
  plan: StagePlan,
  review: RenderedReview,
): string {
  return [
    `### Stage \`${stage}\`: nothing was applied`,
    `Why: ${escapeMarkdown(refusal.message)}.`,
    ...(refusal.hint === undefined
      ? [
          "To apply exactly this plan, run this workflow manually on the same branch with this line as `reviewed_plan`:",
        ]
      : [`Hint: ${escapeMarkdown(refusal.hint)}.`, "The plan is:"]),
    formatCodeBlock(line),
    review.markdown.trimEnd(),
    "This is what would be done now:",
    `${formatCodeBlock(plan.text)}\n`,
  ].join("\n\n");
}

function appliedMarkdown(stage: string, { counts }: StagePlan): string {
  const { add, change, destroy } = counts;
  return `Stage \`${stage}\`: applied what was reviewed, ${add} added, ${change} changed, ${destroy} destroyed.\n`;
}
