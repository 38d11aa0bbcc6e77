import { parseArgs } from "node:util";
import { withAdoption, type AdoptionContext } from "./lib/adoption/context";
import { planAdoption } from "./lib/adoption/plan";
import {
  formatAdoptionJson,
  formatAdoptionReport,
} from "./lib/adoption/report";
import { getStep, listRemainingSteps, STEPS } from "./lib/adoption/steps";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  resolveStage,
} from "./lib/cli/options";
import { withTerminal } from "./lib/cli/terminal";
import { readAllowances } from "./lib/review/allowances";

const HELP = `Usage: npm run -s adopt -- [step] [options]

Adopt a CloudFormation stack of the CDK app as a stage of this project.

Users, clients, secrets, groups, roles and identity ids stay the same. Disable the deployments of the stack first.

Without a step, all steps from retain to finish run, with a question before each change of a live resource. Each step
verifies that the previous one is complete. Run an interrupted step again.

Steps:
  plan    print what happens to every resource, and the settings that the stage lacks; changes nothing
  retain  make the stack retain every adopted resource when it is deleted
  import  import the resources into the stage's state; changes nothing live
  apply   apply the stage's configuration if nothing blocks it, and verify the result
  finish  verify the result again, and delete the stack
  status  print the completed steps and the next one
  undo    restore the stage's state and the stack's template; possible until apply

Options:
  --stack-name <name>       name or ARN of the stack (default: {APP_NAME}-{STAGE})
  --create <address>        create this resource, which was deleted manually; repeatable
  --leave <logical id>      leave this resource in AWS, unmanaged; repeatable
  --allowances <file>       allow-list; entries for the rule adoption-change permit changes of values
                            (default: .plan-allowances.json)
  --yes                     answer every question with yes; required without a terminal
  --format <format>         text (default), or json for the step plan
${COMMON_OPTIONS_HELP}

The directory .adoption/ contains the record of the adoption until finish or undo, readable by you only.

Examples:
  npm run -s adopt -- plan --stage dev
  npm run -s adopt -- --stage dev

Exit codes: 0 success; 1 error; 2 invalid option; 3 the adoption is blocked, or a verification failed; 70 internal error.`;

const EXIT_BLOCKED = 3;
const log = console.error;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      "stack-name": { type: "string" },
      create: { type: "string", multiple: true, default: [] },
      leave: { type: "string", multiple: true, default: [] },
      allowances: { type: "string" },
      yes: { type: "boolean", default: false },
      format: { type: "string", default: "text" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [name = "all", ...others] = positionals;
  const step = getStep(name);
  const isKnown = step !== undefined || name === "plan" || name === "all";
  if (others.length > 0 || !isKnown)
    throw new UsageError(
      `step must be one of plan, ${Object.keys(STEPS).join(", ")}, got ${JSON.stringify(positionals.join(" "))}`,
    );
  const { format } = values;
  if (format !== "text" && (format !== "json" || name !== "plan"))
    throw new UsageError(
      `--format must be text, or json for the step plan, got ${JSON.stringify(format)}`,
    );
  const stageTarget = resolveStage(values);
  const run = async (context: AdoptionContext): Promise<number> => {
    if (name === "plan") {
      const plan = await planAdoption(context);
      const print =
        format === "json" ? formatAdoptionJson : formatAdoptionReport;
      console.log(print(plan, stageTarget.stage, context.unmanagedIds));
      return plan.blockers.length === 0 ? 0 : EXIT_BLOCKED;
    }
    const steps =
      step === undefined ? await listRemainingSteps(context) : [step];
    for (const next of steps) {
      const { isDone, messages } = await next(context);
      for (const line of messages) console.log(line);
      if (!isDone) return EXIT_BLOCKED;
    }
    return 0;
  };
  return withTerminal(
    {
      needs: "a step requires a confirmation",
      hint: "pass --yes to confirm every step",
    },
    (terminal) =>
      withAdoption(
        {
          stageTarget,
          stackName: values["stack-name"] ?? stageTarget.stackName,
          createAddresses: values.create,
          unmanagedIds: values.leave,
          allowances: readAllowances(values.allowances),
          confirm: async (question) =>
            values.yes || terminal().confirm(question),
          log,
        },
        run,
      ),
  );
});
