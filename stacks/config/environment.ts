import { createValidationError } from "../../constructs/errors";
import {
  formatValue,
  LIMITS,
  validate,
} from "../../constructs/constraints";
import {
  getDefaultStateKey,
  getStackName,
  getStateEncryptionKeyArn,
} from "../naming";
import { findSettingConflicts, validateStateKey } from "./setting-conflicts";
import {
  InvalidValue,
  type SettingName,
  type Settings,
  SETTINGS,
} from "./settings";

/** Names and texts as the process or a file gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a stack keeps its Terraform state. */
export type StateConfig =
  | { readonly backend: "local" }
  | {
      readonly backend: "s3";
      readonly bucket: string;
      readonly key: string;
      /** Key of the customer's that it is encrypted with; absent where S3 has its own. */
      readonly encryptionKeyArn?: string;
    };

/** What every stack has, whatever it holds. */
export interface StackConfig {
  readonly appName: string;
  readonly stage: string;
  readonly stackName: string;
  readonly owner: string;
  readonly project: string;
  readonly region: string;
  readonly accountId?: string;
  readonly state: StateConfig;
  readonly permissionsBoundaryPolicyName?: string;
}

/** Everything that makes one stage: the settings of the table in settings.ts, checked and put together. */
export interface StageConfig extends StackConfig {
  readonly userPoolId?: string;
  readonly userPoolDomain?: string;
  readonly deletionProtection: boolean;
  readonly identityPoolArn?: string;
  readonly cognitoGroups: boolean;
  readonly dataManagersRoleArn?: string;
  readonly oidcProvider?: {
    readonly issuer: string;
    readonly thumbprint?: string;
    readonly exists: boolean;
  };
  readonly programmaticCallbackUrls: readonly string[];
  readonly dashboard?: {
    readonly callbackUrls: readonly string[];
    readonly logoutUrls: readonly string[];
  };
  readonly secretRecoveryDays: number;
  readonly secretRoleAccess: readonly string[];
}

/** What a configuration is read against, beside its own values. */
export interface HostEnvironment {
  /** Name that the operating system has for the user, where it has one. */
  readonly userName: string | undefined;
  /** Whether a machine runs this: then no default is taken from a user's name. */
  readonly ci: boolean;
}

/** The process's own environment, read here and nowhere else. */
export function getEnvironment(): Record<string, string | undefined> {
  return process.env;
}

/** Folder that stacks are written to: `CDKTF_OUTDIR`, as for cdktf, else `cdktf.out`. */
export function getOutputDirectory(): string {
  const chosen = getEnvironment().CDKTF_OUTDIR ?? "";
  return chosen === "" ? "cdktf.out" : chosen;
}

/**
 * One stage's configuration from settings by name.
 *
 * @throws UserError with every problem
 */
export function readStageConfig(
  values: Environment,
  surroundings: HostEnvironment,
): StageConfig {
  const { config, problems } = parseStageConfig(values, surroundings);
  if (config === undefined)
    throw createValidationError("configuration", problems);
  return config;
}

/** Whether two stacks may lie in one account: an unknown one may be any. */
export function canShareAccount(one: StackConfig, other: StackConfig): boolean {
  return (
    one.accountId === undefined ||
    other.accountId === undefined ||
    one.accountId === other.accountId
  );
}

/** One stage's configuration, or what is wrong with it. */
export function parseStageConfig(
  values: Environment,
  { userName, ci }: HostEnvironment,
): { config?: StageConfig; problems: readonly string[] } {
  const problems: string[] = [];
  const given = parseSettings(values, problems);
  const stage =
    getSetting(values, "STAGE") === undefined && !ci
      ? toStageName(userName)
      : (given.STAGE ?? "");
  if (stage === "" && getSetting(values, "STAGE") === undefined) {
    const where = ci ? "in CI" : "where the user has no name to make one from";
    problems.push(`STAGE must be given ${where}, got nothing`);
  }
  const appName = given.APP_NAME ?? "veda-auth-stack";
  const region = given.AWS_REGION ?? "us-west-2";
  const key = given.STATE_BUCKET_KEY ?? getDefaultStateKey(appName, stage);
  const name = getStackName(appName, stage);
  const backend = given.STATE_BACKEND ?? "s3";

  if (stage !== "" && given.USER_POOL_DOMAIN === undefined) {
    const problem = validate(
      LIMITS.domainPrefix,
      name,
      "domain prefix, which is APP_NAME-STAGE,",
    );
    if (problem !== undefined) problems.push(problem);
  }
  const nameProblem = validate(LIMITS.userPoolName, name, "APP_NAME-STAGE");
  if (nameProblem !== undefined) problems.push(nameProblem);
  problems.push(...findSettingConflicts(values, given, region, backend));
  if (given.STATE_BUCKET_KEY !== undefined)
    problems.push(...validateStateKey(given.STATE_BUCKET_KEY, appName, stage));
  if (problems.length > 0) return { problems };

  const managers =
    (given.DATA_MANAGERS_GROUP ?? true) && given.DATA_MANAGERS_ROLE_ARN;
  const config: StageConfig = {
    appName,
    stage,
    stackName: name,
    owner:
      given.OWNER ??
      (userName ?? "unknown")
        .slice(0, 256)
        .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "-"),
    project: given.PROJECT ?? "veda",
    region,
    state:
      backend === "local"
        ? { backend }
        : {
            backend,
            bucket: given.STATE_BUCKET_NAME ?? "",
            key,
            ...(given.STATE_CUSTOMER_KEY === true &&
              given.AWS_ACCOUNT_ID !== undefined && {
                encryptionKeyArn: getStateEncryptionKeyArn(
                  appName,
                  region,
                  given.AWS_ACCOUNT_ID,
                ),
              }),
          },
    deletionProtection: given.DELETION_PROTECTION ?? true,
    cognitoGroups: given.COGNITO_GROUPS ?? false,
    programmaticCallbackUrls: given.PROGRAMMATIC_CALLBACK_URLS ?? [],
    secretRecoveryDays: given.SECRET_RECOVERY_DAYS ?? 7,
    secretRoleAccess: given.SECRET_ROLE_ACCESS ?? [],
    ...(given.AWS_ACCOUNT_ID !== undefined && {
      accountId: given.AWS_ACCOUNT_ID,
    }),
    ...(given.USER_POOL_ID !== undefined && { userPoolId: given.USER_POOL_ID }),
    ...(given.USER_POOL_DOMAIN !== undefined && {
      userPoolDomain: given.USER_POOL_DOMAIN,
    }),
    ...(given.IDENTITY_POOL_ARN !== undefined && {
      identityPoolArn: given.IDENTITY_POOL_ARN,
    }),
    ...(typeof managers === "string" && { dataManagersRoleArn: managers }),
    ...(given.PERMISSIONS_BOUNDARY_POLICY_NAME !== undefined && {
      permissionsBoundaryPolicyName: given.PERMISSIONS_BOUNDARY_POLICY_NAME,
    }),
    ...(given.OIDC_PROVIDER_URL !== undefined && {
      oidcProvider: {
        issuer: given.OIDC_PROVIDER_URL,
        exists: given.OIDC_PROVIDER_EXISTS ?? false,
        ...(given.OIDC_THUMBPRINT !== undefined && {
          thumbprint: given.OIDC_THUMBPRINT,
        }),
      },
    }),
    ...(given.DASHBOARD_CALLBACK_URLS !== undefined && {
      dashboard: {
        callbackUrls: given.DASHBOARD_CALLBACK_URLS,
        logoutUrls: given.DASHBOARD_LOGOUT_URLS ?? [],
      },
    }),
  };
  return { config, problems };
}

/** A stage's name made of a user's. */
export function toStageName(userName = ""): string {
  return userName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** The settings that are given, parsed one by one; what is not accepted is added to the problems. */
export function parseSettings(
  values: Environment,
  problems: string[],
): Settings {
  const entries = (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => {
    const text = getSetting(values, name);
    if (text === undefined) return [];
    const value = SETTINGS[name].parse(text);
    if (!(value instanceof InvalidValue)) return [[name, value]];
    problems.push(
      ...value.values.map(
        (got) => `${name} must be ${value.expected}, got ${formatValue(got)}`,
      ),
    );
    return [];
  });
  return Object.fromEntries(entries) as Settings;
}

/** A value by its name, in whichever case the name is written. */
export function getSetting(
  values: Environment,
  name: string,
): string | undefined {
  const spelling = values[name]?.trim()
    ? name
    : Object.keys(values).find(
        (key) => key.toUpperCase() === name && values[key]?.trim(),
      );
  return spelling === undefined ? undefined : values[spelling]?.trim();
}
