import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

const RUN = path.resolve("scripts/run.mjs");
const FILE = "cdktf.out/stacks/veda-auth-stack-dev/cdk.tf.json";
const LOCAL = { STAGE: "dev", STATE_BACKEND: "local" };

function synth(
  folder: string,
  settings: Environment,
  ...args: readonly string[]
): Promise<ProcessResult> {
  return runProcess(process.execPath, [RUN, "synth", ...args], {
    directory: folder,
    environment: { PATH: process.env.PATH, ...settings },
    timeoutSeconds: 30,
  });
}

describe("npm run synth", () => {
  test("writes a stage, and prints the file alone", async () => {
    const folder = createTemporaryDirectory();
    expect(await synth(folder, LOCAL)).toEqual({
      code: 0,
      stdout: `${FILE}\n`,
      stderr: "",
    });
    expect(existsSync(path.join(folder, FILE))).toBe(true);
  });

  test("writes the native syntax instead when asked, and back", async () => {
    const folder = createTemporaryDirectory();
    const hcl = FILE.replace(".json", "");
    await synth(folder, LOCAL);
    expect((await synth(folder, LOCAL, "--hcl")).stdout).toBe(`${hcl}\n`);
    expect(existsSync(path.join(folder, FILE))).toBe(false);
    expect((await synth(folder, LOCAL)).stdout).toBe(`${FILE}\n`);
    expect(existsSync(path.join(folder, hcl))).toBe(false);
  });

  test("writes the same bytes wherever it runs", async () => {
    const [one, other] = [
      createTemporaryDirectory(),
      createTemporaryDirectory(),
    ];
    await Promise.all([
      synth(one, LOCAL),
      synth(other, { ...LOCAL, TZ: "Asia/Tokyo", LANG: "tr_TR.UTF-8" }),
    ]);
    expect(readFileSync(path.join(other, FILE), "utf8")).toBe(
      readFileSync(path.join(one, FILE), "utf8"),
    );
  });

  test("writes to the folder that CDKTF_OUTDIR names, an empty name being none", async () => {
    const folder = createTemporaryDirectory();
    const elsewhere = await synth(folder, { ...LOCAL, CDKTF_OUTDIR: "out" });
    expect(elsewhere.stdout).toBe(`${FILE.replace("cdktf.out", "out")}\n`);
    const usual = await synth(folder, { ...LOCAL, CDKTF_OUTDIR: "" });
    expect(usual.stdout).toBe(`${FILE}\n`);
  });

  test("writes twice at once", async () => {
    const folder = createTemporaryDirectory();
    const both = await Promise.all([
      synth(folder, LOCAL),
      synth(folder, LOCAL),
    ]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
  });

  test("writes every stage that has a file", async () => {
    const folder = createTemporaryDirectory();
    writeFileSync(path.join(folder, ".env"), "STATE_BACKEND=local\n");
    for (const stage of ["dev", "prod"])
      writeFileSync(path.join(folder, `.env.${stage}`), "");
    const { stdout } = await synth(folder, {});
    expect(stdout).toBe(`${FILE}\n${FILE.replace("-dev/", "-prod/")}\n`);
  });

  test("writes JSON unless it is told otherwise itself", async () => {
    const inherited = { ...LOCAL, SYNTH_HCL_OUTPUT: "true" };
    expect((await synth(createTemporaryDirectory(), inherited)).stdout).toBe(
      `${FILE}\n`,
    );
  });

  test("tells how it is used", async () => {
    const { code, stdout, stderr } = await synth(
      createTemporaryDirectory(),
      {},
      "--help",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Usage: npm run synth[^]*--hcl[^]*--help[^]*Exit code/,
    );
  });
});

describe("npm run synth fails when", () => {
  test("settings are wrong, with one message and nothing written", async () => {
    const folder = createTemporaryDirectory();
    const wrong = {
      STAGE: "My Stage!",
      COGNITO_GROUPS: "maybe",
      OIDC_THUMBPRINT: "xyz",
    };
    const { code, stdout, stderr } = await synth(folder, wrong);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const name of Object.keys(wrong))
      expect(stderr).toContain(`  - ${name} must be `);
    expect(stderr).not.toContain("    at ");
    expect(existsSync(path.join(folder, "cdktf.out"))).toBe(false);
  });

  test("an option is unknown", async () => {
    const { code, stderr } = await synth(
      createTemporaryDirectory(),
      LOCAL,
      "--yaml",
    );
    expect(code).toBe(2);
    expect(stderr).toBe(
      "Unknown option '--yaml'\nhint: run the command with --help\n",
    );
  });
});
