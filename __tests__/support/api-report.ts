import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
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

export interface ApiReport {
  readonly text: string;
  /** Names that the declarations of an entry use and do not export. */
  readonly forgottenExports: readonly string[];
}

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

/** Reports what an entry of the package exports. */
export function createApiReport(
  entry: Entry,
  declarations: string,
): ApiReport {
  const file = path.join(declarations, `${ENTRIES[entry]}.d.ts`);
  const directory = createTemporaryDirectory();
  const forgottenExports: string[] = [];
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
        reportFileName: entry,
        reportFolder: path.join(directory, "report"),
        reportTempFolder: path.join(directory, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: "none" },
          "ae-forgotten-export": { logLevel: "warning" },
        },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    },
  });
  const { errorCount } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      const [, name] = /^The symbol "(\w+)" needs/.exec(message.text) ?? [];
      if (name !== undefined) forgottenExports.push(name);
    },
  });
  if (errorCount > 0) throw new Error(`${entry} has ${errorCount} errors`);
  const report = path.join(directory, "report", `${entry}.api.md`);
  return { text: readFileSync(report, "utf8"), forgottenExports };
}
