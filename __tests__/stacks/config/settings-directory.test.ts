import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
  listIgnoredSettingsFiles,
  findSettingsDirectory,
} from "../../../stacks/config/settings-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

/** Settings in the working directory. */
const FILES = {
  ".env": "USER_POOL_ID=us-west-2_All\n",
  ".env.dev": "CLIENT_ID=own\n",
};
const FOUND = { USER_POOL_ID: "us-west-2_All", CLIENT_ID: "own" };

afterAll(removeTemporaryDirectories);

/** Creates a project with one bundled command, which prints the settings that it reads. */
function makeProject(): string {
  const project = createTemporaryDirectory(FILES);
  mkdirSync(path.join(project, "scripts"));
  cpSync("scripts/run.mjs", path.join(project, "scripts/run.mjs"));
  symlinkSync(path.resolve("node_modules"), path.join(project, "node_modules"));
  const stages = JSON.stringify(path.resolve("stacks/config/command-settings"));
  writeFileSync(
    path.join(project, "scripts/veda-auth.ts"),
    `import { readCommonSettings } from ${stages};
const { USER_POOL_ID, CLIENT_ID } = readCommonSettings(["USER_POOL_ID", "CLIENT_ID"]).values;
console.log(JSON.stringify({ USER_POOL_ID, CLIENT_ID }));`,
  );
  writeFileSync(
    path.join(project, "package.json"),
    JSON.stringify({ bin: { show: ".build/show.cjs" } }),
  );
  run(path.join(project, "scripts/run.mjs"), project, {}, "show");
  const build = JSON.stringify(path.resolve("scripts/build-package.mjs"));
  const bins = path.join(project, "bins.mjs");
  writeFileSync(
    bins,
    `import { writeBins } from ${build}; writeBins(${JSON.stringify(project)}, "program.cjs");`,
  );
  run(bins, project, {});
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
    // as npm installs a command globally
    installed = path.join(createTemporaryDirectory(), "show");
    symlinkSync(path.join(project, ".build", "show.cjs"), installed);
  });

  const show = (
    file: string,
    cwd: string,
    env: Readonly<Record<string, string>> = {},
  ): unknown => JSON.parse(run(file, cwd, env));

  test("reads no settings of the working directory", () => {
    const directory = createTemporaryDirectory(FILES);
    expect(show(installed, directory)).toEqual({});
    expect(show(path.join(project, ".build", "show.cjs"), directory)).toEqual(
      {},
    );
    expect(show(installed, directory, { STAGE: "dev" })).toEqual({});
  });

  test("reads no settings of another copy of the project", () => {
    expect(show(installed, makeProject())).toEqual({});
  });

  test("reads the settings of its own project in a subdirectory, not those of the subdirectory", () => {
    const inner = path.join(project, "scripts");
    writeFileSync(path.join(inner, ".env"), "CLIENT_ID=inner\n");
    expect(show(installed, inner)).toEqual(FOUND);
  });

  test("reads the file that ENV_FILE names", () => {
    const directory = createTemporaryDirectory({
      ".env": "CLIENT_ID=other\n",
      mine: "CLIENT_ID=mine\n",
    });
    expect(show(installed, directory, { ENV_FILE: "mine" })).toEqual({
      CLIENT_ID: "mine",
    });
    const nested = createTemporaryDirectory({
      ".env": "ENV_FILE=evil\n",
      evil: "CLIENT_ID=evil\n",
    });
    expect(show(installed, nested)).toEqual({});
  });

  test("reads the settings of its own project in the project directory", () => {
    expect(show(installed, project)).toEqual(FOUND);
  });

  test("is not a command that scripts/run.mjs starts, in any directory", () => {
    const runner = path.join(project, "scripts", "run.mjs");
    const out = run(runner, createTemporaryDirectory(FILES), {}, "show");
    expect(JSON.parse(out)).toEqual(FOUND);
  });

  test("reads no settings of a package without the scripts of the project", () => {
    const directory = createTemporaryDirectory(FILES);
    mkdirSync(path.join(directory, ".build"));
    const bundle = path.join(directory, ".build", "program.cjs");
    cpSync(path.join(project, ".build", "program.cjs"), bundle);
    expect(findSettingsDirectory(bundle, directory)).toBeUndefined();
  });
});

describe("an app", () => {
  /** Creates a directory with apps and installations of the package, and returns the path of one. */
  function makeTree(links: Readonly<Record<string, string>> = {}): string {
    const root = createTemporaryDirectory();
    for (const directory of ["app/inner", "global/lib/node_modules/veda-auth"])
      mkdirSync(path.join(root, directory), { recursive: true });
    writeFileSync(path.join(root, "app/cdktf.json"), "{}");
    for (const [link, target] of Object.entries(links)) {
      mkdirSync(path.dirname(path.join(root, link)), { recursive: true });
      symlinkSync(target, path.join(root, link));
    }
    return root;
  }

  /** Finds the settings of a command by the paths of its package, the working directory and the program as it was called. */
  function find(root: string, installed: string, cwd: string, program: string) {
    const bundle = path.join(root, installed, ".build", "program.cjs");
    mkdirSync(path.dirname(bundle), { recursive: true });
    writeFileSync(bundle, "");
    const found = findSettingsDirectory(
      bundle,
      path.join(root, cwd),
      path.join(root, program),
    );
    return found === undefined ? undefined : path.relative(root, found);
  }

  const GLOBAL = "global/lib/node_modules/veda-auth";

  test.each([
    [
      "npm",
      {},
      "app/node_modules/veda-auth",
      "app/node_modules/.bin/veda-auth",
    ],
    [
      "a workspace",
      {},
      "node_modules/veda-auth",
      "node_modules/.bin/veda-auth",
    ],
    [
      "pnpm",
      {
        "app/node_modules/veda-auth":
          "../../node_modules/.pnpm/veda-auth@1.0.0/node_modules/veda-auth",
      },
      "node_modules/.pnpm/veda-auth@1.0.0/node_modules/veda-auth",
      "app/node_modules/veda-auth/.build/veda-auth.cjs",
    ],
    [
      "a workspace of pnpm",
      {
        "app/node_modules/veda-auth":
          "../../node_modules/.pnpm/veda-auth@1.0.0/node_modules/veda-auth",
      },
      "node_modules/.pnpm/veda-auth@1.0.0/node_modules/veda-auth",
      "node_modules/.pnpm/veda-auth@1.0.0/node_modules/veda-auth/.build/veda-auth.cjs",
    ],
    [
      "npm link",
      { "app/node_modules/veda-auth": `../../${GLOBAL}` },
      GLOBAL,
      "app/node_modules/.bin/veda-auth",
    ],
  ])(
    "reads its settings with the package that %s has installed, also in a subdirectory",
    (_, links, installed, program) => {
      for (const cwd of ["app", "app/inner"])
        expect(find(makeTree(links), installed, cwd, program)).toBe("app");
    },
  );

  test.each([
    ["has not installed it", {}],
    [
      "links to it",
      {
        "app/node_modules/veda-auth": `../../${GLOBAL}`,
        "app/node_modules/.bin/veda-auth": "../veda-auth/.build/veda-auth.cjs",
      },
    ],
    [
      "has a directory that links to it",
      { "app/node_modules": "../global/lib/node_modules" },
    ],
  ])("reads no settings with a global package if the app %s", (_, links) => {
    const tree = makeTree(links);
    for (const cwd of ["app", "app/inner"])
      for (const program of [
        "global/bin/veda-auth",
        `${GLOBAL}/.build/veda-auth.cjs`,
      ])
        expect(find(tree, GLOBAL, cwd, program)).toBeUndefined();
  });

  test("reads no settings with the package of another app, or of a directory below", () => {
    const other = "other/node_modules/veda-auth";
    const bin = "other/node_modules/.bin/veda-auth";
    expect(find(makeTree(), other, "app", bin)).toBeUndefined();
    const link = { "app/node_modules/veda-auth": `../../${other}` };
    expect(find(makeTree(link), other, "app", bin)).toBeUndefined();
    const below = "app/inner/node_modules/veda-auth";
    expect(
      find(makeTree(), below, "app/inner", `${below}/.build/veda-auth.cjs`),
    ).toBeUndefined();
  });

  test("is the nearest directory with cdktf.json, which an installation above it can be of", () => {
    const tree = makeTree();
    writeFileSync(path.join(tree, "app/inner/cdktf.json"), "{}");
    const args = [
      "app/node_modules/veda-auth",
      "app/inner",
      "app/node_modules/.bin/veda-auth",
    ] as const;
    expect(find(tree, ...args)).toBe("app/inner");
  });
});

test("ignored settings files are listed, without other files", () => {
  const directory = createTemporaryDirectory({
    ...FILES,
    ".envrc": "",
    "a.env": "",
    ".env.dev.bak": "",
    ".env.dev~": "",
    ".env.example": "",
    ".env.backup-20261130T101112Z": "",
  });
  expect(listIgnoredSettingsFiles(directory, true)).toEqual([
    ".env",
    ".env.dev",
  ]);
  expect(listIgnoredSettingsFiles(directory)).toEqual([]);
});

test("a module that is not bundled reads the working directory", () => {
  expect(findSettingsDirectory()).toBe(process.cwd());
});
