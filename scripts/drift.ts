import { defineCommand } from "./lib/cli/command";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import {
  DRIFT_ADVICE,
  type Drift,
  formatDriftMarkdown,
  formatDriftText,
} from "./lib/plan/drift";
import { toPlainText } from "./lib/plan/rich-text";
import { findStageDrift } from "./lib/rotation/stage-drift";

const EXIT_DRIFT = 2;
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description:
    "Compares AWS with the state, such as callback URLs, roles of groups, protection settings and deleted resources. The command changes neither, and prints no secret.",
  options: {
    format: {
      type: "text",
      description: "format of the report",
      choices: {
        text: "for a terminal",
        markdown: "for an issue or a summary",
        json: '{"stage","stack","drift":[…]}',
      },
      default: "text",
    },
    ...STAGE_OPTIONS,
  },
  examples: ["veda-auth drift --stage dev"],
  exitCodes: { 0: "no drift", 1: "error or invalid option", 2: "drift" },
  getUsageExitCode: () => 1,
  run: async (values) => {
    const target = resolveStage(values);
    const { stage, stackName: stack } = target;
    const drifts = await findStageDrift(target, log);
    const formatters = {
      text: () => formatDriftText(drifts, stage),
      markdown: () => formatDriftMarkdown(drifts, stage),
      json: () => JSON.stringify({ stage, stack, drift: drifts.map(toJson) }),
    };
    console.log(formatters[values.format]());
    if (drifts.length === 0) return 0;
    log(DRIFT_ADVICE);
    return EXIT_DRIFT;
  },
});

function toJson({ address, resource, kind, values }: Drift) {
  return { address, what: toPlainText(resource), kind, values };
}
