import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { environment } from "../stacks/config";
import { replaceFile } from "../stacks/replace-file";
import {
  chooseStage,
  COMMON_HELP,
  COMMON_OPTIONS,
  EXIT_CODES,
} from "./lib/arguments";
import { applyReviewed } from "./lib/ci/apply-reviewed";
import { checkoutTree, requireCleanCheckout } from "./lib/ci/checkout";
import { GithubClient } from "./lib/ci/github-client";
import { required } from "./lib/ci/github-event";
import {
  findReviewedPlan,
  parseReviewedPlan,
  type ReviewedPlan,
} from "./lib/ci/reviewed-plan";
import { runCommand, UsageError } from "./lib/cli";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s apply-reviewed -- [options]

Applies to a stage exactly the plan that was reviewed. Plans anew, and goes on only when the files of the checkout and the
plan are those of the review; otherwise nothing is applied, and what differs is told with the new plan. Without changes
there is nothing to review. In a GitHub workflow the review is looked up: the plan that was recorded for the pull request
that the commit is the merge of.

Options:
  --reviewed <line>         the plan that was reviewed, as "sha256:… tree:…"; empty is as if it were left out
                            (default: looked up at GitHub with GITHUB_TOKEN)
  --outputs-file <file>     write the stage's outputs as {"<stack>": {"<name>": <value>}}, sensitive ones left out
  --summary <file>          add to this Markdown file what was done, or is to be reviewed
${COMMON_HELP}

Example:
  npm run -s apply-reviewed -- --stage dev --outputs-file "$HOME/cdk-outputs.json"

${EXIT_CODES}`;

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
  const given = givenPlan(values.reviewed.trim());
  const choice = chooseStage(values);
  await requireCleanCheckout();
  const tree = await checkoutTree();
  await withStageWorkspace(choice, { log }, async (workspace) => {
    await applyReviewed(workspace, {
      stage: choice.stage,
      tree,
      findReviewed: async () => given ?? recordedPlan(choice.stage),
      log,
      summarize: (markdown) => {
        if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
      },
    });
    if (outputsFile === undefined) return;
    const outputs = { [workspace.stackName]: await workspace.outputs() };
    replaceFile(outputsFile, `${JSON.stringify(outputs, null, 2)}\n`);
  });
  return 0;
});

function givenPlan(line: string): ReviewedPlan | undefined {
  if (line === "") return undefined;
  const plan = parseReviewedPlan(line);
  if (plan !== undefined) return plan;
  throw new UsageError(
    `--reviewed must be a line "sha256:<64 hex digits> tree:<40 hex digits>", got ${JSON.stringify(line)}`,
    "the run that was refused shows it",
  );
}

/** The plan of the pull request that this workflow's commit is the merge of. */
async function recordedPlan(stage: string): Promise<ReviewedPlan> {
  const env = environment();
  return findReviewedPlan(new GithubClient(env, { log }), {
    sha: required(env, "GITHUB_SHA"),
    branch: required(env, "GITHUB_REF_NAME"),
    stage,
  });
}
