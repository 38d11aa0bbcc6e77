import { parseArgs } from "node:util";
import { runCommand, UsageError } from "./lib/cli/command";
import * as localAws from "./lib/local-aws/local-aws";
import { formatShellExports } from "./lib/system/shell";
import { createProviderEnvironment } from "./lib/terraform/terraform";

const HELP = `Usage: npm run local -- up|down|status

Run an AWS on this machine, to try this project without an account.

Standard output contains only variables, as export lines for a shell.

Commands:
  up      install the local AWS if necessary, start it in the background, and print its variables
  down    stop it and remove its data
  status  print whether it is running, and its variables

Options:
  --port <port>  port at 127.0.0.1, for up (default: LOCAL_AWS_PORT, or a free port)
  -h, --help     print this help

Example:
  eval "$(npm run -s local -- up)"

Exit codes: 0 success; 1 error; 2 invalid option; 3 status: not running; 70 internal error.`;

const EXIT_NOT_RUNNING = 3;
const log = console.error;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const command = positionals.join(" ");
  if (command === "up") {
    const port = localAws.parsePort(values.port, "--port", UsageError);
    return printVariables(await localAws.startDetachedLocalAws({ log, port }));
  }
  if (values.port !== undefined) {
    throw new UsageError(`--port requires the command up, got "${command}"`);
  }
  if (command === "down") {
    await localAws.stopDetachedLocalAws({ log });
    return 0;
  }
  if (command === "status") {
    const found = await localAws.findDetachedLocalAws({});
    log(found ? `running at ${found.endpoint}` : "not running");
    return found ? printVariables(found) : EXIT_NOT_RUNNING;
  }
  throw new UsageError(`command must be up, down or status, got "${command}"`);
});

function printVariables({ environment }: localAws.LocalAws): number {
  const variables = {
    ...environment,
    ...createProviderEnvironment({ directory: localAws.LOCAL_AWS_DIRECTORY }),
  };
  for (const line of formatShellExports(variables)) console.log(line);
  return 0;
}
