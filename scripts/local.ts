import { parseArgs } from "node:util";
import { runCommand, UsageError } from "./lib/cli/command";
import * as localAws from "./lib/local-aws/local-aws";
import { formatShellExports } from "./lib/system/shell";
import { createProviderEnvironment } from "./lib/terraform/terraform";

const HELP = `Usage: npm run local -- up|down|status

An AWS on this machine, to try things without an account. Only variables go to standard output, for a shell to take
over: eval "$(npm run -s local -- up)"

Commands:
  up      install it (the first time), start it in the background and print the variables to use it with
  down    stop it; everything in it is gone
  status  print the variables again

Options:
  --port <port>  port at 127.0.0.1, for up (default: LOCAL_AWS_PORT, else a free one)
  -h, --help     show this text

Exit code: 0 done, or running; 1 a problem, told in a message; 2 an argument is not accepted; 3 status:
not running.`;

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
    throw new UsageError(`--port is for up alone, got "${command}"`);
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
