import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  chooseStage,
  COMMON_HELP,
  COMMON_OPTIONS,
  EXIT_CODES,
} from "./lib/arguments";
import { runCommand, UsageError } from "./lib/cli";
import { planSummary, verdict } from "./lib/plan/plan-summary";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s plan -- [options]

Shows what a deployment of a stage would change, by Terraform itself, without changing anything, and the hash that names
this plan: another plan that would do the same has the same one. The text that is shown holds no secret.

Options:
  --format <format>         text (the default), or json: {"stage","stack","hash","add","change","destroy"}
  --detailed-exitcode       exit with 2 where something would be changed, and with 1 where an option is not accepted
  --summary <file>          add the plan to this Markdown file
${COMMON_HELP}

Example:
  npm run -s plan -- --stage dev

${EXIT_CODES}`;

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
        "detailed-exitcode": { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const { format, summary } = values;
    if (format !== "text" && format !== "json")
      throw new UsageError(
        `--format must be text or json, got ${JSON.stringify(format)}`,
      );
    const choice = chooseStage(values);
    const { stage, stackName: stack } = choice;
    return withStageWorkspace(choice, { log }, async (workspace) => {
      const plan = await workspace.plan();
      const { hash, counts } = plan;
      if (format === "json") {
        console.log(JSON.stringify({ stage, stack, hash, ...counts }));
      } else {
        console.log(plan.text.trimEnd());
        console.log(`\n${verdict(plan, stage)}\nplan ${hash}`);
      }
      if (summary !== undefined)
        appendFileSync(summary, `${planSummary(plan, stage)}\n`);
      return values["detailed-exitcode"] && plan.hasChanges ? EXIT_CHANGES : 0;
    });
  },
  { usage },
);
