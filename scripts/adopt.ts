import { parseArgs } from "node:util";
import {
  formatAdoptionJson,
  formatAdoptionReport,
} from "./lib/adoption/report";
import { withAdoption, type AdoptionContext } from "./lib/adoption/context";
import { planAdoption } from "./lib/adoption/plan";
import { listRemainingSteps, STEPS, getStep } from "./lib/adoption/steps/index";
import {
  resolveStage,
  COMMON_OPTIONS_HELP,
  COMMON_OPTIONS,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import { readAllowances } from "./lib/review/allowances";
import { withTerminal } from "./lib/cli/terminal";

const HELP = `Usage: npm run -s adopt -- [step] [options]

Takes a live CloudFormation stack, as the CDK app made it, over as a stage of this project: users, clients, secrets,
groups, roles and identity ids stay as they are. Stop what deploys the stack first.

Steps, each of which looks first whether the one before holds; without one, plan to finish, with a question before
each that changes something live. One that was killed is run again.
  plan    show what would become of every resource, and which settings the stage lacks; changes nothing
  retain  have the stack keep everything that is taken over when it goes
  import  take it into the stage's state; nothing live changes
  apply   have it be what the stage's code says, if nothing of that is a loss, and check it
  finish  check again, delete the stack, and check again
  status  say how far it has come, and what is next
  undo    until apply: put the state and the stack's template back

Options:
  --stack-name <name>       name or ARN of the stack (default: the stage's, {APP_NAME}-{STAGE})
  --create <address>        let this be made, since somebody deleted by hand what it is for; may be given more than once
  --leave <logical id>      keep this in AWS as nobody's, since the code has nothing for it; may be given more than once
  --allowances <file>       allow-list of values that may change: its entries for the rule adoption-change
                            (default: .plan-allowances.json)
  --yes                     ask nothing; needed where there is no terminal
  --format <format>         of plan: text (the default), or json
${COMMON_OPTIONS_HELP}

What is needed to go on or to undo lies in .adoption/ of this folder, readable by you alone, until finish or undo.

Exit code: 0 done; 3 something would be lost or differs, as is told; 1 it cannot be done, for the reason that is told;
2 an option is not accepted; 70 a defect.`;

const EXIT_STOPPED = 3;
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
  const [name = "all", ...more] = positionals;
  const step = getStep(name);
  const isKnown = step !== undefined || name === "plan" || name === "all";
  if (more.length > 0 || !isKnown)
    throw new UsageError(
      `step must be one of plan, ${Object.keys(STEPS).join(", ")}, got ${JSON.stringify(positionals.join(" "))}`,
    );
  const { format } = values;
  if (format !== "text" && (format !== "json" || name !== "plan"))
    throw new UsageError(
      `--format must be text, or json for the step plan, got ${JSON.stringify(format)}`,
    );
  const choice = resolveStage(values);
  const run = async (context: AdoptionContext): Promise<number> => {
    if (name === "plan") {
      const plan = await planAdoption(context);
      const form =
        format === "json" ? formatAdoptionJson : formatAdoptionReport;
      console.log(form(plan, choice.stage, values.leave));
      return plan.stops.length === 0 ? 0 : EXIT_STOPPED;
    }
    const steps =
      step === undefined ? await listRemainingSteps(context) : [step];
    for (const next of steps) {
      const { isDone, told } = await next(context);
      for (const line of told) console.log(line);
      if (!isDone) return EXIT_STOPPED;
    }
    return 0;
  };
  return withTerminal(
    { needs: "a step has to be agreed to", hint: "--yes asks nothing" },
    (terminal) =>
      withAdoption(
        {
          choice,
          stackName: values["stack-name"] ?? choice.stackName,
          mayCreate: values.create,
          leaves: values.leave,
          allowances: readAllowances(values.allowances),
          agree: async (question) => values.yes || terminal().confirm(question),
          log,
        },
        run,
      ),
  );
});
