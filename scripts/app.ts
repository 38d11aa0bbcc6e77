import { runCommand } from "./lib/cli/run-command";

/** Runs the app for `cdktf`, and prints errors as every command does. */
void runCommand(async () => {
  await import("../main");
  return 0;
});
