import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  resolveStage,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import { getPlanLine } from "./lib/ci/reviewed-plan";
import {
  validatePlanFile,
  withStageWorkspace,
} from "./lib/plan/stage-workspace";
import { formatPlanCounts, formatPlanSummary } from "./lib/plan/plan-summary";
import { fenceOutput } from "./lib/cli/log-fence";

const HELP = `Usage: npm run -s plan -- [options]

Show what a deployment of a stage would change, by Terraform itself, without changing anything, and the line that
apply-reviewed accepts for this plan: its hash, which another plan that would do the same has too, and git's name for the
files. The text that is shown holds no secret.

Options:
  --format <format>         text (the default), or json:
                            {"stage","stack","hash","line","add","change","destroy"}; line is null if there is none
  --out <file>              save the plan as this file, which holds secrets in plaintext, for terraform show and apply
  --detailed-exitcode       exit with 2 if something would be changed, and with 1 if an option is not accepted
  --summary <file>          add the plan to this Markdown file
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s plan -- --stage dev
  npm run -s plan -- --stage dev --out plan.tfplan

${EXIT_CODES_HELP}`;

const log = console.error;

const EXIT_CHANGES = 2;
const usage = process.argv.includes("--detailed-exitcode") ? 1 : undefined;

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
    const { format, summary, out } = values;
    if (format !== "text" && format !== "json")
      throw new UsageError(
        `--format must be text or json, got ${JSON.stringify(format)}`,
      );
    if (out !== undefined) validatePlanFile(out);
    const choice = resolveStage(values);
    const { stage, stackName: stack } = choice;
    return withStageWorkspace(choice, { log }, async (workspace) => {
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
        log(`saved as ${out}: it holds secrets in plaintext`);
      }
      if (summary !== undefined)
        appendFileSync(summary, `${formatPlanSummary(plan, stage)}\n`);
      return values["detailed-exitcode"] && plan.hasChanges ? EXIT_CHANGES : 0;
    });
  },
  { usage },
);
