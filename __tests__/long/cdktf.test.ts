import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { createTemporaryDirectory } from "../support/stage";

const CDKTF = "node_modules/cdktf-cli/bundle/bin/cdktf.js";

describeLocal(
  "two stages, one after the other in one output directory,",
  () => {
    const getAws = useResource(startLocalAccount);

    test("are written, synthesized and planned by cdktf and by npm run synth", async () => {
      const directory = createTemporaryDirectory();
      const outdir = path.join(directory, "cdktf.out");
      const envFile = path.join(directory, "stage.env");
      const environment = {
        ...new Deployment(getAws().endpoint, {}).environment(),
        ENV_FILE: envFile,
        CDKTF_OUTDIR: outdir,
      };
      const run = async (stage: string, ...args: readonly string[]) => {
        writeFileSync(envFile, `STAGE=${stage}\nSTATE_BACKEND=local\n`);
        const options = { environment, timeoutSeconds: 120 };
        expectSuccess(await runProcess(process.execPath, args, options));
        expect(readdirSync(path.join(outdir, "stacks"))).toEqual([
          `veda-auth-stack-${stage}`,
        ]);
      };
      const synth = ["scripts/run.mjs", "synth"];
      const cdktf = (command: string) => [CDKTF, command, "--output", outdir];
      for (const command of ["synth", "diff"]) {
        await run("dev", ...synth);
        await run("prod", ...cdktf(command));
        await run("dev", ...cdktf("synth"));
        await run("prod", ...synth);
      }
    }, 900_000);
  },
);
