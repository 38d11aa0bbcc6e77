// Builds the package for `node scripts/run.mjs --build`: its bins, and dist/, the library.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

const PROGRAM = "veda-auth";
const DIRECTORY = "dist";
/** Licenses of the packages that the program contains. */
const LICENSES = "BUNDLED_LICENSES";
const LICENSE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;
const PACKAGE_DIRECTORY = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const SEPARATOR = `\n${"-".repeat(80)}\n\n`;
/** The text of the license MIT, which some packages only name. */
const MIT_TEXT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
const READABLE = 0o644;
const EXECUTABLE = 0o755;

/**
 * Writes the bins of the package, and links the program for npx. In this directory, a bin runs run.mjs, which bundles the
 * current sources.
 */
export function writeBins(project, bundle) {
  const { bin } = readManifest(project);
  mkdirSync(path.join(project, ".build"), { recursive: true });
  for (const [name, file] of Object.entries(bin)) {
    // in one step: two builds may run at once
    const temporary = path.join(project, `${file}.${process.pid}`);
    writeFileSync(
      temporary,
      `#!/usr/bin/env -S node --
const { existsSync, realpathSync } = require("node:fs");
const path = require("node:path");
const project = path.dirname(__dirname);
const runner = path.join(project, "scripts", "run.mjs");
const directory = realpathSync(process.cwd());
const isCheckout =
  (directory === project || directory.startsWith(project + path.sep)) &&
  existsSync(runner);
${name === PROGRAM ? "" : `process.argv.splice(2, 0, "${name}");\n`}if (isCheckout) {
  process.env.VEDA_AUTH_CALLER = directory;
  process.chdir(project);
  void import(runner);
} else require("./${bundle}");
`,
    );
    chmodSync(temporary, EXECUTABLE);
    renameSync(temporary, path.join(project, file));
  }
  const link = path.join(project, "node_modules/.bin", PROGRAM);
  if (bin[PROGRAM] === undefined || !existsSync(path.dirname(link))) return;
  const temporary = `${link}.${process.pid}`;
  symlinkSync(path.join("../..", bin[PROGRAM]), temporary);
  renameSync(temporary, link);
}

/**
 * Compiles the library: JavaScript, declarations and source maps of its entries. Prints the errors of the compiler and returns
 * false if there are any. Several builds may run at once: dist/ is replaced only if it changes.
 */
export function buildLibrary(project, bundledFiles) {
  const temporary = path.join(project, `${DIRECTORY}.${process.pid}.tmp`);
  const compiler = path.join(project, "node_modules/typescript7/bin/tsc");
  const options = ["--project", "tsconfig.build.json", "--pretty", "false"];
  try {
    const { status, stdout } = spawnSync(
      process.execPath,
      [compiler, ...options, "--outDir", temporary],
      { cwd: project, encoding: "utf8" },
    );
    if (status !== 0) {
      console.error(stdout.trimEnd());
      return false;
    }
    writeFileSync(
      path.join(temporary, LICENSES),
      formatLicenses(project, bundledFiles),
    );
    replaceDirectory(temporary, path.join(project, DIRECTORY));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  setPermissions(project);
  return true;
}

/** Sets the permissions of all files of the package: npm packs them, and git sets them by the umask. */
function setPermissions(project) {
  const { files } = readManifest(project);
  for (const file of ["package.json", "README.md", "LICENSE", ...files])
    for (const one of listFiles(path.join(project, file)))
      chmodSync(one, statSync(one).mode & 0o100 ? EXECUTABLE : READABLE);
}

function formatLicenses(project, bundledFiles) {
  const packages = new Map();
  for (const file of bundledFiles) {
    const [directory] = PACKAGE_DIRECTORY.exec(file) ?? [];
    if (directory === undefined) continue;
    const paths = packages.get(directory) ?? [];
    packages.set(directory, [...paths, path.join(project, file)]);
  }
  return [...packages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([directory, files]) =>
      formatLicense(path.join(project, directory), files),
    )
    .join(SEPARATOR);
}

/** @throws Error for a package without the text of its license */
function formatLicense(directory, bundledFiles) {
  const { name, version, license } = readManifest(directory);
  const texts = readdirSync(directory)
    .filter((file) => LICENSE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(path.join(directory, file), "utf8").trim());
  if (texts.length === 0) {
    const notices = bundledFiles.flatMap(
      (file) => readFileSync(file, "utf8").match(/Copyright \(c\).*/g) ?? [],
    );
    if (license !== "MIT" || notices.length === 0)
      throw new Error(`${name} must have the text of its license`);
    texts.push(...new Set(notices), MIT_TEXT);
  }
  return `${[`${name} ${version}`, license, ...texts].join("\n\n")}\n`;
}

function readManifest(directory) {
  return JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8"));
}

/** Replaces a directory, unless it has the same content. Another build may do the same at this time. */
function replaceDirectory(source, target) {
  if (isEqual(source, target)) return;
  const former = source.replace(/\.tmp$/, ".former.tmp");
  while (!tryRename(source, target, "ENOTEMPTY"))
    if (tryRename(target, former, "ENOENT"))
      rmSync(former, { recursive: true, force: true });
}

/** Returns false if renaming fails with a code. */
function tryRename(source, target, code) {
  try {
    renameSync(source, target);
    return true;
  } catch (error) {
    if (error.code !== code) throw error;
    return false;
  }
}

function isEqual(source, target) {
  try {
    return readContent(source) === readContent(target);
  } catch (error) {
    // another build replaces the target
    if (error.code !== "ENOENT") throw error;
    return false;
  }
}

function readContent(directory) {
  const files = listFiles(directory).map((file) => [
    path.relative(directory, file),
    readFileSync(file, "utf8"),
  ]);
  return JSON.stringify(files);
}

/** Returns the files of a directory, or the file that a path names. */
function listFiles(file) {
  if (!existsSync(file)) return [];
  if (!statSync(file).isDirectory()) return [file];
  return readdirSync(file, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
