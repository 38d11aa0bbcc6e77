import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { ACCOUNT_STAGE } from "../naming";
import { formatSuggestion } from "../../constructs/similar-text";
import { APP_FILE } from "./app-directory";
import { readAppSettings } from "./app-settings";
import { readEnvFile } from "./env-file";
import {
  type Environment,
  getSetting,
  type HostEnvironment,
} from "./environment";
import { STAGE_NAME } from "./setting-row";
import { SETTING_NAMES } from "./settings";
import { findSimilarSettings } from "./similar-settings";

const PREFIX = ".env.";
/** Files that are named like the file of a stage but belong to no stage. */
const OTHER_FILES = [".env.example", ".env.local"];
/** Copies of the file `.env` that sync-env replaced. */
const BACKUP = /\.backup-\d{8}T\d{6}Z(-\d+)?$/;
/**
 * Endings of copies that editors and tools write, such as `.env.dev.bak` and `.env.dev~`. Other endings that are no stage,
 * such as that of `.env.Dev`, are reported, since their author expects a stage.
 */
const COPY = /\.|[~#]$/;

/** Settings of one stage or of the account as text, by name in upper case. */
export interface StageSource {
  /** File that problems of this stage are reported under; empty if there is one stage only. */
  readonly label: string;
  readonly values: Environment;
  /** Origin of each value, by its name: the name of a file, or {@link PROCESS_ENVIRONMENT}. */
  readonly origins: Environment;
  /** Problems of files, with their names. If there is one, the values are incomplete. */
  readonly problems: readonly string[];
  readonly misspellings: readonly Misspelling[];
  /** Sentence about the missing file of the named stage, if other stages have files: the name can be misspelled. */
  readonly note?: string | undefined;
}

/** A name in a file that is no setting, but similar to one. */
export interface Misspelling {
  /** Problem with the name of the file. */
  readonly problem: string;
  readonly settings: readonly string[];
}

/** Origin of a value that no file contains. */
export const PROCESS_ENVIRONMENT = "the environment";

/** Values of one origin. */
interface Layer {
  readonly origin: string;
  readonly values: Environment;
  readonly problems?: readonly string[];
  /** Numbers of the lines of a file, by the names of their variables. The environment has none. */
  readonly lineNumbers?: Readonly<Record<string, number>>;
  readonly references?: readonly string[];
}

/**
 * Returns the settings of each stage that a directory and the environment describe: the stage that `STAGE` names, or one
 * stage for each file `.env.<stage>`, or one stage without a name. All of them have the settings in cdktf.json.
 *
 * @param directory directory whose files are read; without it, only the file that `ENV_FILE` names is read
 * @param names settings that are read
 */
export function findStageSources(
  env: Environment,
  directory: string | undefined,
  { isCi }: HostEnvironment,
  names: readonly string[] = SETTING_NAMES,
): StageSource[] {
  const app =
    directory === undefined
      ? []
      : [{ origin: APP_FILE, ...readAppSettings(directory) }];
  const merge = (...layers: readonly Layer[]): StageSource =>
    mergeLayers(names, [...layers, ...app]);
  const process = { origin: PROCESS_ENVIRONMENT, values: env };
  const envFile = getSetting(env, "ENV_FILE");
  if (envFile !== undefined)
    return [merge(process, readNamedFile(directory ?? ".", envFile))];

  const common = readLayer(directory, ".env");
  const unnamed = merge(process, common);
  const { STAGE: stage } = unnamed.values;
  if (stage !== undefined) {
    // an invalid name is reported later, and is not part of a file name
    const own = STAGE_NAME.allows(stage)
      ? [readLayer(directory, `${PREFIX}${stage}`)]
      : [];
    const note = describeMissingFile(directory, stage);
    return [{ ...merge(process, ...own, common), note }];
  }
  const files =
    isCi || directory === undefined ? [] : listStageFiles(directory);
  if (files.length === 0) return [unnamed];
  return files.map((label) => {
    const own = readLayer(directory, label);
    const name = { origin: label, values: { STAGE: toStage(label) } };
    const source = merge(name, process, own, common);
    const problems = [...source.problems, ...validateFileName(label, own)];
    return { ...source, label, problems };
  });
}

/** Returns the settings of one stage, whatever `STAGE` is. */
export function findNamedSource(
  env: Environment,
  directory: string,
  host: HostEnvironment,
  stage: string,
): StageSource | undefined {
  const others = Object.entries(env).filter(
    ([name]) => name.toUpperCase() !== "STAGE",
  );
  const named = { ...Object.fromEntries(others), STAGE: stage };
  const [source] = findStageSources(named, directory, host);
  return source && { ...source, values: { ...source.values, STAGE: stage } };
}

/** Returns the stages that have a file of their own. */
export function listStagesWithFiles(directory: string): string[] {
  return listStageFiles(directory)
    .map(toStage)
    .filter((name) => STAGE_NAME.allows(name) && name !== ACCOUNT_STAGE);
}

function describeMissingFile(
  directory: string | undefined,
  stage: string,
): string | undefined {
  if (directory === undefined || stage === ACCOUNT_STAGE) return undefined;
  const stages = listStagesWithFiles(directory);
  return stages.length === 0 || stages.includes(stage)
    ? undefined
    : `there is no ${PREFIX}${stage}; stages with a file: ${stages.join(", ")}`;
}

/** Adds the file that sets the setting that a problem begins with. */
export function addOrigin(
  { label, origins }: Pick<StageSource, "label" | "origins">,
  problem: string,
): string {
  const [name = ""] = problem.split(" ");
  const origin = origins[name] ?? label;
  // the values of one stage are from the environment or from its files, but several stages can share a value
  return origin === "" || (label === "" && origin === PROCESS_ENVIRONMENT)
    ? problem
    : `${origin}: ${problem}`;
}

/** Returns the names of the files `.env.<stage>` in alphabetical order. */
export function listStageFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.startsWith(PREFIX))
    .map(({ name }) => name)
    .filter(
      (name) =>
        !OTHER_FILES.includes(name) &&
        !BACKUP.test(name) &&
        !COPY.test(toStage(name)),
    )
    .sort();
}

function toStage(file: string): string {
  return file.slice(PREFIX.length);
}

function validateFileName(file: string, layer: Layer): string[] {
  const stage = toStage(file);
  const other = getValue(layer, "STAGE") ?? stage;
  return [
    ...(other === stage
      ? []
      : [
          `${file}: STAGE must be "${stage}" in a file of that name, got "${other}"`,
        ]),
    ...(stage === "" ? [`${file}: name must be ${PREFIX}<stage>`] : []),
  ];
}

function readNamedFile(directory: string, origin: string): Layer {
  const file = path.resolve(directory, origin);
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false
    ? {
        origin,
        values: {},
        problems: [`ENV_FILE must be a file, got "${origin}"`],
      }
    : readFile(file, origin);
}

function readLayer(directory: string | undefined, origin: string): Layer {
  return directory === undefined
    ? { origin, values: {} }
    : readFile(path.join(directory, origin), origin);
}

function readFile(file: string, origin: string): Layer {
  return { origin, ...readEnvFile(file, origin) };
}

/** Finds misspelled names in files. Variables of the environment are of other programs, too. */
function findMisspellings(layers: readonly Layer[]): readonly Misspelling[] {
  const isSet = (name: string): boolean =>
    layers.some(({ values }) => getSetting(values, name) !== undefined);
  return layers.flatMap(({ origin, values, lineNumbers }) => {
    const names = lineNumbers === undefined ? [] : Object.keys(values);
    return names.flatMap((name) => {
      const settings = findSimilarSettings(name, isSet);
      if (settings.length === 0) return [];
      const position = formatPosition(origin, lineNumbers?.[name]);
      const problem = `${position}: ${name} is not a setting, ${formatSuggestion(settings)} If another program reads it, move it out of this file`;
      return [{ problem, settings }];
    });
  });
}

/** Finds values that other readers of the file expand. Variables of other programs can have them. */
function findReferences(
  names: readonly string[],
  { origin, lineNumbers, references = [] }: Layer,
): readonly string[] {
  return references.flatMap((name) => {
    const position = formatPosition(origin, lineNumbers?.[name]);
    return [name, name.toUpperCase()].some((each) => names.includes(each))
      ? [
          `${position}: ${name} must be text, got a reference such as \${NAME} or $(command), which is not expanded; write the value, or single quotes for this text`,
        ]
      : [];
  });
}

function formatPosition(origin: string, line: number | undefined): string {
  return line === undefined ? origin : `${origin}: line ${line}`;
}

/** Returns the value of a setting. In a file, its last line counts, whatever the case of the name in each line. */
function getValue(
  { values, lineNumbers }: Layer,
  name: string,
): string | undefined {
  if (lineNumbers === undefined) return getSetting(values, name);
  const [last = name] = Object.keys(lineNumbers)
    .filter((other) => other === name || other.toUpperCase() === name)
    .sort((a, b) => (lineNumbers[b] ?? 0) - (lineNumbers[a] ?? 0));
  return getSetting({ [name]: values[last] }, name);
}

/** Merges layers: the first one that has a value wins, and an empty value counts as none. */
function mergeLayers(
  names: readonly string[],
  layers: readonly Layer[],
): StageSource {
  const values: Record<string, string> = {};
  const origins: Record<string, string> = {};
  for (const layer of layers) {
    for (const name of names) {
      const value = getValue(layer, name);
      if (value === undefined || name in values) continue;
      values[name] = value;
      origins[name] = layer.origin;
    }
  }
  return {
    label: "",
    values,
    origins,
    problems: layers.flatMap((layer) => [
      ...(layer.problems ?? []),
      ...findReferences(names, layer),
    ]),
    misspellings: findMisspellings(layers),
  };
}
