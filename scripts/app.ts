import { runCommand } from "./lib/cli/command";

/** What `cdktf.json` runs: the app, with its problems told in one message. */
void runCommand(async () => {
  await import("../main");
  return 0;
});
