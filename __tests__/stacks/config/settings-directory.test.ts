import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  listIgnoredSettingsFiles,
  findSettingsDirectory,
} from "../../../stacks/config/settings-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

/** Pools that a file of the working directory names. */
const FILES = {
  ".env": "USER_POOL_ID=us-west-2_All\n",
  ".env.dev": "CLIENT_ID=own\n",
};
const FOUND = { USER_POOL_ID: "us-west-2_All", CLIENT_ID: "own" };

afterAll(removeTemporaryDirectories);

function makeDirectory(files: Readonly<Record<string, string>>): string {
  const directory = realpathSync(createTemporaryDirectory());
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(directory, name), text);
  return directory;
}

/** A project whose one command prints the settings that it reads, bundled as the real ones are. */
function makeProject(): string {
  const project = makeDirectory(FILES);
  mkdirSync(path.join(project, "scripts"));
  cpSync("scripts/run.mjs", path.join(project, "scripts/run.mjs"));
  symlinkSync(path.resolve("node_modules"), path.join(project, "node_modules"));
  const stages = JSON.stringify(path.resolve("stacks/config/stage-settings"));
  writeFileSync(
    path.join(project, "scripts/show.ts"),
    `import { readCommonSettings } from ${stages};
const { USER_POOL_ID, CLIENT_ID } = readCommonSettings(["USER_POOL_ID", "CLIENT_ID"]).values;
console.log(JSON.stringify({ USER_POOL_ID, CLIENT_ID }));`,
  );
  writeFileSync(
    path.join(project, "package.json"),
    JSON.stringify({ bin: { show: ".build/show.cjs" } }),
  );
  run(path.join(project, "scripts/run.mjs"), project, {}, "--build");
  return project;
}

function run(
  file: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [file, ...args],
    { encoding: "utf8", cwd, env: { PATH: process.env.PATH, ...env } },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

describe("an installed command", () => {
  let project: string;
  let installed: string;

  beforeAll(() => {
    project = makeProject();
    // as npm installs it for all directories
    installed = path.join(makeDirectory({}), "show");
    symlinkSync(path.join(project, ".build", "show.cjs"), installed);
  });

  const show = (
    file: string,
    cwd: string,
    env: Readonly<Record<string, string>> = {},
  ): unknown => JSON.parse(run(file, cwd, env));

  test("reads no settings of the working directory", () => {
    const directory = makeDirectory(FILES);
    expect(show(installed, directory)).toEqual({});
    expect(show(path.join(project, ".build", "show.cjs"), directory)).toEqual(
      {},
    );
    expect(show(installed, directory, { STAGE: "dev" })).toEqual({});
  });

  test("reads none of another copy of the project, or of a directory in its own", () => {
    expect(show(installed, makeProject())).toEqual({});
    const inner = path.join(project, "scripts");
    writeFileSync(path.join(inner, ".env"), FILES[".env"]);
    expect(show(installed, inner)).toEqual({});
  });

  test("reads the file that ENV_FILE names", () => {
    const directory = makeDirectory({
      ".env": "CLIENT_ID=other\n",
      mine: "CLIENT_ID=mine\n",
    });
    expect(show(installed, directory, { ENV_FILE: "mine" })).toEqual({
      CLIENT_ID: "mine",
    });
    const nested = makeDirectory({
      ".env": "ENV_FILE=evil\n",
      evil: "CLIENT_ID=evil\n",
    });
    expect(show(installed, nested)).toEqual({});
  });

  test("reads the settings of its own project there", () => {
    expect(show(installed, project)).toEqual(FOUND);
  });

  test("is none that scripts/run.mjs starts, as npm run does, whatever the directory is", () => {
    const runner = path.join(project, "scripts", "run.mjs");
    const out = run(runner, makeDirectory(FILES), {}, "show");
    expect(JSON.parse(out)).toEqual(FOUND);
  });

  test("reads none of a package without the project's scripts", () => {
    const directory = makeDirectory(FILES);
    mkdirSync(path.join(directory, ".build"));
    const bundle = path.join(directory, ".build", "show.cjs");
    cpSync(path.join(project, ".build", "show.cjs"), bundle);
    expect(findSettingsDirectory(bundle, directory)).toBeUndefined();
  });
});

test("settings files that are ignored are named, and nothing else is", () => {
  const directory = makeDirectory({ ...FILES, ".envrc": "", "a.env": "" });
  expect(listIgnoredSettingsFiles(directory, true)).toEqual([
    ".env",
    ".env.dev",
  ]);
  expect(listIgnoredSettingsFiles(directory)).toEqual([]);
});

test("a module that is not bundled reads the working directory", () => {
  expect(findSettingsDirectory()).toBe(process.cwd());
});
