import { appendFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { environment } from "../stacks/config";
import {
  chooseStage,
  COMMON_HELP,
  COMMON_OPTIONS,
  requireFit,
} from "./lib/arguments";
import { awsPlace } from "./lib/aws-client";
import { commentReview } from "./lib/ci/review-comment";
import { githubEvent } from "./lib/ci/github-event";
import { planLine } from "./lib/ci/plan-line";
import { recordForReview } from "./lib/ci/plan-record";
import { runCommand, UsageError } from "./lib/cli";
import { parsePlanJson, type PlanJson } from "./lib/plan/plan-json";
import { planProvenance } from "./lib/plan/plan-provenance";
import { countsOf, withStageWorkspace } from "./lib/plan/stage-workspace";
import { ALLOWANCE_FILE, readAllowances } from "./lib/review/allowance-file";
import { reviewJson } from "./lib/review/render/json";
import { reviewMarkdown } from "./lib/review/render/markdown";
import {
  GATE_POLICIES,
  gatePolicy,
  type PlanReview,
} from "./lib/review/plan-review";
import { planJsonText } from "./lib/review/plan-source";
import { reviewPlan } from "./lib/review/review-plan";
import { reviewSarif } from "./lib/review/render/sarif";
import { reviewText } from "./lib/review/render/text";
import { fenceOutput, fenceText } from "./lib/terraform/log-fence";

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
${COMMON_HELP}

Examples:
  npm run -s review-plan -- --stage dev
  terraform show -json plan.tfplan | npm run -s review-plan -- - --format markdown --policy weakening

Exit code: 0 done; 1 it cannot be done, for the reason that is printed; 2 an option is not accepted; 3 the policy stops
this plan; 70 an internal error.`;

const log = console.error;

const FORMS: Readonly<Record<string, (review: PlanReview) => string>> = {
  text: (review) =>
    reviewText(review, {
      colors: process.stdout.isTTY && (environment().NO_COLOR ?? "") === "",
    }),
  markdown: reviewMarkdown,
  json: reviewJson,
  sarif: reviewSarif,
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
  const policy = gatePolicy(values.policy);
  if (policy === undefined)
    throw new UsageError(
      `--policy must be ${GATE_POLICIES.join(", ")}, got ${JSON.stringify(values.policy)}`,
    );
  const [given, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`one plan is reviewed, got ${positionals.length}`);
  if (values.comment || values.record) githubEvent(environment());
  const allowances = readAllowances(values.allowances);
  const { stage, plan } = await planOf(given, values);
  const today = new Date().toISOString().slice(0, 10);
  const review = reviewPlan(plan, { stage, policy, allowances, today });
  const shown = form(review).trimEnd();
  console.log(
    ["text", "markdown"].includes(values.format) ? fenceOutput(shown) : shown,
  );
  if (given === undefined) {
    const reviewed = await planLine(review.hash);
    log(
      reviewed.line === undefined ? reviewed.reason : `plan ${reviewed.line}`,
    );
  }
  const markdown = reviewMarkdown(review);
  if (values.summary !== undefined)
    appendFileSync(values.summary, `${markdown}\n`);
  if (values.comment) await commentReview(environment(), markdown, log);
  if (!review.gate.passes) {
    log(
      fenceText(
        `the policy ${policy} stops this plan; to let it pass, write this into ${values.allowances ?? ALLOWANCE_FILE}, with a reason for each new entry:\n${review.gate.allowList ?? "[]"}`,
      ),
    );
    return EXIT_STOPPED;
  }
  if (values.record)
    await recordForReview(
      environment(),
      review.stage ?? "",
      { hash: review.hash, counts: countsOf(plan), json: plan },
      log,
    );
  return 0;
});

/** The plan that is given, or one that is made of the stage. */
async function planOf(
  given: string | undefined,
  values: Parameters<typeof chooseStage>[0] & {
    readonly chdir?: string | undefined;
  },
): Promise<{ readonly stage: string | undefined; readonly plan: PlanJson }> {
  if (given === undefined) {
    const choice = chooseStage(values);
    return withStageWorkspace(choice, { log }, async (workspace) => ({
      stage: choice.stage,
      plan: (await workspace.plan()).json,
    }));
  }
  requireFit(values);
  const text = await planJsonText({
    plan: given,
    directory: values.chdir,
    place: awsPlace(values, environment()),
    log,
  });
  const provenance = planProvenance(values.chdir ?? path.dirname(given));
  const plan = parsePlanJson(text);
  return {
    stage: values.stage,
    plan: provenance === undefined ? plan : { ...plan, provenance },
  };
}
