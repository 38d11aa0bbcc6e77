// Runs scripts/<command>.ts. TypeScript is bundled into .build/ and bundled again only when a source of it has changed,
// so that a command starts in the time that Node itself needs.
import {
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const command = process.argv[2] ?? "";
const bundle = path.join(project, ".build", `${command}.cjs`);
const inputs = path.join(project, ".build", `${command}.inputs.json`);

// the SDK announces what its later versions need; the lockfile has one for this Node
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

if (isFresh() || build()) {
  process.argv.splice(1, 2, bundle);
  require(bundle);
} else {
  process.exitCode = 1;
}

/** Whether every file the bundle was made from is still the file it was. */
function isFresh() {
  try {
    statSync(bundle);
    return Object.entries(JSON.parse(readFileSync(inputs, "utf8"))).every(
      ([file, stamp]) => fingerprint(path.join(project, file)) === stamp,
    );
  } catch {
    return false;
  }
}

/** Whether the bundle could be made; why not has been printed. */
function build() {
  const result = bundled();
  if (result === undefined) return false;
  const { outputFiles, metafile } = result;
  const stamps = Object.keys(metafile.inputs).map((file) => [
    file,
    fingerprint(path.join(project, file)),
  ]);
  mkdirSync(path.dirname(bundle), { recursive: true });
  replace(bundle, outputFiles[0].text);
  replace(inputs, JSON.stringify(Object.fromEntries(stamps)));
  return true;
}

function bundled() {
  const { buildSync } = require("esbuild");
  try {
    return buildSync({
      absWorkingDir: project,
      entryPoints: [`scripts/${command}.ts`],
      outfile: bundle,
      bundle: true,
      platform: "node",
      target: "node20",
      // the SDK is loaded from node_modules when a command calls AWS: bundled, it would be parsed at every start
      external: ["@aws-sdk/*"],
      metafile: true,
      write: false,
      logLevel: "error",
    });
  } catch (error) {
    if (Array.isArray(error.errors)) return undefined;
    throw error;
  }
}

/** Two commands may build at once, so a file is there whole or not at all. */
function replace(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

function fingerprint(file) {
  const { mtimeMs, size } = statSync(file);
  return `${mtimeMs}:${size}`;
}
