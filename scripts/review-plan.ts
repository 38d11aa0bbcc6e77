import { appendFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { getEnvironment } from "../stacks/config/environment";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  resolveStage,
  validateCommonOptions,
} from "./lib/cli/options";
import { resolveAwsTarget } from "./lib/aws/client";
import { postReviewComment } from "./lib/ci/review-comment";
import { readGithubEvent } from "./lib/ci/github-event";
import { getPlanLine, recordReviewedPlan } from "./lib/ci/reviewed-plan";
import { runCommand, UsageError } from "./lib/cli/command";
import { parsePlanJson, type PlanJson } from "./lib/plan/plan-json";
import { readPlanProvenance } from "./lib/plan/plan-provenance";
import { countActions } from "./lib/plan/plan-summary";
import { withStageWorkspace } from "./lib/plan/stage-workspace";
import { ALLOWANCE_FILE, readAllowances } from "./lib/review/allowances";
import { renderJson } from "./lib/review/render/json";
import { renderMarkdown } from "./lib/review/render/markdown";
import {
  GATE_POLICIES,
  parseGatePolicy,
  type PlanReview,
} from "./lib/review/review-model";
import { readPlanJson } from "./lib/plan/plan-source";
import { reviewPlan } from "./lib/review/review-plan";
import { renderSarif } from "./lib/review/render/sarif";
import { renderText } from "./lib/review/render/text";
import { fenceOutput, fenceText } from "./lib/cli/log-fence";

const HELP = `Usage: npm run -s review-plan -- [<plan>] [options]

Review what a Terraform plan means for those who sign in: what is lost, broken or weakened, who gains access, and what is
not reviewed. No output has a secret. Nothing is changed.

<plan> is a plan file, the JSON that terraform show -json prints of it, or - for that JSON on standard input. Without it
the stage is synthesized and planned.

Options:
  --format <format>         text, markdown, json (scripts/plan-review.schema.json) or sarif (default: text)
  --policy <policy>         exit with 3 if the plan has findings that the allow-list does not permit: off, data-loss
                            (users, client ids, secrets, groups, names), breaking (also what stops working), or weakening
                            (also less protection, access that is gained, and what is not reviewed) (default: off)
  --allowances <file>       allow-list, as [{"address", "rule", "reason", "expires"}]: the name of a rule or a list of
                            names, and the last day as 2030-01-31, within 400 days; with "stage" for one stage
                            (default: ${ALLOWANCE_FILE}, if it exists)
  --chdir <directory>       directory in which a plan file was made (default: its own)
  --summary <file>          add the review to this Markdown file
  --comment                 in a GitHub workflow of a pull request: write the review as one comment, with GITHUB_TOKEN
  --record                  in a GitHub workflow of a pull request: record the plan on its newest commit, unless the policy
                            stops it, so that apply-reviewed finds it after the merge
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s review-plan -- --stage dev
  terraform show -json plan.tfplan | npm run -s review-plan -- - --format markdown --policy weakening

Exit code: 0 done; 1 it cannot be done, for the reason that is printed; 2 an option is not accepted; 3 the policy stops
this plan; 70 an internal error.`;

const log = console.error;

const FORMS: Readonly<Record<string, (review: PlanReview) => string>> = {
  text: (review) =>
    renderText(review, {
      colors: process.stdout.isTTY && (getEnvironment().NO_COLOR ?? "") === "",
    }),
  markdown: renderMarkdown,
  json: renderJson,
  sarif: renderSarif,
};

const EXIT_STOPPED = 3;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      format: { type: "string", default: "text" },
      policy: { type: "string", default: "off" },
      allowances: { type: "string" },
      chdir: { type: "string" },
      summary: { type: "string" },
      comment: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const form = Object.hasOwn(FORMS, values.format)
    ? FORMS[values.format]
    : undefined;
  if (form === undefined)
    throw new UsageError(
      `--format must be ${Object.keys(FORMS).join(", ")}, got ${JSON.stringify(values.format)}`,
    );
  const policy = parseGatePolicy(values.policy);
  if (policy === undefined)
    throw new UsageError(
      `--policy must be ${GATE_POLICIES.join(", ")}, got ${JSON.stringify(values.policy)}`,
    );
  const [given, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`one plan is reviewed, got ${positionals.length}`);
  if (values.comment || values.record) readGithubEvent(getEnvironment());
  const allowances = readAllowances(values.allowances);
  const { stage, plan } = await planOf(given, values);
  const today = new Date().toISOString().slice(0, 10);
  const review = reviewPlan(plan, { stage, policy, allowances, today });
  const shown = form(review).trimEnd();
  console.log(
    ["text", "markdown"].includes(values.format) ? fenceOutput(shown) : shown,
  );
  if (given === undefined) {
    const reviewed = await getPlanLine(review.hash);
    log(
      reviewed.line === undefined ? reviewed.reason : `plan ${reviewed.line}`,
    );
  }
  const markdown = renderMarkdown(review);
  if (values.summary !== undefined)
    appendFileSync(values.summary, `${markdown}\n`);
  if (values.comment) await postReviewComment(getEnvironment(), markdown, log);
  if (!review.gate.passes) {
    log(
      fenceText(
        `the policy ${policy} stops this plan; to let it pass, write this into ${values.allowances ?? ALLOWANCE_FILE}, with a reason for each new entry:\n${review.gate.allowList ?? "[]"}`,
      ),
    );
    return EXIT_STOPPED;
  }
  if (values.record)
    await recordReviewedPlan(
      getEnvironment(),
      review.stage ?? "",
      { hash: review.hash, counts: countActions(plan), json: plan },
      log,
    );
  return 0;
});

/** The plan that is given, or one that is made of the stage. */
async function planOf(
  given: string | undefined,
  values: Parameters<typeof resolveStage>[0] & {
    readonly chdir?: string | undefined;
  },
): Promise<{ readonly stage: string | undefined; readonly plan: PlanJson }> {
  if (given === undefined) {
    const choice = resolveStage(values);
    return withStageWorkspace(choice, { log }, async (workspace) => ({
      stage: choice.stage,
      plan: (await workspace.plan()).json,
    }));
  }
  validateCommonOptions(values);
  const text = await readPlanJson({
    plan: given,
    directory: values.chdir,
    target: resolveAwsTarget(values, getEnvironment()),
    log,
  });
  const provenance = readPlanProvenance(values.chdir ?? path.dirname(given));
  const plan = parsePlanJson(text);
  return {
    stage: values.stage,
    plan: provenance === undefined ? plan : { ...plan, provenance },
  };
}
