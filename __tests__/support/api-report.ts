import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} from "@microsoft/api-extractor";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const COMPILER = path.join(PROJECT, "node_modules/typescript7/bin/tsc");
/** Directory of the committed reports. */
export const REPORTS = path.join(PROJECT, "__tests__/fixtures/public-api");
/** Sources of the entries of the package, by the name of their report. */
export const ENTRIES = {
  "veda-auth": "stacks/index",
  "veda-auth-constructs": "constructs/index",
  "veda-auth-client": "scripts/lib/client/index",
} as const;
export type Entry = keyof typeof ENTRIES;

/** Compiles the declarations of the package, and returns the directory that contains them. */
export function compileDeclarations(): string {
  const directory = createTemporaryDirectory();
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      COMPILER,
      ...["--project", path.join(PROJECT, "tsconfig.build.json")],
      ...["--outDir", directory, "--emitDeclarationOnly"],
      ...["--sourceMap", "false", "--inlineSources", "false"],
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stdout);
  return directory;
}

/** Reports what an entry of the package exports, and the other types that its declarations use. */
export function createApiReport(entry: Entry, declarations: string): string {
  const file = path.join(declarations, `${ENTRIES[entry]}.d.ts`);
  const directory = createTemporaryDirectory();
  for (const name of ["report", "temp"]) mkdirSync(path.join(directory, name));
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(PROJECT, "package.json"),
    configObject: {
      projectFolder: path.parse(PROJECT).root,
      mainEntryPointFilePath: file,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "ES2022",
            lib: ["ES2022"],
            module: "commonjs",
            moduleResolution: "node10",
            strict: true,
            skipLibCheck: true,
            typeRoots: [path.join(PROJECT, "node_modules/@types")],
            types: ["node"],
          },
          files: [file],
        },
      },
      apiReport: {
        enabled: true,
        includeForgottenExports: true,
        reportFileName: entry,
        reportFolder: path.join(directory, "report"),
        reportTempFolder: path.join(directory, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
        },
      },
    },
  });
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  if (errorCount > 0) throw new Error(`${entry} has ${errorCount} errors`);
  return readFileSync(
    path.join(directory, "report", `${entry}.api.md`),
    "utf8",
  );
}
