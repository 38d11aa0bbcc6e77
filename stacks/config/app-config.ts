import { createValidationError } from "../../constructs/errors";
import { ACCOUNT_STAGE } from "../naming";
import { type AccountConfig, parseAccountConfig } from "./account-config";
import {
  type Environment,
  getEnvironment,
  getSetting,
  type HostEnvironment,
  parseStageConfig,
  type StageConfig,
} from "./environment";
import { parseBoolean } from "./settings";
import { findStageConflicts } from "./stage-conflicts";
import {
  findNamedSource,
  findStageSources,
  getUserName,
  isCi,
  listStagesWithFiles,
  type StageSource,
} from "./stage-sources";

/** Everything that one app holds. */
export interface AppConfig {
  /** What the stages of an account share; absent unless it is asked for. */
  readonly account?: AccountConfig;
  readonly stages: readonly StageConfig[];
}

/**
 * What this folder and the process's environment describe: the stage named by `STAGE`, else one for each file
 * `.env.<stage>`, else the user's own; and the account, when it is named like a stage or `ACCOUNT_STACK` asks for it.
 *
 * @param notice told what is accepted but has no effect
 * @throws UserError with every problem of every stage
 */
export function readAppConfig(
  given: Environment = getEnvironment(),
  directory = process.cwd(),
  notice: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): AppConfig {
  const env = withoutRunner(given);
  const surroundings: HostEnvironment = {
    userName: getUserName(),
    ci: isCi(env),
  };
  const found = findStageSources(env, directory, surroundings);
  const sources = found.filter((source) => !isAccount(source));
  const problems: string[] = [];
  const tell = ({ label }: StageSource, texts: readonly string[]): void => {
    const prefix = label === "" ? "" : `${label}: `;
    problems.push(...texts.map((text) => `${prefix}${text}`));
  };

  const stages: StageConfig[] = [];
  for (const source of sources) {
    const { config, problems: ofSettings } = parseStageConfig(
      source.values,
      surroundings,
    );
    // what a file that cannot be read would have set is not known
    tell(source, source.problems.length > 0 ? source.problems : ofSettings);
    if (config !== undefined) stages.push(config);
    if (getSetting(source.values, "BOOTSTRAP_QUALIFIER") !== undefined) {
      const prefix = source.label === "" ? "" : `${source.label}: `;
      notice(
        `${prefix}BOOTSTRAP_QUALIFIER is ignored: Terraform needs no bootstrap stack`,
      );
    }
  }

  const isAsked = sources.some(
    ({ values }) =>
      parseBoolean(getSetting(values, "ACCOUNT_STACK") ?? "") === true,
  );
  const own =
    found.find(isAccount) ??
    (isAsked
      ? findNamedSource(env, directory, surroundings, ACCOUNT_STAGE)
      : undefined);
  let account: AccountConfig | undefined;
  if (own !== undefined) {
    const ofStage = (stage: string): Environment =>
      findNamedSource(env, directory, surroundings, stage)?.values ?? {};
    const { config, problems: ofSettings } = parseAccountConfig(
      own.values,
      surroundings,
      [...new Set([...listStagesWithFiles(directory), ...named(sources)])],
      ofStage,
    );
    tell(own, own.problems.length > 0 ? own.problems : ofSettings);
    account = config;
  }

  problems.push(...findStageConflicts(stages, account));
  if (problems.length > 0)
    throw createValidationError("configuration", problems);
  return { stages, ...(account !== undefined && { account }) };
}

/** An environment without the names that GitHub's runner sets of the workflow it runs, which may be another repository's. */
function withoutRunner(env: Environment): Environment {
  if (getSetting(env, "GITHUB_ACTIONS") === undefined) return env;
  const own = Object.entries(env).filter(
    ([name]) => !/^GITHUB_REPOSITORY(_ID)?$/i.test(name),
  );
  return Object.fromEntries(own);
}

function isAccount({ values }: StageSource): boolean {
  return getSetting(values, "STAGE") === ACCOUNT_STAGE;
}

/** Stages that are named, not the one that a user's name would make. */
function named(sources: readonly StageSource[]): string[] {
  return sources.flatMap(({ values }) => getSetting(values, "STAGE") ?? []);
}
