import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DEMO_ACCOUNT } from "../../scripts/lib/demo/account";
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

describeLocal("a stage", () => {
  const getAws = useResource(startLocalAccount);

  test("is deployed and destroyed by cdktf", async () => {
    const directory = createTemporaryDirectory();
    const outputs = path.join(directory, "outputs.json");
    const environment = {
      ...new Deployment(getAws().endpoint, {}).environment(),
      STAGE: "dev",
      STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
      DELETION_PROTECTION: "false",
      CDKTF_OUTDIR: path.join(directory, "cdktf.out"),
      // makes cdktf print lines instead of redrawing the screen
      CI: "true",
    };
    const stack = "veda-auth-stack-dev";
    const run = async (command: string, ...args: readonly string[]) => {
      const options = ["--auto-approve", "--output", environment.CDKTF_OUTDIR];
      expectSuccess(
        await runProcess(
          process.execPath,
          [CDKTF, command, stack, ...options, ...args],
          { environment, timeoutSeconds: 300 },
        ),
      );
    };
    await run("deploy", "--outputs-file", outputs);
    expect(JSON.parse(readFileSync(outputs, "utf8"))).toMatchObject({
      [stack]: { userpool_id: expect.stringMatching(/^us-west-2_/) as unknown },
    });
    await run("destroy");
  }, 900_000);
});
