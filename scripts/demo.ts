import { parseArgs } from "node:util";
import { runCommand } from "./lib/cli/command";
import { runDemo } from "./lib/demo/demo";

const HELP = `Usage: npm run demo [-- --keep]

Deploys a stage with every part on to an AWS on this machine, uses it as a service and as a user would, and takes it
down again. Needs Node, Terraform and Python 3, and no AWS account.

Options:
  --keep      leave the stage up, on the local AWS of \`npm run local\`, and print how to use it
  -h, --help  show this text

Exit code: 0 everything worked; 1 something did not, which is told; 2 an option is not accepted; 70 a defect; 128 + n ended by signal n.`;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  await runDemo({
    keep: values.keep,
    print: console.log,
    log: console.error,
  });
  return 0;
});
