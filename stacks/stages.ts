import { readdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { problemsError, UserError } from "../constructs/errors";
import {
  environment,
  fitStage,
  lookUp,
  parseConfig,
  type Environment,
  type StageConfig,
  type Surroundings,
} from "./config";
import { readEnvFile, type EnvFile } from "./env-file";
import { parseBoolean, SETTINGS, STAGE_ACCEPTS, STAGE_NAME } from "./settings";
import { stageConflicts } from "./stage-conflicts";

const PREFIX = ".env.";
/** Files that are named like a stage's and are none. */
const NO_STAGES = [".env.example", ".env.local"];

/**
 * Every stage that this folder and the process's environment describe: the one named by `STAGE`, else one for each file
 * `.env.<stage>`, else the user's own.
 *
 * @param notice told what is accepted but has no effect
 * @throws UserError with every problem of every stage
 */
export function stages(
  env: Environment = environment(),
  directory = process.cwd(),
  notice: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): StageConfig[] {
  const surroundings: Surroundings = { userName: osUserName(), ci: isCi(env) };
  const problems: string[] = [];
  const configs: StageConfig[] = [];
  const sources = stageSources(env, directory, surroundings);
  for (const { label, values, problems: ofFiles } of sources) {
    const { config, problems: ofSettings } = parseConfig(values, surroundings);
    // what a file that cannot be read would have set is not known
    const found = ofFiles.length > 0 ? ofFiles : ofSettings;
    problems.push(
      ...found.map((problem) =>
        label === "" ? problem : `${label}: ${problem}`,
      ),
    );
    if (config !== undefined) configs.push(config);
    if (lookUp(values, "BOOTSTRAP_QUALIFIER") !== undefined) {
      notice(
        `${label === "" ? "" : `${label}: `}BOOTSTRAP_QUALIFIER is ignored: Terraform needs no bootstrap stack`,
      );
    }
  }
  problems.push(...stageConflicts(configs));
  if (problems.length > 0) throw problemsError("configuration", problems);
  return configs;
}

/**
 * Settings of one stage by name, in upper case and as they are written: of the stage that is named, else of the one that
 * this folder and the environment describe, as for {@link stages}.
 *
 * @param more names of settings that are read beside those of a stage
 * @throws UserError when there are several stages or none, or a file cannot be read
 */
export function stageSettings(
  stage: string | undefined,
  more: readonly string[] = [],
  env: Environment = environment(),
  directory = process.cwd(),
): Environment & { readonly STAGE: string } {
  const surroundings: Surroundings = { userName: osUserName(), ci: isCi(env) };
  const given = stage === undefined ? env : { ...env, STAGE: stage };
  const names = [...Object.keys(SETTINGS), ...more];
  const sources = stageSources(given, directory, surroundings, names);
  const problems = sources.flatMap((source) => source.problems);
  if (problems.length > 0) throw problemsError("configuration", problems);
  if (sources.length > 1) {
    const found = sources.map(({ values }) => values.STAGE ?? "").join(", ");
    throw new UserError(
      `STAGE must name one stage, got nothing, and there are ${found}`,
      "give it with --stage, or in the environment",
    );
  }
  const own = surroundings.ci ? "" : fitStage(surroundings.userName);
  const { STAGE = own, ...values } = sources[0]?.values ?? {};
  if (STAGE_NAME.test(STAGE)) return { ...values, STAGE };
  throw new UserError(
    `STAGE must be ${STAGE_ACCEPTS}, got ${STAGE === "" ? "nothing" : JSON.stringify(STAGE)}`,
    "give it with --stage, or in the environment",
  );
}

/**
 * Settings of these names by name, in upper case and as they are written, for a command that can do without a stage: of
 * the one that this folder and the environment describe, and where there are several or none, what all have in common.
 *
 * @throws UserError when a file cannot be read
 */
export function commonSettings(
  names: readonly string[],
  env: Environment = environment(),
  directory = process.cwd(),
): Environment {
  const surroundings: Surroundings = { userName: osUserName(), ci: isCi(env) };
  const sources = stageSources(env, directory, surroundings, [
    "STAGE",
    ...names,
  ]);
  const problems = sources.flatMap((source) => source.problems);
  if (problems.length > 0) throw problemsError("configuration", problems);
  const [first, ...others] = sources.map(({ values }) => values);
  const common = Object.entries(first ?? {}).filter(([name, value]) =>
    others.every((values) => values[name] === value),
  );
  return Object.fromEntries(common);
}

interface StageSource {
  /** File that the problems of this stage are told under; empty when there is but one stage. */
  readonly label: string;
  readonly values: Environment;
  readonly problems: readonly string[];
}

function stageSources(
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

function isCi(env: Environment): boolean {
  const ci = lookUp(env, "CI");
  return ci !== undefined && parseBoolean(ci) !== false;
}
