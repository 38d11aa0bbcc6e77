import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "./lib/cli";
import { runDemo } from "./lib/demo";
import { beforeEnding } from "./lib/interrupts";

const HELP = `Usage: npm run demo [-- --keep]

Deploys a stage with every part on to an AWS on this machine, uses it as a service and as a user would, and takes it
down again. Needs Node, Terraform and Python 3, and no AWS account.

Options:
  --keep      leave the stage and the local AWS up, and print how to use them
  -h, --help  show this text

Exit code: 0 everything worked; 1 something did not, which is told.`;

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
  const folder = mkdtempSync(path.join(tmpdir(), "veda-auth-demo-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const settle = beforeEnding(remove);
  try {
    await runDemo({
      folder,
      keep: values.keep,
      print: console.log,
      log: console.error,
    });
    return 0;
  } finally {
    settle();
    remove();
  }
});
