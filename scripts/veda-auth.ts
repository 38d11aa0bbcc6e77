import { version } from "../package.json";
import {
  findInstalledBundle,
  findSettingsDirectory,
} from "../stacks/config/settings-directory";
import { COMMANDS } from "./commands";
import { runProgram } from "./lib/cli/program";

void runProgram(
  {
    groups: COMMANDS,
    version,
    ...(findInstalledBundle() !== undefined && {
      installation: { app: findSettingsDirectory() },
    }),
  },
  process.argv.slice(2),
);
