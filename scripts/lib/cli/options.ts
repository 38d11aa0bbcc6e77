import { statSync } from "node:fs";
import path from "node:path";
import { getStackName } from "../../../stacks/naming";
import {
  type Environment,
  getEnvironment,
  getSetting,
  parseBoolean,
} from "../../../stacks/config/environment";
import { APP_NAME, STAGE_NAME } from "../../../stacks/config/setting-row";
import { SETTINGS } from "../../../stacks/config/settings";
import { validateRegion } from "../../../stacks/config/validate-region";
import { readStageSettings } from "../../../stacks/config/command-settings";
import { type AwsTarget, resolveAwsTarget } from "../aws/client";
import { UsageError } from "./command";

const { default: DEFAULT_APP_NAME } = SETTINGS.stack.appName;
const PROFILE = {
  expected: "the name of an AWS profile",
  allows: (text: string) => /\S/.test(text),
};

/** Options that have the same meaning in every command. */
export const COMMON_OPTIONS = {
  stage: { type: "string", short: "s" },
  "stack-name-base": { type: "string" },
  region: { type: "string" },
  profile: { type: "string" },
  "env-file": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Describes {@link COMMON_OPTIONS} in a help text. */
export const COMMON_OPTIONS_HELP = `\
  -s, --stage <stage>       stage of the auth system, such as dev (default: STAGE, or your user name)
  --stack-name-base <name>  first part of the stack name (default: APP_NAME, or ${DEFAULT_APP_NAME})
  --region <region>         Region of the stage (default: AWS_REGION, or ${SETTINGS.stack.region.default})
  --profile <profile>       AWS profile in ~/.aws/config (default: AWS_PROFILE)
  --env-file <file>         read settings from this file only (default: ENV_FILE, or .env.<stage> and .env in this
                            directory, which an installed command does not read outside the project)
  -h, --help                print this help`;

/** Describes the exit codes of every command in a help text. */
export const EXIT_CODES_HELP = `\
Exit codes: 0 success; 1 error; 2 invalid option; 70 internal error.`;

/** The stage that a command reads or changes. */
export interface StageTarget {
  readonly stage: string;
  readonly stackName: string;
  /** Settings by upper-case name: from options, then the environment, then the stage's files. */
  readonly settings: Environment;
  /** Origins of the settings that are not from options, by name. */
  readonly origins?: Environment;
  readonly awsTarget: AwsTarget;
}

type CommonValues = Readonly<
  Partial<
    Record<Exclude<keyof typeof COMMON_OPTIONS, "help">, string | undefined>
  >
>;

/**
 * Resolves the stage from the options of a command, or from the environment.
 *
 * @param more names of further settings to read
 * @throws UsageError if an option is invalid
 * @throws UserError if no stage is named, or its files cannot be read
 */
export function resolveStage(
  values: CommonValues,
  more: readonly string[] = [],
): StageTarget {
  requireValidOptions(values);
  const { values: all, origins } = readStageSettings(values.stage, more);
  const { STAGE: stage, ...found } = all;
  const { "stack-name-base": base, region } = values;
  const settings = {
    ...found,
    ...(base !== undefined && { APP_NAME: base }),
    ...(region !== undefined && { AWS_REGION: region }),
  };
  return {
    stage,
    stackName: getStackName(settings.APP_NAME ?? DEFAULT_APP_NAME, stage),
    settings,
    origins,
    awsTarget: resolveAwsTarget(values, settings),
  };
}

/**
 * Validates the common options, and applies `--env-file`.
 *
 * @throws UsageError if an option is invalid or empty, as from a variable that is not set
 */
export function requireValidOptions(values: CommonValues): void {
  applyEnvFile(values["env-file"]);
  const rules = [
    ["stage", STAGE_NAME],
    ["stack-name-base", APP_NAME],
    ["profile", PROFILE],
  ] as const;
  for (const [name, { allows, expected }] of rules) {
    const value = values[name];
    if (value !== undefined && !allows(value))
      throw new UsageError(
        `--${name} must be ${expected}, got ${JSON.stringify(value)}`,
      );
  }
  const problem = validateRegionOption(values.region);
  if (problem !== undefined) throw new UsageError(problem);
}

function validateRegionOption(region: string | undefined): string | undefined {
  const text = getSetting(getEnvironment(), "ALLOW_UNKNOWN_REGION") ?? "";
  return region === undefined
    ? undefined
    : validateRegion("--region", region, parseBoolean(text) === true);
}

/** Sets the settings file of this process, and of the processes that it starts. */
function applyEnvFile(file: string | undefined): void {
  if (file === undefined) return;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory())
    throw new UsageError(
      `--env-file must be a file, got ${JSON.stringify(file)}`,
    );
  getEnvironment().ENV_FILE = path.resolve(file);
}

/**
 * Returns the value of an option, as one of its choices.
 *
 * @throws UsageError if the value is no choice
 */
export function requireChoice<Choice extends string>(
  option: string,
  value: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new UsageError(
    `--${option} must be one of ${choices.join(", ")}, got ${JSON.stringify(value)}`,
  );
}

/**
 * Parses the names that an option lists, and removes repetitions. An option that is not set lists no name.
 *
 * @throws UsageError if the option is empty, as from a variable that is not set
 */
export function parseNameList(
  option: string,
  text: string | undefined,
  separator: RegExp,
): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(separator).filter((name) => name !== "");
  if (names.length > 0) return [...new Set(names)];
  throw new UsageError(`--${option} must be one or more names, got none`);
}

/** @throws UsageError if an option is set together with one of the others */
export function requireNoConflict(
  values: Readonly<Record<string, unknown>>,
  option: string,
  ...others: readonly string[]
): void {
  const isSet = (name: string) => (values[name] ?? false) !== false;
  const other = isSet(option) ? others.find(isSet) : undefined;
  if (other !== undefined)
    throw new UsageError(
      `--${option} must not be used together with --${other}`,
    );
}
