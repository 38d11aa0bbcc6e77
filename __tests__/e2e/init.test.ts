import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { version } from "../../package.json";
import { runProcess } from "../../scripts/lib/system/processes";
import { getEnvironment } from "../../stacks/config/environment";
import { CommandProcess } from "../support/command-process";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

// a command packs this project, or waits for one that does
jest.setTimeout(240_000);

afterAll(removeTemporaryDirectories);

const RUNNER = path.resolve("scripts/run.mjs");

/** Runs the command without a terminal. */
async function init(parent: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    [RUNNER, "init", ...args],
    {
      directory: parent,
      environment: getEnvironment(),
      timeoutSeconds: 200,
    },
  );
  return { code, stdout, stderr };
}

/** Returns the settings that the app in a directory commits. */
function readSettings(directory: string): unknown {
  const text = readFileSync(path.join(directory, "cdktf.json"), "utf8");
  const { context } = JSON.parse(text) as {
    context: Readonly<Record<string, unknown>>;
  };
  return context["veda-auth"];
}

describe("init in a checkout", () => {
  test("writes an app with the package once, and prints what to run next", async () => {
    const parent = createTemporaryDirectory();
    expect(await init(parent, "our-auth", "--yes")).toEqual({
      code: 0,
      stdout: "",
      stderr:
        "Created the app our-auth in our-auth\nnext: cd our-auth && npm install && npx veda-auth demo\n",
    });
    const directory = path.join(parent, "our-auth");
    const files = readdirSync(directory);
    expect(files).toContain(`veda-auth-${version}.tgz`);
    expect(
      readFileSync(path.join(directory, "package.json"), "utf8"),
    ).toContain(`"veda-auth": "file:veda-auth-${version}.tgz"`);
    const before = readFileSync(path.join(directory, "cdktf.json"), "utf8");
    const again = await init(parent, "our-auth", "--yes", "--region=eu-west-1");
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(
      /^our-auth must be a new or empty directory, got one with \S+ and \d+ more\nhint: choose another directory\n$/,
    );
    expect(readdirSync(directory)).toEqual(files);
    expect(readFileSync(path.join(directory, "cdktf.json"), "utf8")).toBe(
      before,
    );
  });

  test("asks at a terminal for what no option sets", async () => {
    const parent = createTemporaryDirectory();
    mkdirSync(path.join(parent, "Our Auth"));
    const terminal = new PseudoTerminal(
      [process.execPath, RUNNER, "init", "Our Auth", "--client", "Our Org"],
      { directory: parent, timeoutSeconds: 200 },
    );
    await terminal.answer(
      "App name, the first part of the names of all stages [our-auth]: ",
      "Data",
    );
    await terminal.see(
      'App name must be 1-100 lowercase letters, digits or hyphens, a letter first, got "Data".',
    );
    await terminal.answer(/App name, .*: /, "data");
    await terminal.answer("Region of the stages [us-west-2]: ", "eu-west-1");
    await terminal.answer("Tag Project of all resources [data]: ", "");
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toBe(
      "Created the app data in 'Our Auth'\nnext: cd 'Our Auth' && npm install && npx veda-auth demo\n",
    );
    expect(readSettings(path.join(parent, "Our Auth"))).toEqual({
      APP_NAME: "data",
      AWS_REGION: "eu-west-1",
      PROJECT: "data",
      CLIENT: "Our Org",
      BOUNDARY_BUCKETS: "data-data-*",
    });
  });

  test("has a whole app of one command if two run at once", async () => {
    const parent = createTemporaryDirectory();
    const results = await Promise.all(
      ["eu-west-1", "eu-west-2"].map(async (region) => ({
        region,
        ...(await init(parent, "app", "--yes", "--region", region)),
      })),
    );
    expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
    const directory = path.join(parent, "app");
    expect(readSettings(directory)).toMatchObject({
      AWS_REGION: results.find(({ code }) => code === 0)?.region,
    });
    expect(readdirSync(parent)).toEqual(["app"]);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "leaves nothing after %s",
    async (signal) => {
      const parent = createTemporaryDirectory();
      const command = new CommandProcess(["init", "app", "--yes"], {
        environment: getEnvironment(),
        directory: parent,
      });
      while (readdirSync(parent).length === 0) await sleep(20);
      command.kill(signal);
      expect(await command.waitForExit()).toBe(signal);
      expect(readdirSync(parent)).toEqual([]);
    },
  );

  test.each([
    [
      ["app"],
      2,
      /^--app-name, --region, --project, --client must be set, since there is no terminal\nhint: use --yes for the defaults\n$/,
    ],
    [
      ["app", "--region", "eu-west-1"],
      2,
      /^--app-name, --project, --client must be set/,
    ],
    [["app", "--yes", "--region", "nowhere"], 2, /^--region must be /],
    [
      ["123", "--yes"],
      2,
      /^--app-name is required: the name of the directory makes no valid one\n/,
    ],
    [[], 2, /^<directory> is required\n/],
    [
      ["a/b", "--yes"],
      1,
      /^the directory of a\/b must exist, got .*\/a\nhint: create it first: mkdir -p .*\/a\n$/,
    ],
  ])(
    "with %j exits with %i and writes nothing",
    async (args, code, message) => {
      const parent = createTemporaryDirectory();
      const result = await init(parent, ...args);
      expect([result.code, result.stdout]).toEqual([code, ""]);
      expect(result.stderr).toMatch(message);
      expect(existsSync(path.join(parent, "app"))).toBe(false);
      expect(readdirSync(parent)).toEqual([]);
    },
  );
});
