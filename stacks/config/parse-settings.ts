import { validateArnLocation } from "../../constructs/aws";
import { formatValue, LIMITS, validate } from "../../constructs/constraints";
import { ACCOUNT_STAGE, getDefaultStateKey, getStackName } from "../naming";
import {
  type Environment,
  getSetting,
  type HostEnvironment,
} from "./environment";
import {
  type ComputeDefault,
  InvalidValue,
  type Setting,
  STAGE_NAME,
} from "./setting-row";
import {
  SETTING_ROWS,
  type SettingName,
  SETTINGS,
  type Settings,
  STAGE_ROWS,
} from "./settings";

export interface ParsedSettings {
  /** Values of all settings. An invalid one has its default. */
  readonly settings: Settings;
  readonly invalidNames: ReadonlySet<SettingName>;
  readonly problems: readonly string[];
}

/** Parses all settings, and computes the defaults of those that are unset. */
export function parseSettings(
  values: Environment,
  host: HostEnvironment,
): ParsedSettings {
  const problems: string[] = [];
  const invalidNames = new Set<SettingName>();
  const context = { ...host, appName: "", stage: "" };
  const parse = (row: Setting<SettingName>): unknown => {
    const text = getSetting(values, row.name);
    const parsed = text === undefined ? undefined : row.parse(text);
    if (parsed instanceof InvalidValue) {
      invalidNames.add(row.name);
      for (const value of parsed.values)
        problems.push(
          `${row.name} must be ${parsed.expected}, got ${formatValue(value)}`,
        );
    }
    if (parsed !== undefined && !(parsed instanceof InvalidValue))
      return parsed;
    return typeof row.default === "function"
      ? (row.default as ComputeDefault<unknown>)(context)
      : row.default;
  };
  const groups = Object.entries(SETTINGS).map(([group, rows]) => [
    group,
    Object.fromEntries(
      Object.entries<Setting<SettingName>>(rows).map(([key, row]) => {
        const value = parse(row);
        Object.assign(context, { [key]: value });
        return [key, value];
      }),
    ),
  ]);
  const settings = Object.fromEntries(groups) as Settings;
  return { settings, invalidNames, problems };
}

/** Parses the settings of one stack, and returns every problem that they have alone or together. */
export function validateSettings(
  values: Environment,
  host: HostEnvironment,
): { readonly settings: Settings; readonly problems: readonly string[] } {
  const parsed = parseSettings(values, host);
  const { settings } = parsed;
  const problems = [
    ...parsed.problems,
    ...validateStackName(values, host, parsed),
    ...validateRequirements(
      values,
      settings.stack.stage === ACCOUNT_STAGE ? SETTING_ROWS : STAGE_ROWS,
    ),
    ...validateState(values, parsed),
    ...validateLocations(settings),
  ];
  return { settings, problems };
}

function validateStackName(
  values: Environment,
  { isCi }: HostEnvironment,
  { settings, invalidNames }: ParsedSettings,
): string[] {
  const { appName, stage } = settings.stack;
  const name = getStackName(appName, stage);
  const createsDomain = settings.existing.domainPrefix === undefined;
  const problems = [
    stage === "" && getSetting(values, "STAGE") === undefined
      ? `STAGE is required ${isCi ? "in CI" : "if the OS user has no name"}`
      : undefined,
    stage !== "" && !invalidNames.has("STAGE") && createsDomain
      ? validate(
          LIMITS.domainPrefix,
          name,
          "APP_NAME-STAGE as the domain prefix",
        )
      : undefined,
    validate(LIMITS.userPoolName, name, "APP_NAME-STAGE"),
  ];
  return problems.filter((problem) => problem !== undefined);
}

function validateRequirements(
  values: Environment,
  rows: readonly Setting[],
): string[] {
  return rows.flatMap(({ name, parse, requires }) => {
    const text = getSetting(values, name);
    return text === undefined || parse(text) === false
      ? []
      : requires
          .filter((other) => getSetting(values, other) === undefined)
          .map((other) => `${name} requires ${other}`);
  });
}

function validateState(
  values: Environment,
  { settings, invalidNames }: ParsedSettings,
): string[] {
  const needsBucket =
    settings.state.backend === "s3" && !invalidNames.has("STATE_BACKEND");
  return [
    ...(needsBucket && getSetting(values, "STATE_BUCKET_NAME") === undefined
      ? ["STATE_BUCKET_NAME is required unless STATE_BACKEND is local"]
      : []),
    ...validateStateKey(settings),
  ];
}

/**
 * Returns a problem if another stack has the key of a stage's state by default: the account stack of any app, or another
 * stage of the stage's app, whether or not that stage is known here.
 */
export function validateStateKey({ stack, state }: Settings): string[] {
  const [app = "", owner = "", ...rest] = state.key.split("/");
  const isOwn = state.key === getDefaultStateKey(stack.appName, stack.stage);
  if (isOwn || state.key !== getDefaultStateKey(app, owner) || rest.length > 1)
    return [];
  const problem = (stackNoun: string): string[] => [
    `STATE_BUCKET_KEY must not be the default of ${stackNoun}, got "${state.key}"`,
  ];
  if (owner === ACCOUNT_STAGE) return problem("an account stack");
  return app === stack.appName && STAGE_NAME.allows(owner)
    ? problem(`stage "${owner}"`)
    : [];
}

/** Validates that existing resources are in the Region, partition and account of the stack. */
function validateLocations({
  stack: { region, accountId },
  existing: { userPoolId, identityPoolArn },
  groups,
  secrets,
}: Settings): string[] {
  const arns = [
    ["DATA_MANAGERS_ROLE_ARN", groups.dataManagersRoleArn],
    ["IDENTITY_POOL_ARN", identityPoolArn],
    ...secrets.readerRoleArns.map(
      (arn) => ["SECRET_ROLE_ACCESS", arn] as const,
    ),
  ] as const;
  return [
    ...(userPoolId === undefined || userPoolId.startsWith(`${region}_`)
      ? []
      : [
          `USER_POOL_ID must be in AWS_REGION "${region}", got "${userPoolId}"`,
        ]),
    ...arns.flatMap(([name, arn]) =>
      arn === undefined
        ? []
        : validateArnLocation(name, arn, region, accountId),
    ),
  ];
}
