import { createValidationError, UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
  getUserName,
  BOOLEAN_RULE,
  parseBoolean,
} from "../../../stacks/config/environment";
import { isUnknownRegionAllowed } from "../../../stacks/config/validate-region";
import {
  readCommonSettings,
  readStageSettings,
  type SourcedSettings,
} from "../../../stacks/config/command-settings";
import { PROCESS_ENVIRONMENT } from "../../../stacks/config/stage-sources";
import {
  describeUserPoolEndpoint,
  USER_POOL_ENDPOINT_VARIABLES,
} from "../aws/client";
import { UsageError } from "../cli/usage-error";
import {
  resolveStage,
  type StageTarget,
  requireValidOptions,
} from "../cli/options";
import {
  requireNoCredentialLoop,
  readStageIds,
  type StageIds,
} from "../stage/stage-ids";
import { identifyCaller } from "./credential-formats";
import type { AuthFlow } from "./password-sign-in";
import {
  type IdName,
  type ResolvedIds,
  resolveIds,
  type SourcedIds,
  type SourcedValue,
  validateIds,
} from "./sign-in-ids";

/** Options and settings of the ids. */
const ID_NAMES = {
  userPoolId: { option: "user-pool-id", setting: "USER_POOL_ID" },
  clientId: { option: "client-id", setting: "CLIENT_ID" },
  identityPoolId: { option: "identity-pool-id", setting: "IDENTITY_POOL_ID" },
} as const satisfies Record<IdName, object>;

/** Settings of a sign-in, by the names of the Python client. */
const SETTING_NAMES = [
  "USER_POOL_ID",
  "CLIENT_ID",
  "IDENTITY_POOL_ID",
  "CLIENT_REGION",
  "ALLOW_UNKNOWN_REGION",
  "USER_POOL_CLIENT_SECRET",
  "USERNAME",
  // lower case in files, where PASSWORD can be an application's
  "password",
  "RESOLVE_CHALLENGES",
  "ID_TOKEN",
] as const;

/** Variables that send calls of user pool and identity pool to other endpoints. */
const ENDPOINT_VARIABLES = [
  ...USER_POOL_ENDPOINT_VARIABLES,
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
] as const;

export interface SignInSettings {
  readonly userName: string | undefined;
  readonly password: string | undefined;
  /** Replaces a sign-in. */
  readonly idToken: string | undefined;
  readonly authFlow: AuthFlow;
  readonly clientSecret: string | undefined;
  readonly shouldAnswerChallenges: boolean;
  /** Everything that the ids depend on, as a part of a cache key. */
  readonly idsKey: readonly string[];
  /** Returns the ids. Reads the stage if options and settings lack some. */
  readonly resolveIds: (log: (line: string) => void) => Promise<ResolvedIds>;
}

type SignInValues = Readonly<
  Partial<
    Record<
      | "user-name"
      | "user-pool-id"
      | "client-id"
      | "identity-pool-id"
      | "client-region",
      string | undefined
    >
  >
> & { readonly "auth-flow"?: AuthFlow } & Parameters<typeof resolveStage>[0];

/**
 * Resolves the settings of a sign-in. Options precede the stage of `--stage`, which precedes the environment,
 * `.env.<stage>` and `.env`. Ids that are missing are read from the stage of the environment.
 *
 * @param readStage replaced in tests
 * @throws UsageError if an option is invalid
 * @throws UserError if a setting is invalid, or a file cannot be read
 */
export function resolveSignInSettings(
  values: SignInValues,
  env: Environment = getEnvironment(),
  readStage: typeof readStageIds = readStageIds,
): SignInSettings {
  requireValidOptions(values);
  const optionIds = readOptionIds(values, env);
  const sourced = readSettings(values.stage, env, isComplete(optionIds, false));
  const settings = sourced.values;
  const settingIds = mapIdNames((_name, { setting }) =>
    getSourced(sourced, setting),
  );
  const region =
    toSourced(values["client-region"], "--client-region") ??
    getSourced(sourced, "CLIENT_REGION");
  const hasIdToken = settings.ID_TOKEN !== undefined;
  const knownIds =
    values.stage === undefined ? { ...settingIds, ...optionIds } : optionIds;
  const target = isComplete(knownIds, hasIdToken)
    ? undefined
    : resolveStage(values);
  if (target !== undefined) requireNoCredentialLoop(target, env);
  return {
    userName: values["user-name"] ?? settings.USERNAME,
    password: settings.password ?? getSetting(env, "PASSWORD"),
    idToken: settings.ID_TOKEN,
    authFlow: values["auth-flow"] ?? "srp",
    clientSecret: settings.USER_POOL_CLIENT_SECRET,
    shouldAnswerChallenges: parseResolveChallenges(settings.RESOLVE_CHALLENGES),
    idsKey: [
      JSON.stringify([
        getValues(optionIds),
        getValues(settingIds),
        region?.value,
        ENDPOINT_VARIABLES.map((name) => env[name]),
      ]),
      ...(target === undefined ? [] : getStageKey(target, env)),
    ],
    resolveIds: async (log) => {
      const stage = target && {
        name: target.stage,
        ids: await readStage(target, log),
      };
      const ids = {
        ...settingIds,
        ...(stage && getStageIds(stage.ids, target)),
        ...knownIds,
      };
      const allowsUnknownRegion = isUnknownRegionAllowed(settings);
      const resolved = resolveIds(
        { ids, region, hasIdToken, allowsUnknownRegion, stage },
        log,
      );
      const announcement = `${resolved.announcement}${describeUserPoolEndpoint(env)}`;
      // a file name can contain control characters of a terminal
      return {
        ...resolved,
        announcement: announcement.replace(/\p{C}/gu, "\uFFFD"),
      };
    },
  };
}

/** @throws UsageError if an option is empty, as from a variable that is not set, or invalid */
function readOptionIds(values: SignInValues, env: Environment): SourcedIds {
  const ids = mapIdNames((_name, { option }) =>
    toSourced(values[option], `--${option}`),
  );
  const problems = validateIds(
    ids,
    values["client-region"],
    isUnknownRegionAllowed(env),
  );
  if (problems.length > 0)
    throw new UsageError(createValidationError("options", problems).message);
  return ids;
}

function mapIdNames(
  read: (
    name: IdName,
    names: (typeof ID_NAMES)[IdName],
  ) => SourcedValue | undefined,
): SourcedIds {
  const entries = Object.entries(ID_NAMES).map(([name, names]) => [
    name,
    read(name as IdName, names),
  ]);
  return Object.fromEntries(
    entries.filter(([, id]) => id !== undefined),
  ) as SourcedIds;
}

function toSourced(
  value: string | undefined,
  origin: string,
): SourcedValue | undefined {
  return value === undefined ? undefined : { value, origin };
}

function getSourced(
  { values, origins }: SourcedSettings,
  name: string,
): SourcedValue | undefined {
  const origin = `${name} in ${origins[name] ?? PROCESS_ENVIRONMENT}`;
  return toSourced(values[name], origin);
}

function getStageIds(
  ids: StageIds,
  { origins = {} }: Pick<StageTarget, "origins"> = {},
): SourcedIds {
  const files = [...new Set(Object.values(origins))].filter(
    (origin) => origin !== PROCESS_ENVIRONMENT,
  );
  const settings =
    files.length === 0 ? "" : `, by the settings in ${files.join(" and ")}`;
  return mapIdNames((name) => toSourced(ids[name], `${ids.origin}${settings}`));
}

function getValues(ids: SourcedIds): object {
  const entries = Object.entries(ids).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries) as object;
}

/** Returns whether no stage must be read. */
function isComplete(ids: SourcedIds, hasIdToken: boolean): boolean {
  return (
    ids.identityPoolId !== undefined &&
    (hasIdToken || ids.clientId !== undefined)
  );
}

/** Desktops set `USERNAME` to the name of the desktop user, so that a settings file precedes that value. */
function readSettings(
  stage: string | undefined,
  env: Environment,
  hasAllIds: boolean,
): SourcedSettings {
  const read = (from: Environment): SourcedSettings => {
    try {
      return stage === undefined
        ? readCommonSettings(SETTING_NAMES, from)
        : readStageSettings(stage, SETTING_NAMES, from);
    } catch (error) {
      if (!hasAllIds || !(error instanceof UserError)) throw error;
      // an AWS profile with all ids works in any directory, whatever its files contain
      const values = SETTING_NAMES.map((name) => [
        name,
        getSetting(from, name),
      ]);
      return { values: Object.fromEntries(values) as Environment, origins: {} };
    }
  };
  const desktopUser = getUserName();
  const withoutDesktopUser = Object.entries(env).filter(
    ([name, value]) =>
      name.toUpperCase() !== "USERNAME" || value !== desktopUser,
  );
  const settings = read(Object.fromEntries(withoutDesktopUser));
  return settings.values.USERNAME === undefined ? read(env) : settings;
}

/** Returns what distinguishes stages of the same name, such as the account and the state. */
function getStageKey(
  { stackName, awsTarget, settings }: StageTarget,
  env: Environment,
): readonly string[] {
  const state =
    settings.STATE_BACKEND === "local"
      ? [process.cwd()]
      : [settings.STATE_BUCKET_NAME ?? "", settings.STATE_BUCKET_KEY ?? ""];
  return [
    stackName,
    awsTarget.region,
    identifyCaller(awsTarget.profile, env),
    env.AWS_CONFIG_FILE ?? "",
    settings.AWS_ACCOUNT_ID ?? "",
    ...state,
  ];
}

function parseResolveChallenges(text = "true"): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw new UserError(
    `RESOLVE_CHALLENGES must be ${BOOLEAN_RULE}, got ${JSON.stringify(text)}`,
  );
}
