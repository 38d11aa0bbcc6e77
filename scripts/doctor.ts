import { defineCommand } from "./lib/cli/command";
import { escapeJson } from "./lib/cli/escape";
import { fenceOutput } from "./lib/cli/log-fence";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import { hasColors } from "./lib/cli/terminal";
import { CHECKS, SLOW_CHECKS } from "./lib/doctor/checks";
import { createDoctorContext } from "./lib/doctor/context";
import { renderMarkdown } from "./lib/doctor/render/markdown";
import { renderText } from "./lib/doctor/render/text";
import { runChecks } from "./lib/doctor/run-checks";

const EXIT_CODES = { ok: 0, error: 1, failed: 3 } as const;
const log = console.error;

export const command = defineCommand({
  description:
    "Compares the settings, the state, AWS and the tools of this machine, and prints how to fix each problem. Changes nothing, and prints no secret. A check without permission is skipped.",
  options: {
    format: {
      type: "text",
      description: "format of the report",
      choices: {
        text: "for a terminal",
        markdown: "for an issue or a summary",
        json: '{"version","stage","checks":[…],"counts"}',
      },
      default: "text",
    },
    drift: {
      type: "flag",
      description:
        "also look for changes outside Terraform, which takes as long as a plan",
    },
    ...STAGE_OPTIONS,
  },
  examples: [
    "veda-auth doctor --stage dev",
    "veda-auth doctor --stage dev --format json",
  ],
  exitCodes: {
    0: "no check failed",
    1: "a check could not run",
    3: "a check failed",
  },
  run: async (values) => {
    const target = resolveStage(values);
    log(`Checking ${target.stackName}…`);
    const { report, verdict } = await runChecks(
      values.drift ? [...CHECKS, ...SLOW_CHECKS] : CHECKS,
      createDoctorContext(target, log),
    );
    const formatters = {
      text: () =>
        fenceOutput(
          renderText(report, { hasColors: hasColors(process.stdout) }),
        ),
      markdown: () => renderMarkdown(report),
      json: () => escapeJson(JSON.stringify(report)),
    };
    console.log(formatters[values.format]());
    return EXIT_CODES[verdict];
  },
});
