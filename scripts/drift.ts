import { parseArgs } from "node:util";
import { runCommand } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  requireChoice,
  resolveStage,
} from "./lib/cli/options";
import {
  DRIFT_ADVICE,
  findDrift,
  formatDriftMarkdown,
  formatDriftText,
} from "./lib/plan/drift";
import { buildPlanModel } from "./lib/plan/plan-model";
import { toPlainText } from "./lib/plan/rich-text";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s drift -- [options]

Report the changes that were made to a stage outside Terraform.

Compares AWS with the state, such as callback URLs, roles of groups, protection settings and deleted resources. The command
changes neither, and prints no secret.

Options:
  --format <format>         text (default), markdown, or json: {"stage","stack","drift":[…]}
${COMMON_OPTIONS_HELP}

Example:
  npm run -s drift -- --stage dev

Exit codes: 0 no drift; 1 error or invalid option; 2 drift; 70 internal error.`;

const EXIT_DRIFT = 2;
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
    const format = requireChoice("format", values.format, FORMATS);
    const target = resolveStage(values);
    const { stage, stackName: stack } = target;
    const drifts = await withStageWorkspace(
      target,
      { log },
      async (workspace) => findDrift(buildPlanModel(await workspace.refresh())),
    );
    if (format === "json") {
      const drift = drifts.map(
        ({ address, resource, kind, values: changes }) => ({
          address,
          what: toPlainText(resource),
          kind,
          values: changes,
        }),
      );
      console.log(JSON.stringify({ stage, stack, drift }));
    } else if (format === "markdown")
      console.log(formatDriftMarkdown(drifts, stage));
    else console.log(formatDriftText(drifts, stage));
    if (drifts.length === 0) return 0;
    log(DRIFT_ADVICE);
    return EXIT_DRIFT;
  },
  { usage: 1 },
);
