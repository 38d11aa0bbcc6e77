import path from "node:path";
import { formatValue, LIMITS, validate } from "../../../constructs/constraints";
import { BRANCH_STAGES } from "../../../stacks/config/branches";
import { getEnvironment } from "../../../stacks/config/environment";
import { InvalidValue, type Setting } from "../../../stacks/config/setting-row";
import { SETTINGS } from "../../../stacks/config/settings";
import {
  isUnknownRegionAllowed,
  validateRegion,
} from "../../../stacks/config/validate-region";
import { getRoleName, getStackName } from "../../../stacks/naming";
import { UsageError } from "../cli/usage-error";

/** Suffix of the longest role name of a stage. */
const LONGEST_ROLE = "authenticated";
/** Characters that the default app name has at most, so that the names of roles fit. */
const APP_NAME_LENGTH = 40;

/** A setting of a new app. */
export interface AppSetting {
  /** Name of the option that sets it. */
  readonly option: string;
  readonly row: Setting;
  /** Words for the setting in a message, and in a question with an explanation. */
  readonly noun: string;
  readonly question: string;
}

/** The settings that a new app must decide, in the order of the questions. */
export const APP_SETTINGS: readonly AppSetting[] = [
  {
    option: "app-name",
    row: SETTINGS.stack.appName,
    noun: "App name",
    question: "App name, the first part of the names of all stages",
  },
  {
    option: "region",
    row: SETTINGS.stack.region,
    noun: "Region",
    question: "Region of the stages",
  },
  {
    option: "project",
    row: SETTINGS.stack.project,
    noun: "Tag Project",
    question: "Tag Project of all resources",
  },
  {
    option: "client",
    row: SETTINGS.stack.client,
    noun: "Tag Client",
    question: "Tag Client of all resources",
  },
];

/** Values of the settings of a new app, by name. */
export type AppValues = Readonly<Record<string, string>>;

/** Options of settings, by their names. */
export type AppOptions = Readonly<Record<string, unknown>>;

/** Asks for a value. */
export type AskSetting = (
  setting: AppSetting,
  suggestion: string | undefined,
) => Promise<string>;

/** Returns the names of the options that are not set. */
export function listUnsetOptions(options: AppOptions): readonly string[] {
  return APP_SETTINGS.flatMap(({ option }) =>
    options[option] === undefined ? [`--${option}`] : [],
  );
}

/** @throws UsageError if an option is invalid */
export function requireValidAppOptions(options: AppOptions): void {
  for (const setting of APP_SETTINGS) {
    const value = options[setting.option];
    const problem =
      typeof value === "string"
        ? validateAppSetting(setting, value, `--${setting.option}`)
        : undefined;
    if (problem !== undefined) throw new UsageError(problem);
  }
}

/**
 * Returns the value of each setting: of its option, then the answer or the default.
 *
 * @param getDefault receives the values of the settings that precede it
 * @param ask is not set if the defaults must be used
 * @throws UsageError if a setting has neither a value nor a default
 */
export async function resolveAppValues(
  options: AppOptions,
  getDefault: (setting: AppSetting, values: AppValues) => string | undefined,
  ask?: AskSetting,
): Promise<AppValues> {
  const values: Record<string, string> = {};
  for (const setting of APP_SETTINGS) {
    const option = options[setting.option];
    const suggestion = getDefault(setting, values);
    const value =
      typeof option === "string"
        ? option
        : ask === undefined
          ? suggestion
          : await ask(setting, suggestion);
    if (value === undefined)
      throw new UsageError(
        `--${setting.option} is required: the name of the directory makes no valid one`,
      );
    values[setting.row.name] = value;
  }
  return values;
}

/**
 * Returns the default of a setting in a new app.
 *
 * @param values settings that precede it
 * @returns `undefined` if the directory has no name that can be an app name
 */
export function getAppDefault(
  { row }: AppSetting,
  directory: string,
  values: AppValues,
): string | undefined {
  switch (row.name) {
    case "APP_NAME":
      return toAppName(path.basename(path.resolve(directory)));
    case "AWS_REGION":
      return getTableDefault({ row });
    default:
      return values.APP_NAME;
  }
}

/** Returns the default of a setting in the table. */
export function getTableDefault({ row }: Pick<AppSetting, "row">): string {
  return String(row.default);
}

/**
 * Returns the problem of a value, or `undefined` if it is valid: as the app would report it, and early for the names that
 * derive from an app name.
 *
 * @param subject words for the value in the message
 */
export function validateAppSetting(
  { row }: AppSetting,
  value: string,
  subject: string,
): string | undefined {
  const parsed = row.parse(value);
  if (parsed instanceof InvalidValue)
    return `${subject} must be ${parsed.expected}, got ${formatValue(value)}${parsed.suggestion}`;
  if (row.name === "AWS_REGION")
    return validateRegion(
      subject,
      value,
      isUnknownRegionAllowed(getEnvironment()),
    );
  return row.name === "APP_NAME" ? validateNames(value, subject) : undefined;
}

/** Returns the problem of a name that the stages of an app would have. */
function validateNames(appName: string, subject: string): string | undefined {
  return Object.values(BRANCH_STAGES)
    .map((stage) => getStackName(appName, stage))
    .flatMap((stack) => [
      validate(LIMITS.domainPrefix, stack, `${subject} in the domain prefix`),
      validate(
        LIMITS.roleName,
        getRoleName(stack, LONGEST_ROLE),
        `${subject} in a role name`,
      ),
    ])
    .find((problem) => problem !== undefined);
}

/** Converts the name of a directory to an app name, if it has letters for one. */
function toAppName(name: string): string | undefined {
  const text = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, APP_NAME_LENGTH)
    .replace(/-$/, "");
  const [appName] = APP_SETTINGS;
  return appName !== undefined &&
    validateAppSetting(appName, text, "") === undefined
    ? text
    : undefined;
}
