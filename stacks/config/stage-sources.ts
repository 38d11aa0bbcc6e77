import { readdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { ACCOUNT_STAGE } from "../naming";
import {
  type Environment,
  getSetting,
  type HostEnvironment,
} from "./environment";
import { type EnvFile, readEnvFile } from "./env-file";
import { parseBoolean, SETTINGS, STAGE_NAME_PATTERN } from "./settings";

const PREFIX = ".env.";
/** Files that are named like a stage's and are none. */
const NO_STAGES = [".env.example", ".env.local"];

/** Settings as they are written, of one stage or of the account. */
export interface StageSource {
  /** File that the problems of this stage are told under; empty when there is but one stage. */
  readonly label: string;
  readonly values: Environment;
  /** Where each of the values is from, by its name: a file's name, or {@link PROCESS_ENVIRONMENT}. */
  readonly origins: Environment;
  readonly problems: readonly string[];
}

/** Origin of a value that no file has. */
export const PROCESS_ENVIRONMENT = "the environment";

/** Values of one origin. */
interface Layer {
  readonly origin: string;
  readonly values: Environment;
}

/**
 * Where the stages of a folder and an environment have their settings: the one that `STAGE` names, else one for each file
 * `.env.<stage>`, else one that nothing names.
 *
 * @param directory the one whose files are read; `undefined` reads none but the file that `ENV_FILE` names
 * @param names settings that are read
 */
export function findStageSources(
  env: Environment,
  directory: string | undefined,
  { ci }: HostEnvironment,
  names: readonly string[] = Object.keys(SETTINGS),
): StageSource[] {
  const layered = (...layers: readonly Layer[]) => inLayers(names, layers);
  const inherited = { origin: PROCESS_ENVIRONMENT, values: env };
  const envFile = getSetting(env, "ENV_FILE");
  if (envFile !== undefined) {
    const { values, problems } = namedFile(directory ?? ".", envFile);
    const file = { origin: envFile, values };
    return [{ label: "", ...layered(inherited, file), problems }];
  }
  const { problems, ...common } = readLayer(directory, ".env");
  const { values, origins } = layered(inherited, common);
  const stage = getSetting(values, "STAGE");
  if (stage !== undefined) {
    // an unfit name is told as such, and is no part of a file's name
    const own = STAGE_NAME_PATTERN.test(stage)
      ? readLayer(directory, `${PREFIX}${stage}`)
      : { origin: "", values: {}, problems: [] };
    const name = { origin: origins.STAGE ?? "", values: { STAGE: stage } };
    return [
      {
        label: "",
        ...layered(inherited, own, common, name),
        problems: [...problems, ...own.problems],
      },
    ];
  }
  const files = ci || directory === undefined ? [] : stageFiles(directory);
  if (files.length === 0) return [{ label: "", values, origins, problems }];
  return files.map((label, index) => {
    const name = label.slice(PREFIX.length);
    const own = readLayer(directory, label);
    const given = getSetting(own.values, "STAGE") ?? name;
    return {
      label,
      ...layered(
        { origin: label, values: { STAGE: name } },
        inherited,
        own,
        common,
      ),
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

/** A file of settings; empty if no directory is read. */
function readLayer(
  directory: string | undefined,
  origin: string,
): Layer & { readonly problems: readonly string[] } {
  const { values, problems } =
    directory === undefined
      ? { values: {}, problems: [] }
      : readEnvFile(path.join(directory, origin));
  return { origin, values, problems };
}

/** Settings of the stage of a name, whatever `STAGE` says. */
export function findNamedSource(
  env: Environment,
  directory: string,
  surroundings: HostEnvironment,
  stage: string,
): StageSource | undefined {
  const others = Object.entries(env).filter(
    ([name]) => name.toUpperCase() !== "STAGE",
  );
  const [source] = findStageSources(
    { ...Object.fromEntries(others), STAGE: stage },
    directory,
    surroundings,
  );
  return source && { ...source, values: { ...source.values, STAGE: stage } };
}

/** Stages that have a file of their own in a folder. */
export function listStagesWithFiles(directory: string): string[] {
  return stageFiles(directory)
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => STAGE_NAME_PATTERN.test(name) && name !== ACCOUNT_STAGE);
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
  layers: readonly Layer[],
): Pick<StageSource, "values" | "origins"> {
  const values: Record<string, string> = {};
  const origins: Record<string, string> = {};
  for (const layer of layers) {
    for (const name of names) {
      const value = getSetting(layer.values, name);
      if (value === undefined || name in values) continue;
      values[name] = value;
      origins[name] = layer.origin;
    }
  }
  return { values, origins };
}

/** Name of the user who runs this, where the operating system has one. */
export function getUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // a container can run as a user without an entry in passwd
    return undefined;
  }
}

/** Whether a machine runs this. */
export function isCi(env: Environment): boolean {
  const ci = getSetting(env, "CI");
  return ci !== undefined && parseBoolean(ci) !== false;
}
