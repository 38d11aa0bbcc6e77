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
  directory: string,
  settings: Environment,
  ...args: readonly string[]
): Promise<ProcessResult> {
  return runProcess(process.execPath, [RUN, "synth", ...args], {
    directory: directory,
    environment: { PATH: process.env.PATH, ...settings },
    timeoutSeconds: 30,
  });
}

describe("npm run synth", () => {
  test("writes a stage, and prints the name of the file only", async () => {
    const directory = createTemporaryDirectory();
    expect(await synth(directory, LOCAL)).toEqual({
      code: 0,
      stdout: `${FILE}\n`,
      stderr: "",
    });
    expect(existsSync(path.join(directory, FILE))).toBe(true);
  });

  test("writes the native syntax with --hcl, and JSON again without it", async () => {
    const directory = createTemporaryDirectory();
    const hcl = FILE.replace(".json", "");
    await synth(directory, LOCAL);
    expect((await synth(directory, LOCAL, "--hcl")).stdout).toBe(`${hcl}\n`);
    expect(existsSync(path.join(directory, FILE))).toBe(false);
    expect((await synth(directory, LOCAL)).stdout).toBe(`${FILE}\n`);
    expect(existsSync(path.join(directory, hcl))).toBe(false);
  });

  test("writes the same bytes in every directory, time zone and locale", async () => {
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

  test("writes to the directory that CDKTF_OUTDIR names, unless it is empty", async () => {
    const directory = createTemporaryDirectory();
    const elsewhere = await synth(directory, { ...LOCAL, CDKTF_OUTDIR: "out" });
    expect(elsewhere.stdout).toBe(`${FILE.replace("cdktf.out", "out")}\n`);
    const usual = await synth(directory, { ...LOCAL, CDKTF_OUTDIR: "" });
    expect(usual.stdout).toBe(`${FILE}\n`);
  });

  test("can run twice at the same time", async () => {
    const directory = createTemporaryDirectory();
    const both = await Promise.all([
      synth(directory, LOCAL),
      synth(directory, LOCAL),
    ]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
  });

  test("writes each stage that has a file", async () => {
    const directory = createTemporaryDirectory();
    writeFileSync(path.join(directory, ".env"), "STATE_BACKEND=local\n");
    for (const stage of ["dev", "prod"])
      writeFileSync(path.join(directory, `.env.${stage}`), "");
    const { stdout } = await synth(directory, {});
    expect(stdout).toBe(`${FILE}\n${FILE.replace("-dev/", "-prod/")}\n`);
  });

  test("ignores SYNTH_HCL_OUTPUT in the environment", async () => {
    const inherited = { ...LOCAL, SYNTH_HCL_OUTPUT: "true" };
    expect((await synth(createTemporaryDirectory(), inherited)).stdout).toBe(
      `${FILE}\n`,
    );
  });

  test("prints its help", async () => {
    const { code, stdout, stderr } = await synth(
      createTemporaryDirectory(),
      {},
      "--help",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Usage: npx veda-auth synth[^]*--hcl[^]*--help[^]*Examples:/,
    );
  });
});

describe("npm run synth fails if", () => {
  test("settings are invalid, with one message and no file", async () => {
    const directory = createTemporaryDirectory();
    const wrong = {
      STAGE: "My Stage!",
      COGNITO_GROUPS: "maybe",
      OIDC_THUMBPRINT: "xyz",
    };
    const { code, stdout, stderr } = await synth(directory, wrong);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    for (const name of Object.keys(wrong))
      expect(stderr).toContain(`  - ${name} must be `);
    expect(stderr).not.toContain("    at ");
    expect(existsSync(path.join(directory, "cdktf.out"))).toBe(false);
  });

  test("an option is unknown", async () => {
    const { code, stderr } = await synth(
      createTemporaryDirectory(),
      LOCAL,
      "--yaml",
    );
    expect(code).toBe(2);
    expect(stderr).toBe(
      "option --yaml is unknown\nhint: run npx veda-auth synth --help\n",
    );
  });
});
