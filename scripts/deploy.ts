import { requireAccount } from "./lib/aws/caller";
import { defineCommand } from "./lib/cli/command";
import { STAGE_OPTIONS } from "./lib/cli/options";
import { hasColors, withTerminal } from "./lib/cli/terminal";
import { type Deployed, deployStage } from "./lib/deploy/deploy-stage";
import { resolveStackTargets, STACK_ARGUMENT } from "./lib/deploy/target";
import type { StackOutputs } from "./lib/plan/stage-workspace";
import { ALLOWANCE_FILE, readAllowances } from "./lib/review/allowances";
import { GATE_POLICIES } from "./lib/review/review-model";

const EXIT_BLOCKED = 3;
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description: `Shows the review of the plan, asks, and applies exactly that plan. Prints the outputs as JSON; everything else is on standard error. Sensitive outputs are redacted. Then checks the stage like doctor, without effect on the exit code.

Ctrl-C ends the command within 5 s while it plans. While it applies, the command ends after the plan is applied; Ctrl-C again interrupts Terraform.`,
  argument: {
    ...STACK_ARGUMENT,
    description: `${STACK_ARGUMENT.description}, or '*' for every stage of the app`,
  },
  options: {
    "auto-approve": {
      type: "flag",
      description: "apply without a question; required without a terminal",
    },
    "outputs-file": {
      type: "path",
      value: "<file>",
      description:
        'write the outputs as {"<stack>": {"<name>": <value>}}, without sensitive ones',
    },
    policy: {
      type: "text",
      description: `least severe findings that block the plan, unless ${ALLOWANCE_FILE} permits them`,
      choices: GATE_POLICIES,
      default: "off",
    },
    "no-doctor": {
      type: "flag",
      description: "do not check the stage after it is deployed",
    },
    ...STAGE_OPTIONS,
  },
  unknownOptionHint:
    "plain npx cdktf deploy has the options of cdktf, and no review",
  examples: [
    "veda-auth deploy --stage dev",
    "veda-auth deploy --stage dev --auto-approve --outputs-file outputs.json",
  ],
  exitCodes: { [EXIT_BLOCKED]: "the policy blocks the plan" },
  run: async (values, stack) => {
    const { policy, "outputs-file": outputsFile } = values;
    return withTerminal(
      {
        needs: "the plan must be confirmed",
        hint: "use --auto-approve to apply it without a question",
      },
      async (openTerminal) => {
        const terminal = values["auto-approve"] ? undefined : openTerminal();
        const targets = resolveStackTargets(stack, values);
        // before a stage of several is changed
        if (targets.length > 1)
          for (const target of targets) await requireAccount(target, log);
        const outputs: Record<string, Deployed["outputs"]> = {};
        let otherOutputs: StackOutputs = {};
        for (const target of targets) {
          const deployed = await deployStage(target, {
            policy,
            allowances: readAllowances(),
            outputsFile,
            otherOutputs,
            hasColors: hasColors(process.stderr),
            confirm: terminal && ((question) => terminal.confirm(question)),
            log,
          });
          if (deployed.isBlocked) {
            log(
              `policy ${policy} blocks the plan of stage ${target.stage}: nothing was applied to it`,
            );
            return EXIT_BLOCKED;
          }
          otherOutputs = deployed.fileOutputs;
          outputs[target.stackName] = deployed.outputs;
          for (const line of deployed.nextSteps) log(line);
        }
        const [only] = targets.length === 1 ? Object.values(outputs) : [];
        console.log(JSON.stringify(only ?? outputs, null, 2));
        if (values["no-doctor"]) return 0;
        const { logHealth } = await import("./lib/doctor/log-health");
        const health = { hasColors: hasColors(process.stderr), log };
        for (const target of targets) await logHealth(target, health);
        return 0;
      },
    );
  },
});
