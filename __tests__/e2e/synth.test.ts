import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { runProcess } from "../../scripts/lib/system/processes";
import { describeLocal, expectSuccess } from "../support/deployment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";

afterAll(removeTemporaryDirectories);

describeLocal("cdktf synth", () => {
  test.each(["", "--hcl"])(
    "writes the same bytes as npm run synth %s",
    async (form) => {
      const directory = createTemporaryDirectory();
      const envFile = path.join(directory, "stage.env");
      writeFileSync(
        envFile,
        "STAGE=dev\nSTATE_BUCKET_NAME=our-state\nCOGNITO_GROUPS=true\n",
      );
      const args = form === "" ? [] : [form];
      const [direct, cli] = ["direct", "cli"].map((name) =>
        path.join(directory, name),
      );
      const options = {
        environment: {
          ...getEnvironmentWithoutSettings(),
          ...createProviderEnvironment(),
          ENV_FILE: envFile,
          CI: "true",
          CDKTF_OUTDIR: direct,
        },
        timeoutSeconds: 60,
      };
      expectSuccess(
        await runProcess(
          process.execPath,
          ["scripts/run.mjs", "synth", ...args],
          options,
        ),
      );
      const cdktf = "node_modules/cdktf-cli/bundle/bin/cdktf.js";
      expectSuccess(
        await runProcess(
          process.execPath,
          [cdktf, "synth", "--output", cli ?? "", ...args],
          options,
        ),
      );
      expect(contents(cli)).toEqual(contents(direct));
    },
    60_000,
  );
});

/** Returns the content of every file of a directory, by relative path. */
function contents(directory = ""): Record<string, string> {
  const files = readdirSync(directory, {
    recursive: true,
    withFileTypes: true,
  }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(1);
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(directory, file), readFileSync(file, "utf8")];
    }),
  );
}
