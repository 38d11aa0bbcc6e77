import { createValidationError, UserError } from "../../constructs/errors";
import {
  getEnvironment,
  toStageName,
  type Environment,
  type HostEnvironment,
} from "./environment";
import { SETTINGS, STAGE_NAME_RULE, STAGE_NAME_PATTERN } from "./settings";
import { findSettingsDirectory } from "./settings-directory";
import { isCi, getUserName, findStageSources } from "./stage-sources";

/** Settings by name, in upper case and as they are written. */
export interface SourcedSettings<Values extends Environment = Environment> {
  readonly values: Values;
  /** Where each value is from, by its name: see `StageSource.origins`. */
  readonly origins: Environment;
}

/**
 * Settings of one stage by name, in upper case and as they are written: of the stage that is named, else of the one that
 * this folder and the environment describe, as for {@link stages}.
 *
 * @param more names of settings that are read beside those of a stage
 * @throws UserError when there are several stages or none, or a file cannot be read
 */
export function readStageSettings(
  stage: string | undefined,
  more: readonly string[] = [],
  env: Environment = getEnvironment(),
  directory = findSettingsDirectory(),
): SourcedSettings<Environment & { readonly STAGE: string }> {
  const surroundings: HostEnvironment = {
    userName: getUserName(),
    ci: isCi(env),
  };
  const given = stage === undefined ? env : { ...env, STAGE: stage };
  const names = [...Object.keys(SETTINGS), ...more];
  const sources = findStageSources(given, directory, surroundings, names);
  const problems = sources.flatMap((source) => source.problems);
  if (problems.length > 0)
    throw createValidationError("configuration", problems);
  if (sources.length > 1) {
    const found = sources.map(({ values }) => values.STAGE ?? "").join(", ");
    throw new UserError(
      `STAGE must name one stage, got nothing, and there are ${found}`,
      "give it with --stage, or in the environment",
    );
  }
  const own = surroundings.ci ? "" : toStageName(surroundings.userName);
  const { values: found = {}, origins = {} } = sources[0] ?? {};
  const { STAGE = own, ...values } = found;
  if (STAGE_NAME_PATTERN.test(STAGE))
    return { values: { ...values, STAGE }, origins };
  throw new UserError(
    `STAGE must be ${STAGE_NAME_RULE}, got ${STAGE === "" ? "nothing" : JSON.stringify(STAGE)}`,
    "give it with --stage, or in the environment",
  );
}

/**
 * Settings of these names by name, in upper case and as they are written, for a command that can do without a stage: of
 * the one that this folder and the environment describe, and where there are several or none, what all have in common.
 *
 * @throws UserError when a file cannot be read
 */
export function readCommonSettings(
  names: readonly string[],
  env: Environment = getEnvironment(),
  directory = findSettingsDirectory(),
): SourcedSettings {
  const surroundings: HostEnvironment = {
    userName: getUserName(),
    ci: isCi(env),
  };
  const sources = findStageSources(env, directory, surroundings, [
    "STAGE",
    ...names,
  ]);
  const problems = sources.flatMap((source) => source.problems);
  if (problems.length > 0)
    throw createValidationError("configuration", problems);
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
