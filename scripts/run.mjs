#!/usr/bin/env -S node --
// Runs a command of veda-auth, the app for cdktf ("app"), or any TypeScript file of the project by its path without the
// extension. Bundles the program into .build/, and again only if a source has changed, and caches V8's compiled code, so
// that a command starts as fast as Node. Checks types once after a change before the app is synthesized.
// With --build, builds the package: its bins, and its library in dist/.
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
const PROGRAM = "veda-auth";
/** Resolution of the times of files, and of the clock that these are compared with. */
const CLOCK_MS = 10;
/** The program with main.ts and cdktf, which other commands do not load. */
const SYNTH = "synth";
/** Programs that run main.ts. */
const SYNTHESIZING = ["app", SYNTH];
/** The AWS SDK warns about Node versions that its later releases drop; the lockfile pins a release for this Node. */
const BANNER = `#!/usr/bin/env node
"use strict";
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";`;

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const [, , first = "", ...rest] = process.argv;
const isBuild = first === "--build" && rest.length === 0;
const isFile =
  first === "app" ||
  (first.includes("/") && existsSync(path.join(project, `${first}.ts`)));
const program = isFile ? first : first === SYNTH ? SYNTH : PROGRAM;

const problem = validateStart();
if (problem !== undefined) {
  console.error(problem);
  // npx builds the package before it is installed: its bins then print this problem
  if (isBuild) await buildPackage();
  else process.exitCode = 1;
} else if (!isFresh(program) && !build(program)) {
  process.exitCode = 1;
} else if (isBuild) {
  process.exitCode = (await buildPackage()) ? 0 : 1;
} else if (!SYNTHESIZING.includes(program) || checkTypes()) {
  process.argv[1] = getBundle(program);
  if (isFile) process.argv.splice(2, 1);
  run(getBundle(program));
} else {
  process.exitCode = 1;
}

/** Builds the package. Without installed packages, writes only its bins. */
async function buildPackage() {
  const { buildLibrary, writeBins } = await import("./build-package.mjs");
  writeBins(project, path.basename(getBundle(PROGRAM)));
  if (problem !== undefined) return true;
  const { inputs } = bundle(PROGRAM).metafile;
  return buildLibrary(project, Object.keys(inputs));
}

function getSource(name) {
  const file = name === SYNTH ? PROGRAM : name;
  return file.includes("/") ? `${file}.ts` : `scripts/${file}.ts`;
}

function getBundle(name) {
  const file = name === PROGRAM ? "program" : path.basename(name);
  return path.join(project, ".build", `${file}.cjs`);
}

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
  if (!existsSync(path.join(project, "node_modules", "esbuild"))) {
    return "packages must be installed: run npm ci";
  }
  return undefined;
}

/**
 * Checks the types of the project, unless no source has changed since the last check without errors. Wrong use of the
 * constructs is an error of types first.
 */
function checkTypes() {
  const compiler = path.join(project, "node_modules/typescript7/bin/tsc");
  if (!existsSync(path.join(project, "tsconfig.json")) || !existsSync(compiler))
    return true;
  const file = path.join(project, ".build", "types.json");
  if (hasFreshInputs(file)) return true;
  const files = listTypedFiles();
  const stamps = files.map((one) => [one, fingerprint(one)]);
  const { spawnSync } = require("node:child_process");
  const { status, stdout } = spawnSync(
    process.execPath,
    [compiler, "--noEmit", "--pretty", "false"],
    { cwd: project, encoding: "utf8", timeout: 300_000 },
  );
  if (status !== 0) {
    console.error(stdout.trimEnd());
    return false;
  }
  writeFileAtomic(file, JSON.stringify(Object.fromEntries(stamps)));
  return true;
}

/** Returns the files whose types the app depends on, and the options of the compiler. */
function listTypedFiles() {
  const sources = ["constructs", "stacks"].flatMap((directory) =>
    readdirSync(path.join(project, directory), { recursive: true })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => path.join(directory, file)),
  );
  return ["main.ts", "tsconfig.json", "package-lock.json", ...sources];
}

/**
 * Runs a bundle. Compiles its code once for each command and version of Node: that takes as long as the rest of a short run.
 */
function run(bundle) {
  const { mtimeMs } = statSync(bundle);
  const compiled = `${bundle}.${process.version}-${mtimeMs}.${getUse()}`;
  const cachedData = readIfPresent(compiled);
  const script = new Script(
    // without the #! line
    Module.wrap(readFileSync(bundle, "latin1").replace(/^#!.*/, "")),
    { filename: bundle, cachedData },
  );
  if (cachedData === undefined || script.cachedDataRejected)
    process.once("exit", () => cacheCompiled(compiled, script));
  // an installed bundle has another id; see stacks/config/settings-directory.ts
  const module = { exports: {}, id: "checkout" };
  script.runInThisContext()(
    module.exports,
    createRequire(bundle),
    module,
    bundle,
    path.dirname(bundle),
  );
}

/** Names the part of the program that this run needs: compiled code contains what the run that wrote it has used. */
function getUse() {
  const isHelp = process.argv.some((arg) => arg === "--help" || arg === "-h");
  const command = /^[a-z-]{1,40}$/.test(first) ? first : "other";
  return isFile ? "file" : `${command}${isHelp ? "-help" : ""}`;
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
  return existsSync(getBundle(name)) && hasFreshInputs(getInputsFile(name));
}

/** Returns whether the files have the fingerprints that another file lists. */
function hasFreshInputs(listFile) {
  try {
    const stamps = JSON.parse(readFileSync(listFile, "utf8"));
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
    const start = Date.now();
    const { outputFiles, metafile } = bundle(name);
    const files = [
      // the lockfile covers packages
      ...Object.keys(metafile.inputs).filter(
        (file) => !file.startsWith("node_modules/"),
      ),
      "scripts/run.mjs",
      "package-lock.json",
    ];
    // a file that changes while it is bundled can be in the bundle in either form: bundle again at the next start
    const stamps = files.map((file) => [file, fingerprint(file, start)]);
    mkdirSync(path.dirname(getBundle(name)), { recursive: true });
    const compiled = `${path.basename(getBundle(name))}.v`;
    for (const file of readdirSync(path.dirname(getBundle(name))))
      if (file.startsWith(compiled))
        rmSync(path.join(project, ".build", file), { force: true });
    writeFileAtomic(getBundle(name), escapeNonAscii(outputFiles[0].text));
    writeFileAtomic(
      getInputsFile(name),
      JSON.stringify(Object.fromEntries(stamps)),
    );
    return true;
  } catch (error) {
    // esbuild has printed its own
    if (Array.isArray(error.errors)) return false;
    if (error.path === undefined) throw error;
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
    charset: "ascii",
    minifyWhitespace: true,
    lineLimit: 200,
    legalComments: "none",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    // loaded from node_modules when a command calls AWS: bundled, the SDK would be parsed at every start
    external: ["@aws-sdk/*", "@smithy/*", ...listOmittedModules(name)],
    // cached compiled code cannot import, only require
    supported: { "dynamic-import": false },
    loader: { ".py": "text" },
    alias: { archiver: "./scripts/lib/system/lazy-archiver.cjs" },
    metafile: true,
    write: false,
    logLevel: "error",
  });
}

/** Returns the modules that a program never loads: main.ts, or the commands other than synth. */
function listOmittedModules(name) {
  if (name === PROGRAM) return [path.join(project, "main.ts")];
  if (name !== SYNTH) return [];
  return readdirSync(path.join(project, "scripts"))
    .filter(
      (file) => ![SYNTH, PROGRAM, "commands"].includes(path.parse(file).name),
    )
    .map((file) => path.join(project, "scripts", file));
}

/** Escapes what esbuild leaves in regular expressions: Node reads a file of ASCII characters several times as fast. */
function escapeNonAscii(code) {
  return code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Writes a file in one step: two commands may build at once. */
function writeFileAtomic(file, text) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** Returns a text that differs after a change of a file; an empty one for a file that was changed since a time. */
function fingerprint(file, since = Infinity) {
  const { mtimeMs, size } =
    statSync(path.join(project, file), { throwIfNoEntry: false }) ?? {};
  return mtimeMs >= since - CLOCK_MS ? "" : `${mtimeMs}:${size}`;
}
