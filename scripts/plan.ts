import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { getPlanLine } from "./lib/ci/reviewed-plan";
import { runCommand } from "./lib/cli/command";
import { fenceOutput } from "./lib/cli/log-fence";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireChoice,
  resolveStage,
} from "./lib/cli/options";
import { formatPlanCounts, formatPlanSummary } from "./lib/plan/plan-summary";
import {
  requireWritablePlanFile,
  withStageWorkspace,
} from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s plan -- [options]

Show the changes that a deployment of a stage would make.

Prints Terraform's plan, which contains no secret, and its line for apply-reviewed. The line contains the hash of the plan
and Git's hash of the files. Plans that make the same changes have the same hash.

Options:
  --format <format>         text (default), or json:
                            {"stage","stack","hash","line","add","change","destroy"}; line is null if there is none
  --out <file>              save the plan file for terraform show and apply; it contains secrets in plaintext
  --detailed-exitcode       exit with 2 if there are changes, and with 1 for an invalid option
  --summary <file>          append the plan to this Markdown file
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s plan -- --stage dev
  npm run -s plan -- --stage dev --out plan.tfplan

${EXIT_CODES_HELP}`;

const EXIT_CHANGES = 2;
const usage = process.argv.includes("--detailed-exitcode") ? 1 : undefined;
const log = console.error;

void runCommand(
  async () => {
    const { values } = parseArgs({
      options: {
        ...COMMON_OPTIONS,
        format: { type: "string", default: "text" },
        summary: { type: "string" },
        out: { type: "string" },
        "detailed-exitcode": { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const { summary, out } = values;
    const format = requireChoice("format", values.format, ["text", "json"]);
    if (out !== undefined) requireWritablePlanFile(out);
    const target = resolveStage(values);
    const { stage, stackName: stack } = target;
    return withStageWorkspace(target, { log }, async (workspace) => {
      const plan = await workspace.plan();
      const { hash, counts } = plan;
      const reviewed = await getPlanLine(hash);
      if (format === "json") {
        const line = reviewed.line ?? null;
        console.log(JSON.stringify({ stage, stack, hash, line, ...counts }));
      } else {
        console.log(fenceOutput(plan.text.trimEnd()));
        console.log(
          `\n${formatPlanCounts(plan, stage)}\nplan ${reviewed.line ?? hash}`,
        );
        if (reviewed.line === undefined) log(reviewed.reason);
      }
      if (out !== undefined) {
        workspace.save(plan, out);
        log(`saved ${out}: it contains secrets in plaintext`);
      }
      if (summary !== undefined)
        appendFileSync(summary, `${formatPlanSummary(plan, stage)}\n`);
      return values["detailed-exitcode"] && plan.hasChanges ? EXIT_CHANGES : 0;
    });
  },
  { usage },
);
