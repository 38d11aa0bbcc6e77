import { UserError } from "../../../constructs/errors";
import { fenced, inText } from "../plan/plan-summary";
import type { StagePlan, StageWorkspace } from "../plan/stage-workspace";
import { formatReviewedPlan, type ReviewedPlan } from "./reviewed-plan";

export interface ApplyOptions {
  readonly stage: string;
  /** Git's name for the files that the plan is made from. */
  readonly tree: string;
  /**
   * Finds the plan that was reviewed; asked only when there is something to apply.
   *
   * @throws UserError when there is none
   */
  readonly findReviewed: () => Promise<ReviewedPlan>;
  /** Told what is done, a line at a time. */
  readonly log: (line: string) => void;
  /** Given what a person has to read, as Markdown. */
  readonly summarize: (markdown: string) => void;
}

/**
 * Plans anew, and applies that plan when it is the one that was reviewed, of the same files; whether anything was
 * applied.
 *
 * @throws UserError when it is another, or none was reviewed; nothing is applied then, and the plan has been shown
 */
export async function applyReviewed(
  workspace: Pick<StageWorkspace, "plan" | "apply">,
  { stage, tree, findReviewed, log, summarize }: ApplyOptions,
): Promise<boolean> {
  const plan = await workspace.plan();
  if (!plan.hasChanges) {
    log(`stage ${stage} is as the code and its settings have it: no changes`);
    summarize(`Stage \`${stage}\`: no changes.\n`);
    return false;
  }
  const own = { hash: plan.hash, tree };
  const problem = await problemWithReview(own, findReviewed);
  if (problem !== undefined) {
    const line = formatReviewedPlan(own);
    for (const told of plan.text.split("\n")) log(told);
    log(`this plan is: ${line}`);
    summarize(refusal(stage, problem, line, plan));
    throw new UserError(
      `nothing was applied to stage ${stage}: ${problem.message}`,
      `read the plan above; to apply it, run the workflow by hand with reviewed_plan: ${line}`,
    );
  }
  log(`applying the plan that was reviewed: ${formatReviewedPlan(own)}`);
  await workspace.apply(plan);
  summarize(applied(stage, plan));
  return true;
}

/** Why a plan is not the reviewed one; `undefined` when it is. */
async function problemWithReview(
  own: ReviewedPlan,
  findReviewed: () => Promise<ReviewedPlan>,
): Promise<UserError | undefined> {
  let reviewed: ReviewedPlan;
  try {
    reviewed = await findReviewed();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
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
  return differs.length === 0 ? undefined : new UserError(differs.join("; "));
}

function refusal(
  stage: string,
  problem: UserError,
  line: string,
  plan: StagePlan,
): string {
  return [
    `### Stage \`${stage}\`: nothing was applied`,
    `Why: ${inText(problem.message)}.`,
    "This is what would be done now:",
    fenced(plan.text),
    "To apply exactly this, run this workflow by hand on the same branch with this line as `reviewed_plan`:",
    fenced(line),
  ].join("\n\n");
}

function applied(stage: string, { counts }: StagePlan): string {
  const { add, change, destroy } = counts;
  return `Stage \`${stage}\`: applied what was reviewed, ${add} added, ${change} changed, ${destroy} destroyed.\n`;
}
