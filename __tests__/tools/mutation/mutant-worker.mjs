// Runs test files in one process, one mutant after another: what is loaded from node_modules stays loaded, which is most of
// the time that a test file takes. Reads from a file what to run, and tells on stdout of each mutant.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import ts from "typescript";

const [, , project, listed] = process.argv;
const attempts = JSON.parse(readFileSync(listed, "utf8"));
const require = createRequire(path.join(project, "package.json"));
const ofJest = createRequire(require.resolve("jest-circus/package.json"));
const circus = require("jest-circus");
// what it has no way in for
const { addEventHandler } = ofJest("./build/state.js");
const { expect } = require("expect");
const { ModuleMocker } = ofJest("jest-mock");

const mocker = new ModuleMocker(globalThis);
const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } =
  circus;
// snapshots are jest's to compare
const passing = () => ({ pass: true, message: () => "" });
expect.extend({ toMatchInlineSnapshot: passing, toMatchSnapshot: passing });
Object.assign(globalThis, {
  ...{ describe, test, it, beforeAll, beforeEach, afterAll, afterEach, expect },
  jest: {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
  },
});

let hasFailed = false;
addEventHandler((event) => {
  if (event.name === "test_fn_failure" || event.name === "hook_failure")
    hasFailed = true;
  // jest-circus looks at the mode after it has told of the start
  if (event.name === "test_start" && hasFailed) event.test.mode = "skip";
});

const OPTIONS = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
};
const compiled = new Map();

function compile(file, mutant) {
  const isMutated = mutant?.path === file;
  const known = isMutated ? undefined : compiled.get(file);
  if (known !== undefined) return known;
  const source = readFileSync(file, "utf8");
  const code = isMutated
    ? source.slice(0, mutant.start) +
      mutant.replacement +
      source.slice(mutant.end)
    : source;
  const { outputText } = ts.transpileModule(code, {
    fileName: file,
    compilerOptions: OPTIONS,
  });
  const made = vm.compileFunction(
    outputText,
    ["exports", "require", "module", "__filename", "__dirname"],
    { filename: file },
  );
  if (!isMutated) compiled.set(file, made);
  return made;
}

/** Loads a file of the project, and what it imports of it, anew. */
function load(file, mutant, loaded) {
  const before = loaded.get(file);
  if (before !== undefined) return before.exports;
  const own = { exports: {} };
  loaded.set(file, own);
  const outside = createRequire(file);
  const within = (name) => {
    if (!name.startsWith(".")) return outside(name);
    const target = path.resolve(path.dirname(file), name);
    const isFile = statSync(`${target}.ts`, {
      throwIfNoEntry: false,
    })?.isFile();
    return isFile ? load(`${target}.ts`, mutant, loaded) : outside(name);
  };
  within.resolve = outside.resolve;
  compile(file, mutant)(own.exports, within, own, file, path.dirname(file));
  return own.exports;
}

/** Names of the tests of a file that fail; those after the first are left out. */
async function failures(file, mutant) {
  circus.resetState();
  circus.getState().testTimeout = 30_000;
  hasFailed = false;
  try {
    load(file, mutant, new Map());
    const { testResults, unhandledErrors } = await circus.run();
    return [
      ...testResults
        .filter(({ errors }) => errors.length > 0)
        .map(({ testPath }) => testPath.slice(1).join(" ")),
      ...unhandledErrors,
    ];
  } catch (error) {
    return [`${error}`];
  } finally {
    mocker.restoreAllMocks();
    process.chdir(project);
    process.exitCode = 0;
  }
}

for (const { id, mutant, tests } of attempts) {
  const own = mutant && { ...mutant, path: path.join(project, mutant.file) };
  let killer;
  for (const name of tests) {
    const [failed] = await failures(path.join(project, name), own);
    if (failed !== undefined) killer = { test: name, failed: `${failed}` };
    if (killer !== undefined) break;
  }
  process.stdout.write(`@mutant ${JSON.stringify({ id, ...killer })}\n`);
}
process.exit();
