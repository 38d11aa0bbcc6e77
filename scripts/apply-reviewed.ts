import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
  EXIT_CODES_HELP,
} from "./lib/cli/options";
import { applyReviewed } from "./lib/ci/apply-reviewed";
import { readTreeHash, requireCleanCheckout } from "./lib/ci/checkout";
import {
  GithubGuard,
  createExplicitPlanGuard,
  type DeploymentGuard,
} from "./lib/ci/deployment-guard";
import { parseReviewedPlan, type ReviewedPlan } from "./lib/ci/reviewed-plan";
import { runCommand, UsageError } from "./lib/cli/command";
import { withStageWorkspace } from "./lib/plan/stage-workspace";
import { readAllowances } from "./lib/review/allowances";
import { renderMarkdown } from "./lib/review/render/markdown";
import { reviewPlan } from "./lib/review/review-plan";
import { renderText } from "./lib/review/render/text";

/** The policy of pr.yml. */
const POLICY = "weakening";

const HELP = `Usage: npm run -s apply-reviewed -- [options]

Apply exactly the reviewed plan to a stage.

The command plans again. It applies the plan only if the plan and the files of the checkout are those of the review, and if
policy ${POLICY} and the allow-list permit it. Otherwise it applies nothing, and prints the reason, the new plan and its
review. A plan without changes requires no review.

In a GitHub workflow, the reviewed plan is the one that was recorded for the pull request that the commit merges. The
commit must be the newest of its branch, and a plan can be applied once. Elsewhere, --reviewed is required.

Options:
  --reviewed <line>         the reviewed plan, as plan and review-plan print it: "sha256:… tree:…"; an empty value counts as
                            no option (default: read from GitHub with GITHUB_TOKEN)
  --outputs-file <file>     write the stage's outputs as {"<stack>": {"<name>": <value>}}, without sensitive ones
  --summary <file>          append a Markdown summary to this file
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
  const explicitPlan = parseExplicitPlan(values.reviewed.trim());
  const target = resolveStage(values);
  const guard = createGuard(target.stage, explicitPlan);
  await requireCleanCheckout();
  const allowances = readAllowances();
  const tree = await readTreeHash();
  const awsVersion = await guard.findAwsVersion();
  await withStageWorkspace(target, { log, awsVersion }, async (workspace) => {
    await applyReviewed(workspace, {
      stage: target.stage,
      tree,
      guard,
      review: ({ json }) => {
        const { stage } = target;
        const today = new Date().toISOString().slice(0, 10);
        const options = { stage, policy: POLICY, allowances, today } as const;
        const result = reviewPlan(json, options);
        return {
          isAllowed: result.gate.passes,
          text: renderText(result),
          markdown: renderMarkdown(result),
        };
      },
      log,
      writeSummary: (markdown) => {
        if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
      },
    });
    if (outputsFile !== undefined) await workspace.writeOutputs(outputsFile);
  });
  return 0;
});

function parseExplicitPlan(line: string): ReviewedPlan | undefined {
  if (line === "") return undefined;
  const plan = parseReviewedPlan(line);
  if (plan !== undefined) return plan;
  throw new UsageError(
    `--reviewed must be a line "sha256:<64 hex digits> tree:<40 hex digits>", got ${JSON.stringify(line)}`,
    "copy it from the output of plan, review-plan or the run that did not apply it",
  );
}

/** In GitHub Actions, an explicit plan must also be of the newest commit. Elsewhere it needs no call of GitHub. */
function createGuard(
  stage: string,
  explicitPlan: ReviewedPlan | undefined,
): DeploymentGuard {
  const env = getEnvironment();
  const isInWorkflow = env.GITHUB_ACTIONS === "true";
  if (explicitPlan !== undefined && !isInWorkflow)
    return createExplicitPlanGuard(explicitPlan);
  if (!isInWorkflow && (env.GITHUB_TOKEN ?? "") === "")
    throw new UserError(
      "--reviewed is required outside of a GitHub workflow",
      `npm run -s review-plan -- --stage ${stage} prints the line`,
    );
  return new GithubGuard(env, { stage, explicitPlan, log });
}
