import { parseArgs } from "node:util";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  DRIFT_ADVICE,
  formatDriftMarkdown,
  findDrift,
  formatDriftText,
} from "./lib/plan/drift";
import { buildPlanModel } from "./lib/plan/plan-model";
import { toPlainText } from "./lib/plan/rich-text";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s drift -- [options]

Report what was changed outside Terraform in a deployed stage: a callback URL, a group's role, a protection that was turned
off, a resource that was deleted. Compares AWS with the state of the stage, and changes neither. Secrets are not printed.

Options:
  --format <format>         text (the default), markdown, or json: {"stage","stack","drift":[…]}
${COMMON_OPTIONS_HELP}

Example:
  npm run -s drift -- --stage dev

Exit code: 0 no drift; 2 drift; 1 it cannot be compared, for the reason that is printed, or an option is not accepted; 70
an internal error.`;

const EXIT_DRIFT = 2;
const EXIT_UNKNOWN = 1;
const FORMATS = ["text", "markdown", "json"];
const log = console.error;

void runCommand(
  async () => {
    const { values } = parseArgs({
      options: {
        ...COMMON_OPTIONS,
        format: { type: "string", default: "text" },
      },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    const { format } = values;
    if (!FORMATS.includes(format))
      throw new UsageError(
        `--format must be one of ${FORMATS.join(", ")}, got ${JSON.stringify(format)}`,
      );
    const choice = resolveStage(values);
    const { stage, stackName: stack } = choice;
    const drift = await withStageWorkspace(choice, { log }, async (workspace) =>
      findDrift(buildPlanModel(await workspace.refresh())),
    );
    if (format === "json")
      console.log(
        JSON.stringify({
          stage,
          stack,
          drift: drift.map(({ address, resource, kind, values }) => ({
            address,
            what: toPlainText(resource),
            kind,
            values,
          })),
        }),
      );
    else if (format === "markdown")
      console.log(formatDriftMarkdown(drift, stage));
    else console.log(formatDriftText(drift, stage));
    if (drift.length === 0) return 0;
    log(DRIFT_ADVICE);
    return EXIT_DRIFT;
  },
  { usage: EXIT_UNKNOWN },
);
