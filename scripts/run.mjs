// Runs scripts/<command>.ts. TypeScript is bundled into .build/ and bundled again only when a source of it has changed,
// so that a command starts in the time that Node itself needs.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const command = process.argv[2] ?? "";
const bundle = path.join(project, ".build", `${command}.cjs`);
const inputs = path.join(project, ".build", `${command}.inputs.json`);

// the SDK announces what its later versions need; the lockfile has one for this Node
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const problem = problemWithStart();
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
} else if (isFresh() || build()) {
  process.argv.splice(1, 2, bundle);
  require(bundle);
} else {
  process.exitCode = 1;
}

function problemWithStart() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (
    major < OLDEST_NODE[0] ||
    (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  ) {
    return `Node must be ${OLDEST_NODE.join(".")} or newer, got ${process.versions.node}`;
  }
  if (!existsSync(path.join(project, "scripts", `${command}.ts`))) {
    return `command must be a file of scripts/, got "${command}"`;
  }
  if (!existsSync(path.join(project, "node_modules", "esbuild"))) {
    return "packages must be installed first: npm ci";
  }
  return undefined;
}

/** Whether every file the bundle was made from is still the file it was. */
function isFresh() {
  try {
    statSync(bundle);
    return Object.entries(JSON.parse(readFileSync(inputs, "utf8"))).every(
      ([file, stamp]) => fingerprint(file) === stamp,
    );
  } catch {
    return false;
  }
}

/** Whether the bundle could be made; why not has been printed. */
function build() {
  try {
    const { outputFiles, metafile } = bundled();
    const files = [
      ...Object.keys(metafile.inputs),
      "scripts/run.mjs",
      "package-lock.json",
    ];
    const stamps = files.map((file) => [file, fingerprint(file)]);
    mkdirSync(path.dirname(bundle), { recursive: true });
    replace(bundle, outputFiles[0].text);
    replace(inputs, JSON.stringify(Object.fromEntries(stamps)));
    return true;
  } catch (error) {
    const isToldByEsbuild = Array.isArray(error.errors);
    if (!isToldByEsbuild && error.path === undefined) throw error;
    if (!isToldByEsbuild)
      console.error(`cannot write ${error.path}: ${error.code}`);
    return false;
  }
}

function bundled() {
  return require("esbuild").buildSync({
    absWorkingDir: project,
    entryPoints: [`scripts/${command}.ts`],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    // the SDK is loaded from node_modules when a command calls AWS: bundled, it would be parsed at every start
    external: ["@aws-sdk/*"],
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
