import { defineCommand } from "./lib/cli/command";
import { UsageError } from "./lib/cli/usage-error";
import * as localAws from "./lib/local-aws/local-aws";
import { listLocalStateFiles } from "./lib/local-aws/state-files";
import { formatShellExports } from "./lib/system/shell";
import { createProviderEnvironment } from "./lib/terraform/terraform";

const EXIT_NOT_RUNNING = 3;
const log = console.error;

export const command = defineCommand({
  description:
    "Tries this project without an account. Standard output contains only variables, as export lines for a shell.",
  argument: {
    name: "<action>",
    description: "action on the local AWS",
    choices: {
      up: "install it if necessary, start it in the background, and print its variables",
      down: "stop it and remove its data",
      status: "print whether it is running, and its variables",
    },
    isRequired: true,
  },
  options: {
    port: {
      type: "text",
      description: "port at 127.0.0.1, for up",
      defaultText: "LOCAL_AWS_PORT, or a free port",
    },
  },
  examples: ['eval "$(veda-auth local up)"'],
  exitCodes: { 3: "status: not running" },
  run: async ({ port: portText }, action) => {
    if (action === "up") {
      const port = localAws.parsePort(portText, "--port", UsageError);
      return printVariables(
        await localAws.startDetachedLocalAws({ log, port }),
      );
    }
    if (portText !== undefined)
      throw new UsageError(`--port requires up, got ${action ?? ""}`);
    if (action === "down") {
      await localAws.stopDetachedLocalAws({ log });
      const files = listLocalStateFiles();
      if (files.length > 0)
        log(
          `delete ${files.join(", ")}: the resources in these state files no longer exist`,
        );
      return 0;
    }
    const found = await localAws.findDetachedLocalAws({});
    log(found ? `running at ${found.endpoint}` : "not running");
    return found ? printVariables(found) : EXIT_NOT_RUNNING;
  },
});

function printVariables({ environment }: localAws.LocalAws): number {
  const variables = {
    ...environment,
    ...createProviderEnvironment({ directory: localAws.LOCAL_AWS_DIRECTORY }),
  };
  for (const line of formatShellExports(variables)) console.log(line);
  return 0;
}
