import { type AdoptionContext, withAdoption } from "./lib/adoption/context";
import { planAdoption } from "./lib/adoption/plan";
import {
  formatAdoptionJson,
  formatAdoptionReport,
} from "./lib/adoption/report";
import { getStep, listRemainingSteps } from "./lib/adoption/steps";
import { requireAccount } from "./lib/aws/caller";
import { defineCommand } from "./lib/cli/command";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import { withTerminal } from "./lib/cli/terminal";
import { UsageError } from "./lib/cli/usage-error";
import { readAllowances } from "./lib/review/allowances";

const EXIT_BLOCKED = 3;
/** Steps that change nothing. */
const READING_STEPS: readonly unknown[] = ["plan", "status"];
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description:
    "Users, clients, secrets, groups, roles and identity ids stay the same. Disable the deployments of the stack first. Without a step, all steps from retain to finish run, with a question before each change of a live resource. Each step verifies that the previous one is complete. Run an interrupted step again.",
  argument: {
    name: "<step>",
    description: "step of the adoption",
    choices: {
      plan: "print what happens to every resource, and the settings that the stage lacks; changes nothing",
      retain: "make the stack retain every adopted resource when it is deleted",
      import:
        "import the resources into the stage's state; changes nothing live",
      apply:
        "apply the stage's configuration if nothing blocks it, and verify the result",
      finish: "verify the result again, and delete the stack",
      status: "print the completed steps and the next one",
      undo: "restore the stage's state and the stack's template; possible until apply",
    },
  },
  options: {
    "stack-name": {
      type: "text",
      value: "<name>",
      description: "name or ARN of the stack",
      defaultText: "{APP_NAME}-{STAGE}",
    },
    create: {
      type: "list",
      value: "<address>",
      description: "create this resource, which was deleted manually",
    },
    leave: {
      type: "list",
      value: "<logical id>",
      description: "leave this resource in AWS, unmanaged",
    },
    allowances: {
      type: "path",
      value: "<file>",
      description:
        "allow-list; entries for the rule adoption-change permit changes of values",
      defaultText: ".plan-allowances.json",
    },
    yes: {
      type: "flag",
      description:
        "answer every question with yes; required without a terminal",
    },
    format: {
      type: "text",
      description: "format of the step plan",
      choices: ["text", "json"],
      default: "text",
    },
    ...STAGE_OPTIONS,
  },
  examples: ["veda-auth adopt plan --stage dev", "veda-auth adopt --stage dev"],
  notes:
    "The directory .adoption/ contains the record of the adoption until finish or undo, readable by you only.",
  exitCodes: { 3: "the adoption is blocked, or a verification failed" },
  run: async (values, name) => {
    const step = name === undefined ? undefined : getStep(name);
    const { format } = values;
    if (format === "json" && name !== "plan")
      throw new UsageError("--format json requires the step plan");
    const stageTarget = resolveStage(values);
    if (!READING_STEPS.includes(name)) await requireAccount(stageTarget, log);
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
  },
});
