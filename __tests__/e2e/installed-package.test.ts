import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { bin, name, version } from "../../package.json";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

let bins: string;

/** Installs the package as npm does globally: its files, and a link for each bin. */
beforeAll(() => {
  const prefix = createTemporaryDirectory();
  execFileSync("npm", ["pack", "--silent", "--pack-destination", prefix], {
    encoding: "utf8",
  });
  const [archive = ""] = readdirSync(prefix);
  execFileSync("tar", ["-xf", archive], { cwd: prefix });
  const installed = path.join(prefix, "package");
  // npm installs the dependencies of the package
  symlinkSync(
    path.resolve("node_modules"),
    path.join(installed, "node_modules"),
  );
  bins = path.join(prefix, "bin");
  mkdirSync(bins);
  for (const [program, file] of Object.entries(bin))
    symlinkSync(path.join(installed, file), path.join(bins, program));
}, 300_000);

afterAll(removeTemporaryDirectories);

function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(path.join(bins, program), args, {
    cwd: createTemporaryDirectory({ ".env": "STAGE=evil\n" }),
    encoding: "utf8",
    env: { PATH: process.env.PATH, CI: "1", STATE_BACKEND: "local" },
  });
  return { status, stdout, stderr };
}

describe(`an installed package ${name}`, () => {
  test("has the program, with its version", () => {
    expect(run("veda-auth", "--version")).toEqual({
      status: 0,
      stdout: `veda-auth ${version}\n`,
      stderr: "",
    });
  });

  test.each(Object.keys(bin).filter((program) => program !== "veda-auth"))(
    "has the program %s, which prints its own name",
    (program) => {
      const { status, stdout } = run(program, "--help");
      expect(status).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: ${program} `));
      expect(run("veda-auth", program, "--help").stdout).toMatch(
        new RegExp(`^Usage: veda-auth ${program} `),
      );
    },
  );

  test("reads no settings in a directory of someone else, and names the other commands by the program", () => {
    const { status, stderr } = run("get-service-token", "--service-id", "a");
    expect(status).toBe(1);
    expect(stderr).not.toContain("evil");
    expect(run("trust-policy").stderr).toContain(
      "hint: trust-policy --role <name or ARN> --stage <stage>",
    );
    expect(run("veda-auth", "trust-policy").stderr).toContain(
      "hint: veda-auth trust-policy --role",
    );
  });

  test("fails where a command needs a checkout", () => {
    const { status, stderr } = run("veda-auth", "synth");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^the command must run in a checkout of the project/,
    );
    const plan = run("veda-auth", "plan", "--stage", "dev");
    expect(plan.status).toBe(1);
    expect(plan.stderr).toMatch(/must run in a checkout of the project/);
    expect(plan.stderr).not.toContain("    at ");
  });
});
