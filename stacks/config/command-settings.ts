import { UserError } from "../../constructs/errors";
import { createConfigurationError } from "./configuration-error";
import {
  type Environment,
  getEnvironment,
  readHostEnvironment,
} from "./environment";
import { parseSettings } from "./parse-settings";
import { SETTING_NAMES } from "./settings";
import { findSettingsDirectory } from "./settings-directory";
import { addOrigin, findStageSources, type StageSource } from "./stage-sources";

/** Settings as text, by name in upper case. */
export interface SourcedSettings<Values extends Environment = Environment> {
  readonly values: Values;
  /** Origin of each value, by its name: see {@link StageSource.origins}. */
  readonly origins: Environment;
  /** @see StageSource.note */
  readonly note?: string | undefined;
}

type Values = Environment & { readonly STAGE: string };

const HINT = "set STAGE, or use --stage";

/**
 * Returns the settings of one stage: the named one, or the only one that the working directory and the environment
 * describe.
 *
 * @param more names that are read in addition to those of settings
 * @throws UserError if no stage or several stages are described, or a file cannot be read
 */
export function readStageSettings(
  stage: string | undefined,
  more: readonly string[] = [],
  env: Environment = getEnvironment(),
  directory = findSettingsDirectory(),
): SourcedSettings<Values> {
  const named = stage === undefined ? env : { ...env, STAGE: stage };
  const names = [...SETTING_NAMES, ...more];
  return requireOneStage(readSources(names, named, directory), env);
}

/**
 * Returns the name of the only stage that the working directory and the environment describe, for a command that
 * replaces the file of the stage. Other names in the file can be misspelled.
 *
 * @throws UserError if no stage or several stages are described, or a file cannot be read
 */
export function readStageName(
  env: Environment = getEnvironment(),
  directory = findSettingsDirectory(),
): string {
  return requireOneStage(readSources(["STAGE"], env, directory), env).values
    .STAGE;
}

function requireOneStage(
  sources: readonly StageSource[],
  env: Environment,
): SourcedSettings<Values> {
  if (sources.length > 1) {
    const stages = sources.map(({ values }) => values.STAGE ?? "").join(", ");
    throw new UserError(
      `STAGE is required, since there are several stages: ${stages}`,
      HINT,
    );
  }
  const { values = {}, origins = {}, note } = sources[0] ?? {};
  const problems: string[] = [];
  const { stack } = parseSettings(
    { STAGE: values.STAGE },
    readHostEnvironment(env),
    problems,
  );
  const { stage: STAGE } = stack;
  const [problem = STAGE === "" ? "STAGE is required" : undefined] = problems;
  if (problem !== undefined)
    throw new UserError(addOrigin({ label: "", origins }, problem), HINT);
  return { values: { ...values, STAGE }, origins, note };
}

/**
 * Returns the settings that all stages of the working directory and the environment have in common, for a command that
 * does not need a stage.
 *
 * @throws UserError if a file cannot be read
 */
export function readCommonSettings(
  names: readonly string[],
  env: Environment = getEnvironment(),
  directory = findSettingsDirectory(),
): SourcedSettings {
  const sources = readSources(["STAGE", ...names], env, directory);
  const [first, ...others] = sources;
  const common = Object.entries(first?.values ?? {}).filter(([name, value]) =>
    others.every(({ values }) => values[name] === value),
  );
  const origins = common.map(([name]) => [
    name,
    [...new Set(sources.map((source) => source.origins[name]))].join(" and "),
  ]);
  return {
    values: Object.fromEntries(common),
    origins: Object.fromEntries(origins) as Environment,
  };
}

function readSources(
  names: readonly string[],
  env: Environment,
  directory: string | undefined,
): readonly StageSource[] {
  const host = readHostEnvironment(env);
  const sources = findStageSources(env, directory, host, names);
  const problems = sources.flatMap(({ problems, misspellings }) => [
    ...problems,
    ...misspellings
      .filter(({ settings }) => settings.some((name) => names.includes(name)))
      .map(({ problem }) => problem),
  ]);
  if (problems.length > 0) throw createConfigurationError(problems);
  return sources;
}
