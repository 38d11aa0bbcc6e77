// Runs scripts/<command>.ts, or any TypeScript file of the project by its path without the extension. Bundles it into
// .build/, and again only if a source has changed, and caches V8's compiled code, so that a command starts as fast as Node.
// With --build, bundles every command that the package installs; each of these bundles runs by itself.
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
/** The AWS SDK warns about Node versions that its later releases drop; the lockfile pins a release for this Node. */
const BANNER = `#!/usr/bin/env node
"use strict";
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";`;

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const [, , command = "", ...rest] = process.argv;
const isBuild = command === "--build" && rest.length === 0;
const commands = isBuild ? listInstalledCommands() : [command];

const problem = validateStart();
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
} else if (!commands.every((name) => isFresh(name) || build(name))) {
  process.exitCode = 1;
} else if (!isBuild) {
  process.argv.splice(1, 2, getBundle(command));
  run(getBundle(command));
}

function listInstalledCommands() {
  const manifest = readFileSync(path.join(project, "package.json"), "utf8");
  return Object.keys(JSON.parse(manifest).bin);
}

/** Path of a command's source in the project. */
function getSource(name) {
  return name.includes("/") ? `${name}.ts` : `scripts/${name}.ts`;
}

function getBundle(name) {
  return path.join(project, ".build", `${path.basename(name)}.cjs`);
}

/** File with the fingerprints of a bundle's sources. */
function getInputsFile(name) {
  return path.join(project, ".build", `${path.basename(name)}.inputs.json`);
}

function validateStart() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (
    major < OLDEST_NODE[0] ||
    (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  ) {
    return `Node must be ${OLDEST_NODE.join(".")} or newer, got ${process.versions.node}`;
  }
  const unknown = commands.find(
    (name) => !existsSync(path.join(project, getSource(name))),
  );
  if (unknown !== undefined) {
    return `command must be the name of a file in scripts/, got "${unknown}"`;
  }
  if (!existsSync(path.join(project, "node_modules", "esbuild"))) {
    return "packages must be installed: run npm ci";
  }
  return undefined;
}

/** Runs a bundle. Compiles its code once for each version of Node: that takes as long as the rest of a short run. */
function run(bundle) {
  const { mtimeMs } = statSync(bundle);
  const compiled = `${bundle}.${process.version}-${mtimeMs}`;
  const cachedData = readIfPresent(compiled);
  const script = new Script(
    // without the #! line
    Module.wrap(readFileSync(bundle, "utf8").replace(/^#!.*/, "")),
    { filename: bundle, cachedData },
  );
  if (cachedData === undefined || script.cachedDataRejected)
    process.once("exit", () => cacheCompiled(compiled, script));
  const module = { exports: {} };
  script.runInThisContext()(
    module.exports,
    createRequire(bundle),
    module,
    bundle,
    path.dirname(bundle),
  );
}

function readIfPresent(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Caches compiled code; without it, the next run compiles again. */
function cacheCompiled(file, script) {
  try {
    writeFileAtomic(file, script.createCachedData());
  } catch {
    // the directory may not be writable
  }
}

/** Returns whether no source of a bundle has changed. */
function isFresh(name) {
  try {
    statSync(getBundle(name));
    const stamps = JSON.parse(readFileSync(getInputsFile(name), "utf8"));
    return Object.entries(stamps).every(
      ([file, stamp]) => fingerprint(file) === stamp,
    );
  } catch {
    return false;
  }
}

/** Bundles a command; prints the reason and returns false if it cannot. */
function build(name) {
  try {
    const { outputFiles, metafile } = bundle(name);
    const files = [
      // the lockfile covers packages
      ...Object.keys(metafile.inputs).filter(
        (file) => !file.startsWith("node_modules/"),
      ),
      "scripts/run.mjs",
      "package-lock.json",
    ];
    const stamps = files.map((file) => [file, fingerprint(file)]);
    mkdirSync(path.dirname(getBundle(name)), { recursive: true });
    const compiled = `${path.basename(getBundle(name))}.v`;
    for (const file of readdirSync(path.dirname(getBundle(name))))
      if (file.startsWith(compiled))
        rmSync(path.join(project, ".build", file), { force: true });
    writeFileAtomic(getBundle(name), outputFiles[0].text);
    writeFileAtomic(
      getInputsFile(name),
      JSON.stringify(Object.fromEntries(stamps)),
    );
    return true;
  } catch (error) {
    // esbuild has printed its own
    const isBuildError = Array.isArray(error.errors);
    if (!isBuildError && error.path === undefined) throw error;
    if (!isBuildError)
      console.error(`cannot write ${error.path}: ${error.code}`);
    return false;
  }
}

function bundle(name) {
  return require("esbuild").buildSync({
    absWorkingDir: project,
    entryPoints: [getSource(name)],
    outfile: getBundle(name),
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    // loaded from node_modules when a command calls AWS: bundled, the SDK would be parsed at every start
    external: ["@aws-sdk/*"],
    // cached compiled code cannot import, only require
    supported: { "dynamic-import": false },
    alias: { archiver: "./scripts/lib/system/lazy-archiver.cjs" },
    metafile: true,
    write: false,
    logLevel: "error",
  });
}

/** Writes a file in one step: two commands may build at once. */
function writeFileAtomic(file, text) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

function fingerprint(file) {
  const { mtimeMs, size } =
    statSync(path.join(project, file), { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs}:${size}`;
}
