import { DEFAULT_QUOTAS } from "../../../constructs/constraints";
import { AuthApp } from "../../../stacks/app";
import { AuthStack } from "../../../stacks/auth-stack";
import { readStageConfig } from "../../../stacks/config/stage-config";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { UsageError } from "../../../scripts/lib/cli/usage-error";

/** Synthesizes a stage with a number of service clients into a directory, the two arguments. */
void runCommand(async () => {
  const [count = "", outdir = ""] = process.argv.slice(2);
  if (!/^\d+$/.test(count) || outdir === "")
    throw new UsageError(
      "arguments must be a number of clients and a directory",
    );
  const app = new AuthApp({ outdir });
  const config = readStageConfig(
    { STAGE: "bench", STATE_BACKEND: "local", OWNER: "bench" },
    { userName: "bench", isCi: false },
  );
  const auth = new AuthStack(app, config, {
    quotas: { ...DEFAULT_QUOTAS, clients: 10_000 },
  });
  const api = auth.addResourceServer("api", { read: "Read" });
  for (let index = 0; index < Number(count); index += 1)
    auth.addServiceClient(`client-${index}`, { scopes: [api.scope("read")] });
  app.synth();
  return Promise.resolve(0);
});
