import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { writeFileAtomic } from "../stacks/write-file-atomic";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
  EXIT_CODES_HELP,
} from "./lib/cli/options";
import { applyReviewed, type RenderedReview } from "./lib/ci/apply-reviewed";
import { readTreeHash, requireCleanCheckout } from "./lib/ci/checkout";
import {
  GithubGuard,
  createExplicitPlanGuard,
  type DeploymentGuard,
} from "./lib/ci/deployment-guard";
import { parseReviewedPlan, type ReviewedPlan } from "./lib/ci/reviewed-plan";
import { runCommand, UsageError } from "./lib/cli/command";
import { withStageWorkspace, type StagePlan } from "./lib/plan/stage-workspace";
import { readAllowances } from "./lib/review/allowances";
import { renderMarkdown } from "./lib/review/render/markdown";
import { reviewPlan } from "./lib/review/review-plan";
import { renderText } from "./lib/review/render/text";

/** The same as in pr.yml. */
const POLICY = "weakening";

const HELP = `Usage: npm run -s apply-reviewed -- [options]

Apply to a stage exactly the plan that was reviewed. Plans again, and applies that plan only if the files of the checkout
and the plan are those of the review, and the allow-list lets it pass policy ${POLICY}. Otherwise nothing is applied, and
the reason, the new plan and its review are printed. Without changes there is nothing to review.

In a GitHub workflow the review is the plan that was recorded for the pull request that the commit is the merge of. The
commit must be the newest of its branch, and a plan is applied once. Elsewhere, --reviewed is required.

Options:
  --reviewed <line>         the plan that was reviewed, as plan and review-plan print it: "sha256:… tree:…"; empty is as if
                            it were left out (default: looked up at GitHub with GITHUB_TOKEN)
  --outputs-file <file>     write the stage's outputs as {"<stack>": {"<name>": <value>}}, sensitive ones left out
  --summary <file>          add to this Markdown file what was done, or is to be reviewed
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s apply-reviewed -- --stage dev --outputs-file "$HOME/cdk-outputs.json"
  npm run -s apply-reviewed -- --stage dev --reviewed "sha256:… tree:…"

${EXIT_CODES_HELP}`;

const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      ...COMMON_OPTIONS,
      reviewed: { type: "string", default: "" },
      "outputs-file": { type: "string" },
      summary: { type: "string" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { summary, "outputs-file": outputsFile } = values;
  const named = namedPlan(values.reviewed.trim());
  const choice = resolveStage(values);
  const guard = guardOf(choice.stage, named);
  await requireCleanCheckout();
  const allowances = readAllowances();
  const tree = await readTreeHash();
  const awsVersion = await guard.findAwsVersion();
  await withStageWorkspace(choice, { log, awsVersion }, async (workspace) => {
    await applyReviewed(workspace, {
      stage: choice.stage,
      tree,
      guard,
      review: (plan) => reviewed(plan, choice.stage, allowances),
      log,
      writeSummary: (markdown) => {
        if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
      },
    });
    if (outputsFile === undefined) return;
    const outputs = { [workspace.stackName]: await workspace.readOutputs() };
    writeFileAtomic(outputsFile, `${JSON.stringify(outputs, null, 2)}\n`);
  });
  return 0;
});

function namedPlan(line: string): ReviewedPlan | undefined {
  if (line === "") return undefined;
  const plan = parseReviewedPlan(line);
  if (plan !== undefined) return plan;
  throw new UsageError(
    `--reviewed must be a line "sha256:<64 hex digits> tree:<40 hex digits>", got ${JSON.stringify(line)}`,
    "plan and review-plan print it, and so does the run that was refused",
  );
}

/** In GitHub Actions also a plan that is named has to be of the newest commit; elsewhere GitHub is not called. */
function guardOf(
  stage: string,
  named: ReviewedPlan | undefined,
): DeploymentGuard {
  const env = getEnvironment();
  const isInWorkflow = env.GITHUB_ACTIONS === "true";
  if (named !== undefined && !isInWorkflow)
    return createExplicitPlanGuard(named);
  if (!isInWorkflow && (env.GITHUB_TOKEN ?? "") === "")
    throw new UserError(
      "--reviewed is required outside of a GitHub workflow",
      `npm run -s review-plan -- --stage ${stage} prints the line`,
    );
  return new GithubGuard(env, { stage, named, log });
}

function reviewed(
  plan: StagePlan,
  stage: string,
  allowances: ReturnType<typeof readAllowances>,
): RenderedReview {
  const today = new Date().toISOString().slice(0, 10);
  const review = reviewPlan(plan.json, {
    stage,
    policy: POLICY,
    allowances,
    today,
  });
  return {
    isAllowed: review.gate.passes,
    text: renderText(review),
    markdown: renderMarkdown(review),
  };
}
