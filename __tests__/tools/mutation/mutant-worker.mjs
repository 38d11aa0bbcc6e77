// Runs test files on one mutant after another in one process, so that the modules of node_modules, which take most of the
// time, are loaded once. Reads mutants from a file and prints the result of each.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import vm from "node:vm";
import ts from "typescript";

const [, , project, file] = process.argv;
const attempts = JSON.parse(readFileSync(file, "utf8"));
const require = createRequire(path.join(project, "package.json"));
const requireOfCircus = createRequire(
  require.resolve("jest-circus/package.json"),
);
const circus = require("jest-circus");
// not exported by jest-circus
const { addEventHandler } = requireOfCircus("./build/state.js");
const { expect } = require("expect");
const { ModuleMocker } = requireOfCircus("jest-mock");

const mocker = new ModuleMocker(globalThis);
const { describe, test, it, beforeAll, beforeEach, afterAll, afterEach } =
  circus;
// only jest can compare snapshots
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
  // jest-circus reads the mode after this event
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
  const cached = isMutated ? undefined : compiled.get(file);
  if (cached !== undefined) return cached;
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
  const wrapper = vm.compileFunction(
    outputText,
    ["exports", "require", "module", "__filename", "__dirname"],
    { filename: file },
  );
  if (!isMutated) compiled.set(file, wrapper);
  return wrapper;
}

/** Loads a file of the project, and the files that it imports, again. */
function load(file, mutant, loaded) {
  const before = loaded.get(file);
  if (before !== undefined) return before.exports;
  const own = { exports: {} };
  loaded.set(file, own);
  const outside = createRequire(file);
  const within = (name) => {
    if (!name.startsWith(".")) return outside(name);
    const target = path.resolve(path.dirname(file), name);
    const found = [`${target}.ts`, path.join(target, "index.ts")].find((one) =>
      statSync(one, { throwIfNoEntry: false })?.isFile(),
    );
    return found === undefined ? outside(name) : load(found, mutant, loaded);
  };
  within.resolve = outside.resolve;
  compile(file, mutant)(own.exports, within, own, file, path.dirname(file));
  return own.exports;
}

/** Returns whether all tests of a file pass. Skips the tests after a failure. */
async function passes(file, mutant) {
  circus.resetState();
  circus.getState().testTimeout = 30_000;
  hasFailed = false;
  try {
    load(file, mutant, new Map());
    const { testResults, unhandledErrors } = await circus.run();
    return (
      unhandledErrors.length === 0 &&
      testResults.every(({ errors }) => errors.length === 0)
    );
  } catch {
    return false;
  } finally {
    mocker.restoreAllMocks();
    process.chdir(project);
    process.exitCode = 0;
  }
}

/** Tests that pass without a mutant; others cannot detect one. */
const valid = new Map();

async function isValid(test) {
  if (!valid.has(test)) valid.set(test, await passes(test, undefined));
  return valid.get(test);
}

for (const { mutant, tests } of attempts) {
  const own = { ...mutant, path: path.join(project, mutant.file) };
  let killedBy;
  for (const name of tests) {
    const test = path.join(project, name);
    if (!(await passes(test, own)) && (await isValid(test))) {
      killedBy = name;
      break;
    }
  }
  process.stdout.write(`@mutant ${JSON.stringify({ killedBy })}
`);
}
// eslint-disable-next-line no-restricted-properties -- tests can leave open handles
process.exit();
