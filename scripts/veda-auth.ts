import { version } from "../package.json";
import { findInstalledBundle } from "../stacks/config/settings-directory";
import { COMMANDS } from "./commands";
import { runProgram } from "./lib/cli/program";

const isInstalled = findInstalledBundle() !== undefined;
void runProgram(
  { groups: COMMANDS, version, isInstalled },
  process.argv.slice(2),
);
