// Runs scripts/<command>.ts. TypeScript is bundled into .build/ and bundled again only when a source of it has changed,
// so that a command starts in the time that Node itself needs, from what V8 compiled the last time. With --build, bundles every command that the package
// installs; each of these bundles runs by itself.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import Module, { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

const OLDEST_NODE = [20, 19];
/** The SDK announces what its later versions need; the lockfile has one for this Node. */
const BANNER = `#!/usr/bin/env node
"use strict";
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";`;

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const [, , command = "", ...rest] = process.argv;
const isBuild = command === "--build" && rest.length === 0;
const commands = isBuild ? installedCommands() : [command];

const problem = problemWithStart();
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
} else if (!commands.every((name) => isFresh(name) || build(name))) {
  process.exitCode = 1;
} else if (!isBuild) {
  process.argv.splice(1, 2, bundleOf(command));
  run(bundleOf(command));
}

function installedCommands() {
  const manifest = readFileSync(path.join(project, "package.json"), "utf8");
  return Object.keys(JSON.parse(manifest).bin);
}

function bundleOf(name) {
  return path.join(project, ".build", `${name}.cjs`);
}

/** File that says what a bundle was made from. */
function inputsOf(name) {
  return path.join(project, ".build", `${name}.inputs.json`);
}

function problemWithStart() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (
    major < OLDEST_NODE[0] ||
    (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  ) {
    return `Node must be ${OLDEST_NODE.join(".")} or newer, got ${process.versions.node}`;
  }
  const stray = commands.find(
    (name) => !existsSync(path.join(project, "scripts", `${name}.ts`)),
  );
  if (stray !== undefined) {
    return `command must be a file of scripts/, got "${stray}"`;
  }
  if (!existsSync(path.join(project, "node_modules", "esbuild"))) {
    return "packages must be installed first: npm ci";
  }
  return undefined;
}

/** Runs a bundle, whose code is compiled once for each version of Node: that takes as long as the rest of a short run. */
function run(bundle) {
  const { mtimeMs } = statSync(bundle);
  const compiled = `${bundle}.${process.version}-${mtimeMs}`;
  const cachedData = contentOf(compiled);
  const script = new Script(
    // the first line is for a shell
    Module.wrap(readFileSync(bundle, "utf8").replace(/^#!.*/, "")),
    { filename: bundle, cachedData },
  );
  if (cachedData === undefined || script.cachedDataRejected)
    process.once("exit", () => keepCompiled(compiled, script));
  const module = { exports: {} };
  script.runInThisContext()(
    module.exports,
    createRequire(bundle),
    module,
    bundle,
    path.dirname(bundle),
  );
}

function contentOf(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** A run's own work is done: where this cannot be kept, the next run compiles again. */
function keepCompiled(file, script) {
  try {
    replace(file, script.createCachedData());
  } catch {
    // a folder that only another may write to
  }
}

/** Whether every file the bundle was made from is still the file it was. */
function isFresh(name) {
  try {
    statSync(bundleOf(name));
    const stamps = JSON.parse(readFileSync(inputsOf(name), "utf8"));
    return Object.entries(stamps).every(
      ([file, stamp]) => fingerprint(file) === stamp,
    );
  } catch {
    return false;
  }
}

/** Whether the bundle could be made; why not has been printed. */
function build(name) {
  try {
    const { outputFiles, metafile } = bundled(name);
    const files = [
      // of packages the lockfile tells
      ...Object.keys(metafile.inputs).filter(
        (file) => !file.startsWith("node_modules/"),
      ),
      "scripts/run.mjs",
      "package-lock.json",
    ];
    const stamps = files.map((file) => [file, fingerprint(file)]);
    mkdirSync(path.dirname(bundleOf(name)), { recursive: true });
    for (const file of readdirSync(path.dirname(bundleOf(name))))
      if (file.startsWith(`${name}.cjs.v`))
        rmSync(path.join(project, ".build", file), { force: true });
    replace(bundleOf(name), outputFiles[0].text);
    replace(inputsOf(name), JSON.stringify(Object.fromEntries(stamps)));
    return true;
  } catch (error) {
    const isToldByEsbuild = Array.isArray(error.errors);
    if (!isToldByEsbuild && error.path === undefined) throw error;
    if (!isToldByEsbuild)
      console.error(`cannot write ${error.path}: ${error.code}`);
    return false;
  }
}

function bundled(name) {
  return require("esbuild").buildSync({
    absWorkingDir: project,
    entryPoints: [`scripts/${name}.ts`],
    outfile: bundleOf(name),
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    // the SDK is loaded from node_modules when a command calls AWS: bundled, it would be parsed at every start
    external: ["@aws-sdk/*"],
    // code that is kept compiled cannot import: it requires
    supported: { "dynamic-import": false },
    alias: { archiver: "./scripts/lib/lazy-archiver.cjs" },
    metafile: true,
    write: false,
    logLevel: "error",
  });
}

/** Two commands may build at once, so a file is there whole or not at all. */
function replace(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

function fingerprint(file) {
  const { mtimeMs, size } =
    statSync(path.join(project, file), { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs}:${size}`;
}
