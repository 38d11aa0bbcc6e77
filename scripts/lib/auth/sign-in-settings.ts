import { createValidationError, UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import {
  BOOLEAN_RULE,
  parseBoolean,
} from "../../../stacks/config/setting-parsers";
import { getUserName } from "../../../stacks/config/environment";
import { PROCESS_ENVIRONMENT } from "../../../stacks/config/stage-sources";
import {
  readCommonSettings,
  readStageSettings,
  type SourcedSettings,
} from "../../../stacks/config/stage-settings";
import {
  requireChoice,
  resolveStage,
  type StageTarget,
  validateCommonOptions,
} from "../cli/options";
import { UsageError } from "../cli/command";
import { identifyCaller } from "./credential-formats";
import { AUTH_FLOWS, type AuthFlow } from "./password-sign-in";
import {
  type ConfiguredIds,
  type IdSource,
  type ResolvedIds,
  resolveIds,
  validateIds,
} from "./sign-in-ids";
import {
  assertNoCredentialLoop,
  readStageIds,
  type StageIds,
} from "../stage/stage-ids";

/** Options of a command that signs a user in; there is none for the password, which a shell's history would keep. */
export const SIGN_IN_OPTIONS = {
  "user-name": { type: "string" },
  "user-pool-id": { type: "string" },
  "client-id": { type: "string" },
  "identity-pool-id": { type: "string" },
  "client-region": { type: "string" },
  // no setting: a file must not have the password sent
  "auth-flow": { type: "string" },
} as const;

/** Options and settings of ids, by the ids' names here. */
const ID_NAMES = {
  userPoolId: { option: "user-pool-id", setting: "USER_POOL_ID" },
  clientId: { option: "client-id", setting: "CLIENT_ID" },
  identityPoolId: { option: "identity-pool-id", setting: "IDENTITY_POOL_ID" },
} as const satisfies Record<keyof ConfiguredIds, object>;

/** Settings as the Python client named them, and an id token that takes the place of a sign-in. */
const NAMES = [
  "USER_POOL_ID",
  "CLIENT_ID",
  "IDENTITY_POOL_ID",
  "CLIENT_REGION",
  "USER_POOL_CLIENT_SECRET",
  "USERNAME",
  // as it was read before: an application's own PASSWORD in a file is none of a user's
  "password",
  "RESOLVE_CHALLENGES",
  "ID_TOKEN",
] as const;

/** Variables of the process's environment that lead calls elsewhere: a user pool's first, the first that is set winning. */
const ENDPOINTS = [
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
] as const;

/** What a sign-in goes by. */
export interface SignInSettings {
  readonly userName: string | undefined;
  readonly password: string | undefined;
  readonly idToken: string | undefined;
  readonly authFlow: AuthFlow;
  /** Secret of the client, if it has one. */
  readonly clientSecret: string | undefined;
  readonly shouldAnswerChallenges: boolean;
  /** All that the ids depend on, for a key to keep something under. */
  readonly idsKey: readonly string[];
  /** The ids, for which a stage is looked up where they are not given. */
  readonly resolveIds: (log: (line: string) => void) => Promise<ResolvedIds>;
}

type SignInValues = {
  readonly [name in keyof typeof SIGN_IN_OPTIONS]?: string | undefined;
} & Parameters<typeof resolveStage>[0];

/**
 * Settings of a sign-in: options, then the stage that `--stage` names, then environment, `.env.<stage>` and `.env`; for
 * ids that are in none of them, the stage that the environment names.
 *
 * @param lookUpStage given by tests
 * @throws UsageError when an option is not fit
 * @throws UserError when a setting is not, or a file cannot be read
 */
export function resolveSignInSettings(
  values: SignInValues,
  env: Environment = getEnvironment(),
  lookUpStage: typeof readStageIds = readStageIds,
): SignInSettings {
  validateCommonOptions(values);
  requireValues(values);
  const authFlow = requireChoice(
    "auth-flow",
    values["auth-flow"] ?? "srp",
    AUTH_FLOWS,
  );
  const flags = ofOptions(values);
  requireFitIds(flags.ids, values["client-region"]);
  const read = readSettings(values.stage, env, areEnough([flags], false));
  const settings = read.values;
  const own = ofSettings(read);
  const region = regionOf(values["client-region"], read);
  const isForToken = settings.ID_TOKEN !== undefined;
  const isNamed = values.stage !== undefined;

  const before = isNamed ? [flags] : [flags, own];
  const choice = areEnough(before, isForToken)
    ? undefined
    : resolveStage(values);
  if (choice !== undefined) assertNoCredentialLoop(choice, env);
  return {
    userName: values["user-name"] ?? settings.USERNAME,
    password: settings.password ?? getSetting(env, "PASSWORD"),
    idToken: settings.ID_TOKEN,
    authFlow,
    clientSecret: settings.USER_POOL_CLIENT_SECRET,
    shouldAnswerChallenges: resolves(settings.RESOLVE_CHALLENGES),
    idsKey: [
      JSON.stringify([flags.ids, own.ids, region?.name, endpoints(env)]),
      ...(choice === undefined ? [] : stageKey(choice, env)),
    ],
    resolveIds: async (log) => {
      const stage = choice && {
        name: choice.stage,
        ids: await lookUpStage(choice, log),
      };
      const looked = stage && ofStage(stage.ids, choice);
      const idSources = [
        ...before,
        ...(looked === undefined ? [] : [looked]),
        ...(isNamed ? [own] : []),
      ];
      const found = resolveIds(
        { idSources, region, hasIdToken: isForToken, stage },
        log,
      );
      const announcement = `${found.announcement}${describeEndpoint(env)}`;
      // a file's name can hold what moves a terminal's cursor
      return {
        ...found,
        announcement: announcement.replace(/\p{C}/gu, "\uFFFD"),
      };
    },
  };
}

function ofOptions(values: SignInValues): IdSource {
  return {
    ids: {
      userPoolId: values["user-pool-id"],
      clientId: values["client-id"],
      identityPoolId: values["identity-pool-id"],
    },
    describeOrigin: (name) => `--${ID_NAMES[name].option}`,
  };
}

function ofSettings(settings: SourcedSettings): IdSource {
  const { values } = settings;
  return {
    ids: {
      userPoolId: values.USER_POOL_ID,
      clientId: values.CLIENT_ID,
      identityPoolId: values.IDENTITY_POOL_ID,
    },
    describeOrigin: (name) => describeSetting(settings, ID_NAMES[name].setting),
  };
}

function ofStage(ids: StageIds, { origins = {} }: StageTarget): IdSource {
  const files = [...new Set(Object.values(origins))].filter(
    (origin) => origin !== PROCESS_ENVIRONMENT,
  );
  const settings =
    files.length === 0 ? "" : `, by the settings in ${files.join(" and ")}`;
  return { ids, describeOrigin: () => `${ids.origin}${settings}` };
}

function regionOf(
  option: string | undefined,
  settings: SourcedSettings,
): { readonly name: string; readonly origin: string } | undefined {
  if (option !== undefined) return { name: option, origin: "--client-region" };
  const { CLIENT_REGION: name } = settings.values;
  return name === undefined
    ? undefined
    : { name, origin: describeSetting(settings, "CLIENT_REGION") };
}

function describeSetting({ origins }: SourcedSettings, name: string): string {
  return `${name} in ${origins[name] ?? PROCESS_ENVIRONMENT}`;
}

/** The user pool's calls go where these lead. No file of settings has them. */
function describeEndpoint(env: Environment): string {
  const [name, url] =
    ENDPOINTS.slice(0, 2)
      .map((variable) => [variable, env[variable] ?? ""])
      .find(([, value]) => value !== "") ?? [];
  return url === undefined ? "" : `, at ${url} (${name ?? ""})`;
}

/** Desktops set `USERNAME` to the name of who is logged in there: a file's goes before that one. */
function readSettings(
  stage: string | undefined,
  env: Environment,
  isComplete: boolean,
): SourcedSettings {
  const read = (from: Environment): SourcedSettings => {
    try {
      return stage === undefined
        ? readCommonSettings(NAMES, from)
        : readStageSettings(stage, NAMES, from);
    } catch (error) {
      // an AWS profile with all ids works in any folder, whatever is in that
      if (isComplete && error instanceof UserError) return ofEnvironment(from);
      throw error;
    }
  };
  const desktopUser = getUserName();
  const believed = Object.entries(env).filter(
    ([name, value]) =>
      name.toUpperCase() !== "USERNAME" || value !== desktopUser,
  );
  const settings = read(Object.fromEntries(believed));
  return settings.values.USERNAME === undefined ? read(env) : settings;
}

function ofEnvironment(env: Environment): SourcedSettings {
  return {
    values: Object.fromEntries(
      NAMES.map((name) => [name, getSetting(env, name)]),
    ),
    origins: {},
  };
}

/** Whether nobody else needs to be asked for ids. */
function areEnough(sources: readonly IdSource[], isForToken: boolean): boolean {
  const has = (name: keyof ConfiguredIds): boolean =>
    sources.some(({ ids }) => ids?.[name] !== undefined);
  return has("identityPoolId") && (isForToken || has("clientId"));
}

function endpoints(env: Environment): readonly (string | undefined)[] {
  return ENDPOINTS.map((name) => env[name]);
}

/** What makes a stage another one of the same name: an account, a state. */
function stageKey(
  { stackName, awsTarget: place, settings }: StageTarget,
  env: Environment,
): readonly string[] {
  const state =
    settings.STATE_BACKEND === "local"
      ? [process.cwd()]
      : [settings.STATE_BUCKET_NAME ?? "", settings.STATE_BUCKET_KEY ?? ""];
  return [
    stackName,
    place.region,
    place.profile ?? identifyCaller(env),
    env.AWS_CONFIG_FILE ?? "",
    settings.AWS_ACCOUNT_ID ?? "",
    ...state,
  ];
}

function resolves(text = "true"): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw new UserError(
    `RESOLVE_CHALLENGES must be ${BOOLEAN_RULE}, got ${JSON.stringify(text)}`,
  );
}

/** @throws UsageError when an option is no id, or no Region */
function requireFitIds(
  flags: ConfiguredIds | undefined,
  region: string | undefined,
): void {
  const problems = validateIds(flags ?? {}, region);
  if (problems.length > 0)
    throw new UsageError(createValidationError("options", problems).message);
}

/** @throws UsageError when an option is empty, as from a variable that is not set */
function requireValues(values: SignInValues): void {
  for (const name of Object.keys(
    SIGN_IN_OPTIONS,
  ) as (keyof typeof SIGN_IN_OPTIONS)[]) {
    if (values[name]?.trim() === "")
      throw new UsageError(`--${name} must have a value, got none`);
  }
}
