import { problemsError, UserError } from "../../../constructs/errors";
import { environment, type Environment } from "../../../stacks/config";
import { lookUp } from "../../../stacks/given-settings";
import { BOOLEAN_ACCEPTS, parseBoolean } from "../../../stacks/settings";
import { osUserName } from "../../../stacks/stage-sources";
import { commonSettings, stageSettings } from "../../../stacks/stages";
import { chooseStage, requireFit, type StageChoice } from "../arguments";
import { UsageError } from "../cli";
import { caller } from "./caller";
import {
  chooseIds,
  idProblems,
  type GivenIds,
  type SignInIds,
} from "./sign-in-ids";
import { requireNoLoop, stageIds } from "../stage/stage-ids";

/** Options of a command that signs a user in; there is none for the password, which a shell's history would keep. */
export const SIGN_IN_OPTIONS = {
  "user-name": { type: "string" },
  "user-pool-id": { type: "string" },
  "client-id": { type: "string" },
  "identity-pool-id": { type: "string" },
  "client-region": { type: "string" },
} as const;

/** Settings as the Python client named them, and an id token that takes the place of a sign-in. */
const NAMES = [
  "USER_POOL_ID",
  "CLIENT_ID",
  "IDENTITY_POOL_ID",
  "CLIENT_REGION",
  "USERNAME",
  // as it was read before: an application's own PASSWORD in a file is none of a user's
  "password",
  "RESOLVE_CHALLENGES",
  "ID_TOKEN",
] as const;

/** What a sign-in goes by. */
export interface SignInSettings {
  readonly userName: string | undefined;
  readonly password: string | undefined;
  readonly idToken: string | undefined;
  readonly resolvesChallenges: boolean;
  /** All that the ids depend on, for a key to keep something under. */
  readonly idsKey: readonly string[];
  /** The ids, for which a stage is looked up where they are not given. */
  readonly findIds: (log: (line: string) => void) => Promise<SignInIds>;
}

type SignInValues = {
  readonly [name in keyof typeof SIGN_IN_OPTIONS]?: string | undefined;
} & Parameters<typeof chooseStage>[0];

/**
 * Settings of a sign-in: options, then the stage that `--stage` names, then environment, `.env.<stage>` and `.env`; for
 * ids that are in none of them, the stage that the environment names.
 *
 * @param lookUpStage given by tests
 * @throws UsageError when an option is not fit
 * @throws UserError when a setting is not, or a file cannot be read
 */
export function signInSettings(
  values: SignInValues,
  env: Environment = environment(),
  lookUpStage: typeof stageIds = stageIds,
): SignInSettings {
  requireFit(values);
  requireValues(values);
  const flags: GivenIds = {
    userPoolId: values["user-pool-id"],
    clientId: values["client-id"],
    identityPoolId: values["identity-pool-id"],
  };
  requireFitIds(flags, values["client-region"]);
  const settings = readSettings(values.stage, env, areEnough([flags], false));
  const own: GivenIds = {
    userPoolId: settings.USER_POOL_ID,
    clientId: settings.CLIENT_ID,
    identityPoolId: settings.IDENTITY_POOL_ID,
  };
  const region = values["client-region"] ?? settings.CLIENT_REGION;
  const isForToken = settings.ID_TOKEN !== undefined;
  const isNamed = values.stage !== undefined;

  const before = isNamed ? [flags] : [flags, own];
  const choice = areEnough(before, isForToken)
    ? undefined
    : chooseStage(values);
  if (choice !== undefined) requireNoLoop(choice, env);
  return {
    userName: values["user-name"] ?? settings.USERNAME,
    password: settings.password ?? lookUp(env, "PASSWORD"),
    idToken: settings.ID_TOKEN,
    resolvesChallenges: resolves(settings.RESOLVE_CHALLENGES),
    idsKey: [
      JSON.stringify([flags, own, region, endpoints(env)]),
      ...(choice === undefined ? [] : stageKey(choice, env)),
    ],
    findIds: async (log) => {
      const stage = choice && {
        name: choice.stage,
        ids: await lookUpStage(choice, log),
      };
      const given = isNamed
        ? [flags, stage?.ids, own]
        : [...before, stage?.ids];
      return chooseIds({ given, region, isForToken, stage }, log);
    },
  };
}

/** Desktops set `USERNAME` to the name of who is logged in there: a file's goes before that one. */
function readSettings(
  stage: string | undefined,
  env: Environment,
  isComplete: boolean,
): Environment {
  const read = (from: Environment): Environment => {
    try {
      return stage === undefined
        ? commonSettings(NAMES, from)
        : stageSettings(stage, NAMES, from);
    } catch (error) {
      // an AWS profile with all ids works in any folder, whatever is in that
      if (isComplete && error instanceof UserError) return ofEnvironment(from);
      throw error;
    }
  };
  const desktopUser = osUserName();
  const believed = Object.entries(env).filter(
    ([name, value]) =>
      name.toUpperCase() !== "USERNAME" || value !== desktopUser,
  );
  const settings = read(Object.fromEntries(believed));
  return settings.USERNAME === undefined ? read(env) : settings;
}

function ofEnvironment(env: Environment): Environment {
  return Object.fromEntries(NAMES.map((name) => [name, lookUp(env, name)]));
}

/** Whether nobody else needs to be asked for ids. */
function areEnough(given: readonly GivenIds[], isForToken: boolean): boolean {
  const has = (name: keyof GivenIds): boolean =>
    given.some((ids) => ids[name] !== undefined);
  return has("identityPoolId") && (isForToken || has("clientId"));
}

function endpoints(env: Environment): readonly (string | undefined)[] {
  return [
    env.AWS_ENDPOINT_URL,
    env.AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER,
    env.AWS_ENDPOINT_URL_COGNITO_IDENTITY,
  ];
}

/** What makes a stage another one of the same name: an account, a state. */
function stageKey(
  { stackName, place, settings }: StageChoice,
  env: Environment,
): readonly string[] {
  const state =
    settings.STATE_BACKEND === "local"
      ? [process.cwd()]
      : [settings.STATE_BUCKET_NAME ?? "", settings.STATE_BUCKET_KEY ?? ""];
  return [
    stackName,
    place.region,
    place.profile ?? caller(env),
    env.AWS_CONFIG_FILE ?? "",
    settings.AWS_ACCOUNT_ID ?? "",
    ...state,
  ];
}

function resolves(text = "true"): boolean {
  const value = parseBoolean(text);
  if (value !== undefined) return value;
  throw new UserError(
    `RESOLVE_CHALLENGES must be ${BOOLEAN_ACCEPTS}, got ${JSON.stringify(text)}`,
  );
}

/** @throws UsageError when an option is no id, or no Region */
function requireFitIds(flags: GivenIds, region: string | undefined): void {
  const problems = idProblems(flags, region);
  if (problems.length > 0)
    throw new UsageError(problemsError("options", problems).message);
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
