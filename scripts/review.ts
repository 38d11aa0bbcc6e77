import { appendFileSync } from "node:fs";
import path from "node:path";
import { getEnvironment } from "../stacks/config/environment";
import { readGithubEvent } from "./lib/ci/github-event";
import { postReviewComment } from "./lib/ci/review-comment";
import { getPlanLine, recordReviewedPlan } from "./lib/ci/reviewed-plan";
import { defineCommand } from "./lib/cli/command";
import { resolveUserPath } from "./lib/cli/invocation";
import { fenceOutput, fenceText } from "./lib/cli/log-fence";
import {
  requireValidOptions,
  resolveStage,
  withAlternative,
} from "./lib/cli/options";
import { hasColors } from "./lib/cli/terminal";
import type { PlanJson } from "./lib/plan/plan-json";
import { readPlanProvenance } from "./lib/plan/plan-provenance";
import { readPlan } from "./lib/plan/plan-source";
import { countActions } from "./lib/plan/plan-summary";
import { withStageWorkspace } from "./lib/plan/stage-workspace";
import { ALLOWANCE_FILE, readAllowances } from "./lib/review/allowances";
import { renderJson } from "./lib/review/render/json";
import { renderMarkdown } from "./lib/review/render/markdown";
import { renderSarif } from "./lib/review/render/sarif";
import { renderText } from "./lib/review/render/text";
import { EARLIER_POLICIES, type PlanReview } from "./lib/review/review-model";
import { reviewPlan } from "./lib/review/review-plan";

const EXIT_BLOCKED = 3;
const PLAN = "<plan>";
const log = console.error;

const RENDERERS = {
  text: (review: PlanReview) =>
    fenceOutput(
      renderText(review, { colors: hasColors(process.stdout) }).trimEnd(),
    ),
  markdown: (review: PlanReview) =>
    fenceOutput(renderMarkdown(review).trimEnd()),
  json: renderJson,
  sarif: renderSarif,
};

export const command = defineCommand({
  description:
    "Reports what is lost, broken or weakened, which access changes, and what is not reviewed. The command changes nothing and prints no secret. Without <plan>, the stage is synthesized and planned.",
  argument: {
    name: PLAN,
    description:
      "plan file, file with its JSON (terraform show -json), or - for JSON on standard input",
  },
  options: {
    format: {
      type: "text",
      description: "format of the review",
      choices: {
        text: "for a terminal",
        markdown: "for a pull request",
        json: "as in scripts/plan-review.schema.json",
        sarif: "for code scanning",
      },
      default: "text",
    },
    policy: {
      type: "text",
      description:
        "least severe findings that block the plan, unless the allow-list permits them",
      choices: {
        off: "none",
        "data-loss": "users, client ids, secrets, groups or names are lost",
        breaking: "also: something that works today will fail",
        weakening:
          "also: less protection, access that a rule reports, parts that are not reviewed",
      },
      earlierValues: EARLIER_POLICIES,
      default: "off",
    },
    allowances: {
      type: "path",
      value: "<file>",
      description: `allow-list, as [{"address", "rule", "reason", "expires"}]: rule is a name or a list of names, expires the last day, as YYYY-MM-DD, at most 400 days ahead; add "stage" for one stage`,
      defaultText: `${ALLOWANCE_FILE}, if it exists`,
    },
    chdir: {
      type: "path",
      value: "<directory>",
      description: "directory in which the plan file was created",
      defaultText: "directory of the file",
      requires: [PLAN],
    },
    summary: {
      type: "path",
      value: "<file>",
      description: "append the review as Markdown to this file",
    },
    comment: {
      type: "flag",
      description:
        "write the review as a comment of the pull request; in a GitHub workflow, with GITHUB_TOKEN",
    },
    record: {
      type: "flag",
      description:
        "record the plan for apply-reviewed, unless it is blocked; in a GitHub workflow",
    },
    ...withAlternative(PLAN, "stage", "region", "profile", "env-file"),
  },
  examples: [
    "veda-auth review --stage dev",
    "terraform show -json plan.tfplan | veda-auth review - --format markdown --policy weakening",
  ],
  exitCodes: { 3: "the policy blocks the plan" },
  run: async (values, argument) => {
    const { policy, summary } = values;
    const source =
      argument === undefined ? undefined : resolveUserPath(argument);
    if (values.comment || values.record) readGithubEvent(getEnvironment());
    const allowances = readAllowances(values.allowances);
    const { stage, plan } = await loadPlan(source, values);
    const today = new Date().toISOString().slice(0, 10);
    const review = reviewPlan(plan, { stage, policy, allowances, today });
    console.log(RENDERERS[values.format](review).trimEnd());
    if (source === undefined) {
      const reviewed = await getPlanLine(review.hash);
      log(
        reviewed.line === undefined ? reviewed.reason : `plan ${reviewed.line}`,
      );
    }
    const markdown = renderMarkdown(review);
    if (summary !== undefined) appendFileSync(summary, `${markdown}\n`);
    if (values.comment)
      await postReviewComment(getEnvironment(), markdown, log);
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
  },
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
    log,
  });
  const provenance = readPlanProvenance(values.chdir ?? path.dirname(source));
  return {
    stage: values.stage,
    plan: provenance === undefined ? plan : { ...plan, provenance },
  };
}
