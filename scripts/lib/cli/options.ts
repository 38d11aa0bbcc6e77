import { statSync } from "node:fs";
import path from "node:path";
import { getStackName } from "../../../stacks/naming";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { APP_NAME, STAGE_NAME } from "../../../stacks/config/setting-parsers";
import { SETTINGS } from "../../../stacks/config/settings";
import { readStageSettings } from "../../../stacks/config/stage-settings";
import { type AwsTarget, resolveAwsTarget } from "../aws/client";
import { UsageError } from "./command";

const { default: DEFAULT_APP_NAME } = SETTINGS.stack.appName;
const REGION = {
  expected: "a Region such as us-west-2",
  allows: (text: string) => /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(text),
};
const PROFILE = {
  expected: "a profile's name",
  allows: (text: string) => /\S/.test(text),
};

/** Options that mean the same for every command. */
export const COMMON_OPTIONS = {
  stage: { type: "string", short: "s" },
  "stack-name-base": { type: "string" },
  region: { type: "string" },
  profile: { type: "string" },
  "env-file": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Lines of a help text for {@link COMMON_OPTIONS}. */
export const COMMON_OPTIONS_HELP = `\
  -s, --stage <stage>       stage of the auth system, such as dev (default: STAGE, else your user name)
  --stack-name-base <name>  first half of the stack's name (default: APP_NAME, else ${DEFAULT_APP_NAME})
  --region <region>         Region of the stage (default: AWS_REGION, else ${SETTINGS.stack.region.default})
  --profile <profile>       profile of ~/.aws/config to call AWS with (default: AWS_PROFILE)
  --env-file <file>         read settings from this file alone (default: ENV_FILE, else .env.<stage> and .env of this
                            directory, which a command that is installed outside the project does not read)
  -h, --help                show this text`;

/** Lines of a help text about exit codes, the same for every command. */
export const EXIT_CODES_HELP = `\
Exit code: 0 done; 1 it cannot be done, for the reason that is told; 2 an option is not accepted; 70 a defect.`;

/** The stage that a command is for. */
export interface StageTarget {
  readonly stage: string;
  readonly stackName: string;
  /** Settings by name, in upper case: those that options stand for, then those of the environment and the stage's files. */
  readonly settings: Environment;
  /** Where settings that are no options are from, by their names. */
  readonly origins?: Environment;
  readonly awsTarget: AwsTarget;
}

interface CommonValues {
  readonly stage?: string | undefined;
  readonly "stack-name-base"?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly "env-file"?: string | undefined;
}

/**
 * The stage that options name, else the environment.
 *
 * @param more names of settings that are read beside those of a stage
 * @throws UsageError when an option is not fit to be a name
 * @throws UserError when no stage is named, or its files cannot be read
 */
export function resolveStage(
  values: CommonValues,
  more: readonly string[] = [],
): StageTarget {
  validateCommonOptions(values);
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
 * Checks the common options, and applies `--env-file`.
 *
 * @throws UsageError when an option's value is empty, as of a variable that is not set, or none that can be
 */
export function validateCommonOptions(values: CommonValues): void {
  applyEnvFile(values["env-file"]);
  const rules = [
    ["stage", STAGE_NAME],
    ["stack-name-base", APP_NAME],
    ["region", REGION],
    ["profile", PROFILE],
  ] as const;
  for (const [name, { allows, expected }] of rules) {
    const value = values[name];
    if (value !== undefined && !allows(value))
      throw new UsageError(
        `--${name} must be ${expected}, got ${JSON.stringify(value)}`,
      );
  }
}

/** Makes a file that of the settings of this process, and of those that it starts. */
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
 * Names that an option lists, each once; none when it is not given.
 *
 * @throws UsageError when it is given and lists none, as of a variable that is not set
 */
export function parseNameList(
  option: string,
  text: string | undefined,
  separator: RegExp,
): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(separator).filter((name) => name !== "");
  if (names.length > 0) return [...new Set(names)];
  throw new UsageError(`--${option} must be one name or more, got nothing`);
}
