import { limitStack } from "../limit-stack";
import { ACCOUNT_STAGE } from "../naming";
import { parseAccountConfig } from "./account-config";
import type { AppConfig } from "./config";
import { createConfigurationError } from "./configuration-error";
import {
  type Environment,
  getEnvironment,
  getSetting,
  readHostEnvironment,
} from "./environment";
import { parseBoolean } from "./environment";
import { printNotice } from "./notices";
import { parseStageConfig } from "./stage-config";
import { findStageConflicts } from "./stage-conflicts";
import {
  addOrigin,
  findNamedSource,
  findStageSources,
  listStagesWithFiles,
  type StageSource,
} from "./stage-sources";

const BOOTSTRAP_WARNING =
  "BOOTSTRAP_QUALIFIER is ignored: Terraform needs no bootstrap stack";

/**
 * Returns the configuration of the stacks that a directory and the environment describe: the stage that `STAGE` names,
 * or one stage for each file `.env.<stage>`, or the stage of the OS user; and the account stack, if `STAGE` is `account`
 * or `ACCOUNT_STACK` is set.
 *
 * @param warn receives a line for each setting that has no effect
 * @throws UserError with every problem of every stack
 */
export function readAppConfig(
  env: Environment = getEnvironment(),
  directory = process.cwd(),
  warn: (line: string) => void = printNotice,
): AppConfig {
  const ownEnv = removeRunnerVariables(env);
  const host = readHostEnvironment(ownEnv);
  const allSources = findStageSources(ownEnv, directory, host);
  const sources = allSources.filter((source) => !isAccount(source));
  const problems: string[] = [];
  /** Parses a source, and returns `undefined` if there are problems. */
  const parse = <Config>(
    source: StageSource,
    parseConfig: (values: Environment, found: string[]) => Config,
  ): Config | undefined => {
    const { problems: fileProblems, misspellings } = source;
    const found: string[] = [];
    const config = parseConfig(source.values, found);
    problems.push(...fileProblems, ...misspellings.map((one) => one.problem));
    const misspelled = misspellings.flatMap(({ settings }) => settings);
    // other problems can be consequences of those of the files
    const reported =
      fileProblems.length > 0
        ? []
        : found.filter((problem) => !mentionsSetting(problem, misspelled));
    problems.push(...reported.map((problem) => addOrigin(source, problem)));
    return found.length + misspelled.length > 0 ? undefined : config;
  };

  const stages = sources.flatMap((source) => {
    if (source.values.BOOTSTRAP_QUALIFIER !== undefined)
      warn(addOrigin(source, BOOTSTRAP_WARNING));
    return (
      parse(source, (values, found) => parseStageConfig(values, host, found)) ??
      []
    );
  });

  const findSource = (stage: string) =>
    findNamedSource(ownEnv, directory, host, stage);
  const accountSource =
    allSources.find(isAccount) ??
    (sources.some(isAccountRequested) ? findSource(ACCOUNT_STAGE) : undefined);
  const named = sources.flatMap(({ values }) => values.STAGE ?? []);
  const knownStages = {
    names: [...new Set([...listStagesWithFiles(directory), ...named])],
    readValues: (stage: string) => findSource(stage)?.values ?? {},
  };
  const account =
    accountSource &&
    parse(accountSource, (values, found) =>
      parseAccountConfig(values, host, knownStages, found),
    );

  problems.push(...findStageConflicts(stages, account));
  const [{ note } = {}] = sources;
  if (problems.length > 0)
    throw limitStack(createConfigurationError(problems, note), readAppConfig);
  if (note !== undefined) warn(note);
  return { stages, account };
}

/** Removes the variables by which GitHub's runner describes a workflow: it can be one of another repository. */
function removeRunnerVariables(env: Environment): Environment {
  if (getSetting(env, "GITHUB_ACTIONS") === undefined) return env;
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^GITHUB_REPOSITORY(_ID)?$/i.test(name),
    ),
  );
}

function isAccount({ values }: StageSource): boolean {
  return values.STAGE === ACCOUNT_STAGE;
}

function isAccountRequested({ values }: StageSource): boolean {
  return parseBoolean(values.ACCOUNT_STACK ?? "") === true;
}

function mentionsSetting(problem: string, names: readonly string[]): boolean {
  const words = problem.match(/[A-Z_]{3,}/g) ?? [];
  return words.some((word) => names.includes(word));
}
