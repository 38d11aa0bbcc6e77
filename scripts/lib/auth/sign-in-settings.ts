import { createValidationError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import { isUnknownRegionAllowed } from "../../../stacks/config/validate-region";
import { PROCESS_ENVIRONMENT } from "../../../stacks/config/stage-sources";
import { describeUserPoolEndpoint } from "../aws/client";
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
import {
  type ResolvedIds,
  createDomainError,
  resolveIds,
  type SourcedIds,
  type SourcedValue,
  validateIds,
} from "./sign-in-ids";
import type { SignInIdName } from "./sign-in-id-limits";
import {
  resolveSignInMethod,
  type SignInMethod,
  type SignInMethodValues,
} from "./sign-in-method";
import {
  getSourced,
  parseResolveChallenges,
  readSignInSettings,
  requireNoUserName,
  toSourced,
} from "./sign-in-sources";
import { getEndpointKey } from "./user-session";

/** Options and settings of the ids. */
const ID_NAMES = {
  userPoolId: { option: "user-pool-id", setting: "USER_POOL_ID" },
  clientId: { option: "client-id", setting: "CLIENT_ID" },
  identityPoolId: { option: "identity-pool-id", setting: "IDENTITY_POOL_ID" },
  domain: { option: "domain", setting: "COGNITO_DOMAIN" },
} as const satisfies Record<SignInIdName, object>;

export interface SignInSettings extends SignInMethod {
  readonly userName: string | undefined;
  readonly password: string | undefined;
  /** Replaces a sign-in. */
  readonly idToken: string | undefined;
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
> &
  SignInMethodValues &
  Parameters<typeof resolveStage>[0];

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
  const method = resolveSignInMethod(values);
  const { browser } = method;
  const optionIds = readOptionIds(values, env);
  const sourced = readSignInSettings(
    values.stage,
    env,
    isComplete(optionIds, false),
  );
  const settings = sourced.values;
  const settingIds = mapIdNames((name, { setting }) =>
    name === "domain" && browser === undefined
      ? undefined
      : getSourced(sourced, setting),
  );
  const region =
    toSourced(values["client-region"], "--client-region") ??
    getSourced(sourced, "CLIENT_REGION");
  const hasIdToken = settings.ID_TOKEN !== undefined;
  const knownIds =
    values.stage === undefined ? { ...settingIds, ...optionIds } : optionIds;
  if (browser !== undefined && !hasIdToken) requireNoUserName(sourced);
  const domainEndpoint = getSetting(env, "COGNITO_DOMAIN_ENDPOINT");
  const needsDomain =
    browser !== undefined && !hasIdToken && domainEndpoint === undefined;
  const lacksDomain = needsDomain && knownIds.domain === undefined;
  const lacksIds = !isComplete(knownIds, hasIdToken);
  // the ids can be of a user who cannot read a stage
  if (lacksDomain && !lacksIds && values.stage === undefined)
    throw createDomainError();
  const target = lacksIds || lacksDomain ? resolveStage(values) : undefined;
  if (target !== undefined) requireNoCredentialLoop(target, env);
  return {
    ...method,
    userName:
      browser === undefined
        ? (values["user-name"] ?? settings.USERNAME)
        : undefined,
    password: settings.password ?? getSetting(env, "PASSWORD"),
    idToken: settings.ID_TOKEN,
    clientSecret: settings.USER_POOL_CLIENT_SECRET,
    shouldAnswerChallenges: parseResolveChallenges(settings.RESOLVE_CHALLENGES),
    idsKey: [
      JSON.stringify([
        getValues(optionIds),
        getValues(settingIds),
        region?.value,
        getEndpointKey(env),
      ]),
      ...(target === undefined ? [] : getStageKey(target, env)),
      ...(browser === undefined ? [] : [domainEndpoint ?? ""]),
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
        { ids, region, hasIdToken, needsDomain, allowsUnknownRegion, stage },
        log,
      );
      const announcement = [
        resolved.announcement,
        describeUserPoolEndpoint(env),
        browser === undefined || domainEndpoint === undefined
          ? ""
          : `, domain ${domainEndpoint} (COGNITO_DOMAIN_ENDPOINT)`,
      ].join("");
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
    name: SignInIdName,
    names: (typeof ID_NAMES)[SignInIdName],
  ) => SourcedValue | undefined,
): SourcedIds {
  const entries = Object.entries(ID_NAMES).map(([name, names]) => [
    name,
    read(name as SignInIdName, names),
  ]);
  return Object.fromEntries(
    entries.filter(([, id]) => id !== undefined),
  ) as SourcedIds;
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
