import { statSync } from "node:fs";
import path from "node:path";
import { formatValue } from "../../../constructs/constraints/limit";
import { printNotice } from "../../../stacks/config/notices";
import { getStackName } from "../../../stacks/naming";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { APP_NAME, STAGE_NAME } from "../../../stacks/config/setting-row";
import { SETTINGS } from "../../../stacks/config/settings";
import {
  isUnknownRegionAllowed,
  validateRegion,
} from "../../../stacks/config/validate-region";
import { readStageSettings } from "../../../stacks/config/command-settings";
import { type AwsTarget, resolveAwsTarget } from "../aws/client";
import { quoteShellWord } from "../system/shell";
import { UsageError } from "./usage-error";

const { default: DEFAULT_APP_NAME } = SETTINGS.stack.appName;
const PROFILE = {
  expected: "the name of an AWS profile",
  allows: (text: string) => /\S/.test(text),
};

const HEADING = "Stage";

/** Options that have the same meaning in every command. */
export const STAGE_OPTIONS = {
  stage: {
    type: "text",
    short: "s",
    description: "stage of the auth system, such as dev",
    defaultText:
      "STAGE, or the stage of the only file .env.<stage>, .env.account included, or your user name",
    heading: HEADING,
  },
  "stack-name-base": {
    type: "text",
    value: "<name>",
    description: "first part of the stack name",
    defaultText: "APP_NAME",
    heading: HEADING,
  },
  region: {
    type: "text",
    description: "Region of the stage",
    defaultText: "AWS_REGION",
    heading: HEADING,
  },
  profile: {
    type: "text",
    description: "AWS profile in ~/.aws/config",
    defaultText: "the keys in the environment, or AWS_PROFILE",
    heading: HEADING,
  },
  "env-file": {
    type: "path",
    value: "<file>",
    description:
      "read settings from this file only; a command that is installed globally reads no other",
    defaultText: "ENV_FILE, or .env.<stage> and .env in this directory",
    heading: HEADING,
  },
} as const;

/**
 * Returns the options of a stage for a command that can do without one.
 *
 * @param other option or argument that replaces the stage
 * @param used names of options that have an effect together with it
 */
export function withAlternative(
  other: string,
  ...used: readonly (keyof typeof STAGE_OPTIONS)[]
): typeof STAGE_OPTIONS {
  return Object.fromEntries(
    Object.entries(STAGE_OPTIONS).map(([name, option]) => [
      name,
      (used as readonly string[]).includes(name)
        ? option
        : { ...option, conflicts: [other] },
    ]),
  ) as unknown as typeof STAGE_OPTIONS;
}

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

type StageValues = Readonly<
  Partial<Record<keyof typeof STAGE_OPTIONS, string | undefined>>
>;

/**
 * Resolves the stage from the options of a command, or from the environment.
 *
 * @param more names of further settings to read
 * @param warn receives a line if the stage may be misspelled
 * @throws UsageError if an option is invalid
 * @throws UserError if no stage is named, or its files cannot be read
 */
export function resolveStage(
  values: StageValues,
  more: readonly string[] = [],
  warn: (line: string) => void = printNotice,
): StageTarget {
  requireValidOptions(values);
  const { values: all, ...sourced } = readStageSettings(values.stage, more);
  const { STAGE: stage, ...found } = all;
  const { "stack-name-base": base, region } = values;
  const overrides = {
    ...(base !== undefined && { APP_NAME: base }),
    ...(region !== undefined && { AWS_REGION: region }),
  };
  const settings = { ...found, ...overrides };
  const origins = Object.fromEntries(
    Object.entries(sourced.origins).filter(([name]) => !(name in overrides)),
  );
  if (sourced.note !== undefined) warn(sourced.note);
  return {
    stage,
    stackName: getStackName(settings.APP_NAME ?? DEFAULT_APP_NAME, stage),
    settings,
    origins,
    awsTarget: resolveAwsTarget(values, settings, getEnvironment(), origins),
  };
}

/** Formats the options that name a stage, for a command that a message names: the same ones as in this command. */
export function formatStageOptions({
  stage,
  settings,
  origins = {},
  awsTarget: { profile },
}: Pick<StageTarget, "stage" | "settings" | "origins" | "awsTarget">): string {
  // a setting without an origin is from an option
  const getOption = (name: string): string | undefined =>
    origins[name] === undefined ? settings[name] : undefined;
  const options = {
    stage,
    "stack-name-base": getOption("APP_NAME"),
    region: getOption("AWS_REGION"),
    profile,
  };
  return Object.entries(options)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name} ${quoteShellWord(value)}`],
    )
    .join(" ");
}

/**
 * Validates the common options, and applies `--env-file`.
 *
 * @throws UsageError if an option is invalid or empty, as from a variable that is not set
 */
export function requireValidOptions(values: StageValues): void {
  applyEnvFile(values["env-file"]);
  const rules = [
    ["stage", STAGE_NAME],
    ["stack-name-base", APP_NAME],
    ["profile", PROFILE],
  ] as const;
  for (const [name, rule] of rules)
    requireValidOption(name, rule, values[name]);
  const problem = validateRegionOption(values.region);
  if (problem !== undefined) throw new UsageError(problem);
}

function validateRegionOption(region: string | undefined): string | undefined {
  return region === undefined
    ? undefined
    : validateRegion(
        "--region",
        region,
        isUnknownRegionAllowed(getEnvironment()),
      );
}

/**
 * Requires an option that is set to be valid.
 *
 * @throws UsageError if it is not
 */
export function requireValidOption(
  option: string,
  rule: {
    readonly allows: (text: string) => boolean;
    readonly expected: string;
  },
  value: string | undefined,
): void {
  if (value !== undefined && !rule.allows(value))
    throw new UsageError(
      `--${option} must be ${rule.expected}, got ${formatValue(value)}`,
    );
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
