import { symlinkSync } from "node:fs";
import path from "node:path";
import { transformSync } from "esbuild";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import { getEnvironment } from "../../stacks/config/environment";
import { listCodeBlocks, readPages } from "./pages";
import { createTemporaryDirectory } from "./stage";

const PAGE = "docs/client.md";
const PROJECT = path.resolve(__dirname, "../..");

/** Returns the first sample in a language below a heading of the page of the client. */
export function findClientSample(heading: string, name = "ts"): string {
  const text = readPages().find(({ file }) => file === PAGE)?.text ?? "";
  const [, below = ""] = text.split(`\n${heading}\n`);
  const [section = ""] = below.split(/^#+ /m);
  const found = listCodeBlocks({ file: PAGE, text: section }).find(
    ({ language }) => language === name,
  );
  if (found === undefined)
    throw new Error(`no sample in ${name} below ${heading}`);
  return found.code;
}

/** Runs a sample in this process, with the modules of this project, and returns its exports. */
export function runClientSample(heading: string): unknown {
  const { code } = transformSync(findClientSample(heading), {
    loader: "ts",
    format: "cjs",
  });
  const module = { exports: {} };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code is a page of this project
  const run = new Function("module", "require", code) as (
    target: typeof module,
    load: NodeJS.Require,
  ) => void;
  run(module, require);
  return module.exports;
}

/** Compiles samples of the page of the client. */
export async function compileClientSamples(
  headings: readonly string[],
): Promise<ProcessResult> {
  return compileSamples(headings.map((heading) => findClientSample(heading)));
}

/** Compiles samples as a strict project of an application does. */
export async function compileSamples(
  samples: readonly string[],
): Promise<ProcessResult> {
  const directory = createTemporaryDirectory({
    ...Object.fromEntries(
      samples.map((sample, index) => [`sample-${index}.ts`, sample]),
    ),
    "tsconfig.json": JSON.stringify({
      extends: path.join(PROJECT, "tsconfig.json"),
      compilerOptions: { types: ["node"], lib: ["ES2022", "DOM"] },
      include: ["*.ts"],
    }),
  });
  symlinkSync(
    path.join(PROJECT, "node_modules"),
    path.join(directory, "node_modules"),
  );
  const compiler = path.join(PROJECT, "node_modules/typescript7/bin/tsc");
  return runProcess(process.execPath, [compiler, "--noEmit"], {
    directory,
    environment: getEnvironment(),
    timeoutSeconds: 60,
  });
}
