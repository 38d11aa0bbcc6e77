import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { bin, name, version } from "../../package.json";
import { COMMANDS } from "../../scripts/commands";
import { getPackage, runNpm, withRegistry } from "../support/installed-app";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

let bins: string;

/** Installs the package globally, into a directory that has a space in its name. */
beforeAll(async () => {
  const directory = createTemporaryDirectory();
  const prefix = path.join(directory, "the prefix");
  await withRegistry((environment) =>
    runNpm(
      directory,
      ["install", "--global", "--prefix", prefix, getPackage()],
      environment,
    ),
  );
  bins = path.join(prefix, "bin");
}, 300_000);

afterAll(removeTemporaryDirectories);

function run(
  program: string,
  args: readonly string[],
  directory = createTemporaryDirectory({ ".env": "STAGE=evil\n" }),
) {
  const { status, stdout, stderr } = spawnSync(path.join(bins, program), args, {
    cwd: directory,
    encoding: "utf8",
    env: { PATH: process.env.PATH, CI: "1", STATE_BACKEND: "local" },
  });
  return { status, stdout, stderr };
}

describe(`an installed package ${name}`, () => {
  test("has the program, with its version", () => {
    expect(run("veda-auth", ["--version"])).toEqual({
      status: 0,
      stdout: `veda-auth ${version}\n`,
      stderr: "",
    });
  });

  test.each(Object.keys(bin).filter((program) => program !== "veda-auth"))(
    "has the program %s, which prints its own name",
    (program) => {
      const { status, stdout } = run(program, ["--help"]);
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: ${program} `));
      expect(run("veda-auth", [program, "--help"]).stdout).toMatch(
        new RegExp(`^Usage: veda-auth ${program} `),
      );
    },
  );

  test("reads no settings in a directory of someone else, and names the other commands by the program", () => {
    const { status, stderr } = run("get-service-token", ["--service-id", "a"]);
    expect(status).toBe(1);
    expect(stderr).not.toContain("evil");
    expect(run("trust-policy", []).stderr).toContain(
      "hint: trust-policy --role <name or ARN> --stage <stage>",
    );
    expect(run("veda-auth", ["trust-policy"]).stderr).toContain(
      "hint: veda-auth trust-policy --role",
    );
  });

  test.each(Object.values(COMMANDS).flat())(
    "runs $name, or fails at once since it needs an app",
    async ({ name: command, load }) => {
      const directory = createTemporaryDirectory();
      const { needsApp } = (await load()).command;
      const { status, stderr } = run("veda-auth", [command], directory);
      expect(status).not.toBe(70);
      expect(stderr.includes("must run in an app")).toBe(needsApp === true);
      expect(readdirSync(directory)).toEqual([]);
      expect(
        run("veda-auth", [command, "--help"]).stdout.includes(
          "Requires the directory of an app.",
        ),
      ).toBe(needsApp === true);
    },
  );

  test.each([["review"], ["access"]])("fails to %s a stage", (command) => {
    const { status, stderr } = run("veda-auth", [command, "--stage", "dev"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/must run in an app/);
    expect(stderr).not.toContain("    at ");
  });

  test("runs the local AWS in the working directory", () => {
    const directory = createTemporaryDirectory();
    const { status, stderr } = run("veda-auth", ["local", "status"], directory);
    expect([status, stderr]).toEqual([3, "not running\n"]);
  });
});
