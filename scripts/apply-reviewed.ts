import { appendFileSync } from "node:fs";
import { UserError } from "../constructs/errors";
import { getEnvironment } from "../stacks/config/environment";
import { applyReviewed } from "./lib/ci/apply-reviewed";
import { readTreeHash, requireCleanCheckout } from "./lib/ci/checkout";
import {
  createExplicitPlanGuard,
  type DeploymentGuard,
  GithubGuard,
} from "./lib/ci/deployment-guard";
import { parseReviewedPlan, type ReviewedPlan } from "./lib/ci/reviewed-plan";
import { defineCommand } from "./lib/cli/command";
import { formatCommand } from "./lib/cli/invocation";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import { UsageError } from "./lib/cli/usage-error";
import { formatSecretCommands } from "./lib/plan/placeholder-secrets";
import { withStageWorkspace } from "./lib/plan/stage-workspace";
import { readAllowances } from "./lib/review/allowances";
import { renderMarkdown } from "./lib/review/render/markdown";
import { renderText } from "./lib/review/render/text";
import { reviewPlan } from "./lib/review/review-plan";

/** The policy of pr.yml. */
const POLICY = "weakening";
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description: `Plans again, and applies the plan only if the plan and the files of the checkout are those of the review, and if policy ${POLICY} and the allow-list permit it. Otherwise it applies nothing, and prints the reason, the new plan and its review. A plan without changes requires no review.

In a GitHub workflow, the reviewed plan is the one that was recorded for the pull request that the commit merges. The commit must be the newest of its branch, and a plan can be applied once. Elsewhere, --reviewed is required.`,
  options: {
    reviewed: {
      type: "text",
      value: "<line>",
      description:
        'the reviewed plan, as plan and review print it: "sha256:… tree:…"; an empty value counts as no option',
      defaultText: "read from GitHub with GITHUB_TOKEN",
      canBeEmpty: true,
    },
    "outputs-file": {
      type: "path",
      value: "<file>",
      description:
        'write the stage\'s outputs as {"<stack>": {"<name>": <value>}}, without sensitive ones',
    },
    summary: {
      type: "path",
      value: "<file>",
      description: "append a Markdown summary to this file",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    'veda-auth apply-reviewed --stage dev --outputs-file "$HOME/cdk-outputs.json"',
    'veda-auth apply-reviewed --stage dev --reviewed "sha256:… tree:…"',
  ],
  run: async (values) => {
    const { summary, "outputs-file": outputsFile } = values;
    const explicitPlan = parseExplicitPlan(values.reviewed?.trim() ?? "");
    const target = resolveStage(values);
    const guard = createGuard(target.stage, explicitPlan);
    await requireCleanCheckout();
    const allowances = readAllowances();
    const tree = await readTreeHash();
    const awsVersion = await guard.findAwsVersion();
    let secretCommands: readonly string[] = [];
    await withStageWorkspace(
      target,
      { log, awsVersion, willChange: true },
      async (workspace) => {
        await applyReviewed(workspace, {
          stage: target.stage,
          tree,
          guard,
          review: ({ json }) => {
            const { stage } = target;
            secretCommands = formatSecretCommands(json, target, "all");
            const today = new Date().toISOString().slice(0, 10);
            const options = {
              stage,
              policy: POLICY,
              allowances,
              today,
            } as const;
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
        for (const line of secretCommands)
          log(`an identity provider has no client secret yet: ${line}`);
        if (outputsFile !== undefined)
          await workspace.writeOutputs(outputsFile);
      },
    );
    return 0;
  },
});

function parseExplicitPlan(line: string): ReviewedPlan | undefined {
  if (line === "") return undefined;
  const plan = parseReviewedPlan(line);
  if (plan !== undefined) return plan;
  throw new UsageError(
    `--reviewed must be a line "sha256:<64 hex digits> tree:<40 hex digits>", got ${JSON.stringify(line)}`,
    `copy it from the output of ${formatCommand("plan")}, ${formatCommand("review")} or the run that did not apply it`,
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
      `${formatCommand("review", "--stage", stage)} prints the line`,
    );
  return new GithubGuard(env, { stage, explicitPlan, log });
}
