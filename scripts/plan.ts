import { appendFileSync } from "node:fs";
import { getPlanLine } from "./lib/ci/reviewed-plan";
import { defineCommand } from "./lib/cli/command";
import { formatCommand, formatUserPath } from "./lib/cli/invocation";
import { fenceOutput } from "./lib/cli/log-fence";
import { STAGE_OPTIONS } from "./lib/cli/options";
import { resolveStackTarget, STACK_ARGUMENT } from "./lib/deploy/target";
import { formatPlanCounts, formatPlanSummary } from "./lib/plan/plan-summary";
import { formatSecretCommands } from "./lib/plan/placeholder-secrets";
import { requireWritablePlanFile } from "./lib/plan/plan-file";
import { withStageWorkspace } from "./lib/plan/stage-workspace";
import { quoteShellWord } from "./lib/system/shell";

const EXIT_CHANGES = 2;
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description:
    "Prints Terraform's plan, which contains no secret, and its line for apply-reviewed. The line contains the hash of the plan and Git's hash of the files. Plans that make the same changes have the same hash.",
  argument: STACK_ARGUMENT,
  options: {
    format: {
      type: "text",
      description: "format of the plan",
      choices: {
        text: "for a terminal",
        json: '{"stage","stack","hash","line","add","change","destroy"}; line is null if there is none',
      },
      default: "text",
    },
    out: {
      type: "path",
      value: "<file>",
      description:
        "save the plan file for terraform show and apply; it contains secrets in plaintext",
    },
    "detailed-exitcode": {
      type: "flag",
      description:
        "exit with 2 if there are changes, and with 1 for an invalid option",
    },
    summary: {
      type: "path",
      value: "<file>",
      description: "append the plan to this Markdown file",
    },
    ...STAGE_OPTIONS,
  },
  unknownOptionHint: "plain npx cdktf diff has the options of cdktf",
  examples: [
    "veda-auth plan --stage dev",
    "veda-auth plan --stage dev --out plan.tfplan",
  ],
  getUsageExitCode: (args) => (args.includes("--detailed-exitcode") ? 1 : 2),
  run: async (values, argument) => {
    const { format, summary, out } = values;
    if (out !== undefined) requireWritablePlanFile(out);
    const target = resolveStackTarget(argument, values);
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
        log(`saved ${formatUserPath(out)}: it contains secrets in plaintext`);
        log(
          `to review it: ${formatCommand("review", formatPath(out), "--chdir", formatPath(workspace.planDirectory))}`,
        );
      }
      for (const line of formatSecretCommands(plan.json, target, "existing"))
        log(`an identity provider has no client secret yet: ${line}`);
      if (summary !== undefined)
        appendFileSync(summary, `${formatPlanSummary(plan, stage)}\n`);
      return values["detailed-exitcode"] && plan.hasChanges ? EXIT_CHANGES : 0;
    });
  },
});

/** Formats a path as one word of the caller's shell. */
function formatPath(file: string): string {
  return quoteShellWord(formatUserPath(file));
}
