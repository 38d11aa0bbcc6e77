import { parseArgs } from "node:util";
import { runCommand } from "./lib/cli/command";
import { runDemo, runPersistentDemo } from "./lib/demo/demo";

const HELP = `Usage: npm run demo [-- --keep]

Deploy a complete stage to an AWS on this machine, use it as a service and as a user, and destroy it.

Requires Terraform and Python 3, but no AWS account.

Options:
  --keep      leave the stage in the local AWS of \`npm run local\`, and print how to use it
  -h, --help  print this help

Examples:
  npm run demo
  npm run demo -- --keep`;

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
  const run = values.keep ? runPersistentDemo : runDemo;
  await run({ print: console.log, log: console.error });
  return 0;
});
