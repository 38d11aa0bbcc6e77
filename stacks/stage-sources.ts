import { readdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { ACCOUNT_STAGE } from "../constructs/names";
import type { Environment, Surroundings } from "./config";
import { readEnvFile, type EnvFile } from "./env-file";
import { lookUp } from "./given-settings";
import { parseBoolean, SETTINGS, STAGE_NAME } from "./settings";

const PREFIX = ".env.";
/** Files that are named like a stage's and are none. */
const NO_STAGES = [".env.example", ".env.local"];

/** Settings as they are written, of one stage or of the account. */
export interface StageSource {
  /** File that the problems of this stage are told under; empty when there is but one stage. */
  readonly label: string;
  readonly values: Environment;
  readonly problems: readonly string[];
}

/**
 * Where the stages of a folder and an environment have their settings: the one that `STAGE` names, else one for each file
 * `.env.<stage>`, else one that nothing names.
 *
 * @param names settings that are read
 */
export function stageSources(
  env: Environment,
  directory: string,
  { ci }: Surroundings,
  names: readonly string[] = Object.keys(SETTINGS),
): StageSource[] {
  const layered = (...layers: readonly Environment[]): Environment =>
    inLayers(names, layers);
  const envFile = lookUp(env, "ENV_FILE");
  if (envFile !== undefined) {
    const { values, problems } = namedFile(directory, envFile);
    return [{ label: "", values: layered(env, values), problems }];
  }
  const common = readEnvFile(path.join(directory, ".env"));
  const values = layered(env, common.values);
  const stage = lookUp(values, "STAGE");
  const { problems } = common;
  if (stage !== undefined) {
    // an unfit name is told as such, and is no part of a file's name
    const own = STAGE_NAME.test(stage)
      ? readEnvFile(path.join(directory, `.env.${stage}`))
      : { values: {}, problems: [] };
    return [
      {
        label: "",
        values: layered(env, own.values, common.values, { STAGE: stage }),
        problems: [...problems, ...own.problems],
      },
    ];
  }
  const files = ci ? [] : stageFiles(directory);
  if (files.length === 0) return [{ label: "", values, problems }];
  return files.map((label, index) => {
    const name = label.slice(PREFIX.length);
    const own = readEnvFile(path.join(directory, label));
    const given = lookUp(own.values, "STAGE") ?? name;
    return {
      label,
      values: layered({ STAGE: name }, env, own.values, common.values),
      problems: [
        ...(index === 0 ? problems : []),
        ...own.problems,
        ...(given === name
          ? []
          : [`STAGE must be "${name}" in a file of that name, got "${given}"`]),
        ...(name === "" ? [`name must be ${PREFIX}<stage>`] : []),
      ],
    };
  });
}

function namedFile(directory: string, envFile: string): EnvFile {
  const file = path.resolve(directory, envFile);
  return statSync(file, { throwIfNoEntry: false }) === undefined
    ? { values: {}, problems: [`ENV_FILE must be a file, got "${envFile}"`] }
    : readEnvFile(file);
}

/** Settings of the stage of a name, whatever `STAGE` says. */
export function namedSource(
  env: Environment,
  directory: string,
  surroundings: Surroundings,
  stage: string,
): StageSource | undefined {
  const others = Object.entries(env).filter(
    ([name]) => name.toUpperCase() !== "STAGE",
  );
  const [source] = stageSources(
    { ...Object.fromEntries(others), STAGE: stage },
    directory,
    surroundings,
  );
  return source && { ...source, values: { ...source.values, STAGE: stage } };
}

/** Stages that have a file of their own in a folder. */
export function stagesWithFiles(directory: string): string[] {
  return stageFiles(directory)
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => STAGE_NAME.test(name) && name !== ACCOUNT_STAGE);
}

/** Names of the files `.env.<stage>`, in alphabetical order. */
function stageFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && entry.name.startsWith(PREFIX))
    .map(({ name }) => name)
    .filter((name) => !NO_STAGES.includes(name))
    .sort();
}

/** One environment of several, the first that has a name winning; an empty value is none. */
function inLayers(
  names: readonly string[],
  layers: readonly Environment[],
): Environment {
  const result: Record<string, string> = {};
  for (const layer of layers) {
    for (const name of names) {
      const value = lookUp(layer, name);
      if (value !== undefined) result[name] ??= value;
    }
  }
  return result;
}

/** Name of the user who runs this, where the operating system has one. */
export function osUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // a container can run as a user without an entry in passwd
    return undefined;
  }
}

/** Whether a machine runs this. */
export function isCi(env: Environment): boolean {
  const ci = lookUp(env, "CI");
  return ci !== undefined && parseBoolean(ci) !== false;
}
