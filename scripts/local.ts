import { parseArgs } from "node:util";
import { runCommand, UsageError } from "./lib/cli/command";
import * as localAws from "./lib/local-aws/local-aws";
import { formatShellExports } from "./lib/system/shell";
import { createProviderEnvironment } from "./lib/terraform/terraform";

const HELP = `Usage: npm run local -- up|down|status

Run an AWS on this machine, to try this project without an account. Prints only variables on standard output, for the shell.

Commands:
  up      install it if necessary, start it in the background and print its variables
  down    stop it and remove its data
  status  print its variables

Options:
  --port <port>  port at 127.0.0.1, for up (default: LOCAL_AWS_PORT, else a free port)
  -h, --help     show this text

Example:
  eval "$(npm run -s local -- up)"

Exit code 3: status finds that it is not running.`;

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
