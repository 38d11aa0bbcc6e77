import { appendFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { getEnvironment } from "../stacks/config/environment";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  resolveStage,
  requireValidOptions,
} from "./lib/cli/options";
import { resolveAwsTarget } from "./lib/aws/client";
import { postReviewComment } from "./lib/ci/review-comment";
import { readGithubEvent } from "./lib/ci/github-event";
import { getPlanLine, recordReviewedPlan } from "./lib/ci/reviewed-plan";
import { runCommand, UsageError } from "./lib/cli/command";
import type { PlanJson } from "./lib/plan/plan-json";
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
import { readPlan } from "./lib/plan/plan-source";
import { reviewPlan } from "./lib/review/review-plan";
import { renderSarif } from "./lib/review/render/sarif";
import { renderText } from "./lib/review/render/text";
import { fenceOutput, fenceText } from "./lib/cli/log-fence";

const HELP = `Usage: npm run -s review-plan -- [<plan>] [options]

Review a Terraform plan.

Reports what is lost, broken or weakened, which access changes, and what is not reviewed. The command changes nothing and
prints no secret.

<plan> is a plan file, a file with its JSON (terraform show -json), or - for JSON on standard input. Without <plan>, the stage
is synthesized and planned.

Options:
  --format <format>         text (default), markdown, json (scripts/plan-review.schema.json), or sarif
  --policy <policy>         least severe findings that block the plan, unless the allow-list permits them (default: off)
                            off        none
                            data-loss  users, client ids, secrets, groups or names are lost
                            breaking   also: something that works today will fail
                            weakening  also: less protection, access that a rule reports, parts that are not reviewed
  --allowances <file>       allow-list, as [{"address", "rule", "reason", "expires"}]: rule is a name or a list of names,
                            expires the last day, such as 2030-01-31, at most 400 days ahead; add "stage" for one stage
                            (default: ${ALLOWANCE_FILE}, if it exists)
  --chdir <directory>       directory in which the plan file was created (default: directory of the file)
  --summary <file>          append the review as Markdown to this file
  --comment                 write the review as a comment of the pull request; in a GitHub workflow, with GITHUB_TOKEN
  --record                  record the plan for apply-reviewed, unless it is blocked; in a GitHub workflow
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s review-plan -- --stage dev
  terraform show -json plan.tfplan | npm run -s review-plan -- - --format markdown --policy weakening

Exit codes: 0 success; 1 error; 2 invalid option; 3 the policy blocks the plan; 70 internal error.`;

const EXIT_BLOCKED = 3;
const log = console.error;

const RENDERERS: Readonly<Record<string, (review: PlanReview) => string>> = {
  text: (review) =>
    fenceOutput(
      renderText(review, {
        colors:
          process.stdout.isTTY && (getEnvironment().NO_COLOR ?? "") === "",
      }).trimEnd(),
    ),
  markdown: (review) => fenceOutput(renderMarkdown(review).trimEnd()),
  json: renderJson,
  sarif: renderSarif,
};

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
  const render = Object.hasOwn(RENDERERS, values.format)
    ? RENDERERS[values.format]
    : undefined;
  if (render === undefined)
    throw new UsageError(
      `--format must be one of ${Object.keys(RENDERERS).join(", ")}, got ${JSON.stringify(values.format)}`,
    );
  const policy = parseGatePolicy(values.policy);
  if (policy === undefined)
    throw new UsageError(
      `--policy must be one of ${GATE_POLICIES.join(", ")}, got ${JSON.stringify(values.policy)}`,
    );
  const [source, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`<plan> must be one plan, got ${positionals.length}`);
  if (values.comment || values.record) readGithubEvent(getEnvironment());
  const allowances = readAllowances(values.allowances);
  const { stage, plan } = await loadPlan(source, values);
  const today = new Date().toISOString().slice(0, 10);
  const review = reviewPlan(plan, { stage, policy, allowances, today });
  console.log(render(review).trimEnd());
  if (source === undefined) {
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
        `policy ${policy} blocks this plan; to let it pass, replace the content of ${values.allowances ?? ALLOWANCE_FILE} with this, and write a reason for each new entry:\n${review.gate.allowList ?? "[]"}`,
      ),
    );
    return EXIT_BLOCKED;
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

/** Reads a plan, or plans the stage if no plan is specified. */
async function loadPlan(
  source: string | undefined,
  values: Parameters<typeof resolveStage>[0] & {
    readonly chdir?: string | undefined;
  },
): Promise<{ readonly stage: string | undefined; readonly plan: PlanJson }> {
  if (source === undefined) {
    const target = resolveStage(values);
    return withStageWorkspace(target, { log }, async (workspace) => ({
      stage: target.stage,
      plan: (await workspace.plan()).json,
    }));
  }
  requireValidOptions(values);
  const plan = await readPlan({
    plan: source,
    directory: values.chdir,
    target: resolveAwsTarget(values, getEnvironment()),
    log,
  });
  const provenance = readPlanProvenance(values.chdir ?? path.dirname(source));
  return {
    stage: values.stage,
    plan: provenance === undefined ? plan : { ...plan, provenance },
  };
}
