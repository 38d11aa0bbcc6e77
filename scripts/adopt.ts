import { parseArgs } from "node:util";
import { adoptionJson, adoptionReport } from "./lib/adoption/adoption-report";
import { withAdoption } from "./lib/adoption/adoption-context";
import { rehearse } from "./lib/adoption/adoption-plan";
import { chooseStage, COMMON_HELP, COMMON_OPTIONS } from "./lib/arguments";
import { runCommand, UsageError } from "./lib/cli";
import { readAllowances } from "./lib/review/allowance-file";

const HELP = `Usage: npm run -s adopt -- plan [options]

Takes a live CloudFormation stack over as a stage of this project, with nothing lost.

Options:
  --stack-name <name>       name or ARN of the stack (default: the stage's, {APP_NAME}-{STAGE})
  --create <address>        have the stage make this again, which somebody deleted by hand; may be given more than once
  --leave <logical id>      keep this in AWS, unmanaged, since the code has nothing for it; may be given more than once
  --format <format>         of plan: text (the default), or json
${COMMON_HELP}
`;

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
      format: { type: "string", default: "text" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.join() !== "plan") throw new UsageError("step must be plan");
  const choice = chooseStage(values);
  const { stage } = choice;
  const plan = await withAdoption(
    {
      choice,
      stackName: values["stack-name"] ?? choice.stackName,
      mayCreate: values.create,
      leaves: values.leave,
      allowances: readAllowances(),
      agree: () => Promise.resolve(false),
      log,
    },
    rehearse,
  );
  const form = values.format === "json" ? adoptionJson : adoptionReport;
  console.log(form(plan, stage, values.leave));
  return plan.stops.length === 0 ? 0 : EXIT_STOPPED;
});
