import {
  validateArnLocation,
  validateCertificateLocation,
  validateCustomDomainRegion,
} from "../../constructs/aws";
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
  parseFlag,
  type Setting,
  STAGE_NAME,
} from "./setting-row";
import { SETTING_ROWS, SETTINGS, type Settings, STAGE_ROWS } from "./settings";
import { validateUserPoolSettings } from "./user-pool-config";
import { validateRegion } from "./validate-region";

/**
 * Parses all settings, and computes the defaults of those that are unset or invalid.
 *
 * @param problems receives a sentence for each invalid value
 */
export function parseSettings(
  values: Environment,
  host: HostEnvironment,
  problems: string[],
): Settings {
  const context = { ...host, appName: "", stage: "" };
  const parse = (row: Setting): unknown => {
    const text = getSetting(values, row.name);
    const value = text === undefined ? undefined : row.parse(text);
    if (value !== undefined && !(value instanceof InvalidValue)) return value;
    for (const invalid of value?.values ?? [])
      problems.push(
        `${row.name} must be ${value?.expected ?? ""}, got ${formatValue(invalid)}${value?.suggestion ?? ""}`,
      );
    return typeof row.default === "function"
      ? (row.default as ComputeDefault<unknown>)(context)
      : row.default;
  };
  const groups = Object.entries(SETTINGS).map(([group, rows]) => {
    const parsed: Record<string, unknown> = {};
    for (const [key, row] of Object.entries<Setting>(rows)) {
      parsed[key] = parse(row);
      Object.assign(context, { [key]: parsed[key] });
    }
    return [group, parsed];
  });
  return Object.fromEntries(groups) as Settings;
}

/**
 * Parses the settings of one stack, and validates them together.
 *
 * @param problems receives every problem
 */
export function parseStackSettings(
  values: Environment,
  host: HostEnvironment,
  problems: string[],
): Settings {
  const settings = parseSettings(values, host, problems);
  problems.push(
    ...validateStackName(values, host, settings),
    ...validateRequirements(values, settings),
    ...validateShared(settings),
    ...validateLocations(settings),
    ...validateUserPoolSettings(values, settings),
  );
  return settings;
}

function validateStackName(
  values: Environment,
  { isCi }: HostEnvironment,
  { stack: { appName, stage }, existing }: Settings,
): string[] {
  const name = getStackName(appName, stage);
  const text = getSetting(values, "STAGE");
  const problems = [
    stage === "" && text === undefined
      ? `STAGE is required ${isCi ? "in CI" : "if the OS user has no name"}`
      : undefined,
    stage !== "" &&
    stage === (text ?? stage) &&
    existing.domainPrefix === undefined
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
  { stack, state: { backend } }: Settings,
): string[] {
  const isUnset = (name: string) => getSetting(values, name) === undefined;
  const isAccount = stack.stage === ACCOUNT_STAGE;
  const rows = isAccount ? SETTING_ROWS : STAGE_ROWS;
  const text = getSetting(values, "STATE_BACKEND") ?? backend;
  return [
    ...rows.flatMap(({ name, parse, requires }) =>
      isUnset(name) ||
      // a flag that is invalid requires no other setting
      (parse === parseFlag &&
        parseFlag(getSetting(values, name) ?? "") !== true)
        ? []
        : requires
            .filter(isUnset)
            .map((required) => `${name} requires ${required}`),
    ),
    // the account stack requires its bucket with every backend
    ...(!isAccount &&
    text.toLowerCase() === "s3" &&
    isUnset("STATE_BUCKET_NAME")
      ? ["STATE_BUCKET_NAME is required unless STATE_BACKEND is local"]
      : []),
  ];
}

/** Returns the problems of settings that deploy roles depend on too. */
export function validateShared(settings: Settings): string[] {
  const { region, allowsUnknownRegion } = settings.stack;
  const problem = validateRegion("AWS_REGION", region, allowsUnknownRegion);
  return [
    ...(problem === undefined ? [] : [problem]),
    ...validateStateKey(settings),
  ];
}

/**
 * Returns a problem if another stack has the key of a stage's state by default: the account stack of any app, or another
 * stage of the stage's app, whether or not that stage is known here.
 */
function validateStateKey({ stack, state }: Settings): string[] {
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
  customDomain: { domain, certificateArn },
  userPool,
  groups,
  secrets,
}: Settings): string[] {
  const arns = [
    ["DATA_MANAGERS_ROLE_ARN", groups.dataManagersRoleArn],
    ["IDENTITY_POOL_ARN", identityPoolArn],
    ["WEB_ACL_ARN", userPool.webAclArn],
    ...secrets.readerRoleArns.map(
      (arn) => ["SECRET_ROLE_ACCESS", arn] as const,
    ),
  ] as const;
  // they can be those of another account
  const foreignArns = [
    ["EMAIL_IDENTITY_ARN", userPool.emailIdentityArn],
    ["PRE_TOKEN_GENERATION_ARN", userPool.preTokenGenerationArn],
  ] as const;
  return [
    ...foreignArns.flatMap(([name, arn]) =>
      arn === undefined
        ? []
        : validateArnLocation(name, arn, region, undefined),
    ),
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
    ...(domain === undefined
      ? []
      : validateCustomDomainRegion("CUSTOM_DOMAIN", region)),
    ...(certificateArn === undefined
      ? []
      : validateCertificateLocation(
          "CUSTOM_DOMAIN_CERTIFICATE_ARN",
          certificateArn,
          region,
          accountId,
        )),
  ];
}
