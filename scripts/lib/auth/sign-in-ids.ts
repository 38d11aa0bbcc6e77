import { createValidationError, UserError } from "../../../constructs/errors";
import {
  LIMITS,
  validate,
  type Limit,
} from "../../../constructs/constraints";
import type { StageIds } from "../stage/stage-ids";
import { SETTINGS } from "../../../stacks/config/settings";

/** Where a user signs in, and where the credentials are from. */
export interface SignInIds {
  /** Needed by sign-ins with SRP alone. */
  readonly userPoolId?: string;
  readonly clientId: string;
  /** Region of the user pool. */
  readonly clientRegion: string;
  readonly identityPoolId: string;
}

/** Ids as somebody gives them: a person, or a stage. */
export interface ConfiguredIds {
  readonly userPoolId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly identityPoolId?: string | undefined;
}

/** Ids of one source, and how to name the source of each to a person. */
export interface IdSource {
  readonly ids: ConfiguredIds | undefined;
  readonly describeOrigin: (name: keyof ConfiguredIds) => string;
}

export interface IdSources {
  /** The first that has an id wins. */
  readonly idSources: readonly IdSource[];
  /** Region that is set by itself, for a client whose user pool is not, and where it is from. */
  readonly region:
    { readonly name: string; readonly origin: string } | undefined;
  /** Whether the user has signed in already: then the identity pool alone is called. */
  readonly hasIdToken: boolean;
  /** The stage that was looked up, and how that went. */
  readonly stage?:
    { readonly name: string; readonly ids: StageIds } | undefined;
}

/** Ids, and a sentence that names those that a password is for, with where each is from. */
export interface ResolvedIds {
  readonly ids: SignInIds;
  readonly announcement: string;
}

const CLIENT_ID: Limit<string> = {
  subject: "client id",
  expected: "1-128 letters, digits or any of _ +",
  allows: (value) => /^[\w+]{1,128}$/.test(value),
};
const IDENTITY_POOL_ID: Limit<string> = {
  subject: "identity pool id",
  expected: "of the form <region>:<uuid>",
  allows: (value) => /^[a-z]{2,}(-[a-z]+)+-\d+:[0-9a-f-]{1,36}$/i.test(value),
};

/**
 * The ids of a sign-in. A user pool's id begins with its Region, which no other setting changes.
 *
 * @param log told of a Region that has no effect
 * @throws UserError with every id that is not there or not fit
 */
export function resolveIds(
  sources: IdSources,
  log: (line: string) => void,
): ResolvedIds {
  const { idSources, region, hasIdToken: isForToken } = sources;
  const first = (name: keyof ConfiguredIds): Sourced | undefined =>
    idSources
      .map(({ ids, describeOrigin }) => ({
        value: ids?.[name],
        origin: describeOrigin(name),
      }))
      .find((found): found is Sourced => found.value !== undefined);
  const userPool = first("userPoolId");
  const client = first("clientId");
  const identityPoolId = first("identityPoolId")?.value;
  if (identityPoolId === undefined) throw noIdentityPool(sources);

  const userPoolId = userPool?.value;
  const clientId = client?.value;
  const problems = [
    ...(clientId === undefined && !isForToken
      ? ["client id must be given, got none"]
      : []),
    ...validateIds({ userPoolId, clientId, identityPoolId }, region?.name),
  ];
  if (problems.length > 0) throw createValidationError("sign-in", problems);

  const own = userPoolId?.split("_", 1)[0];
  if (own !== undefined && region !== undefined && own !== region.name) {
    log(
      `client region ${region.name} is passed over: user pool ${userPoolId ?? ""} is in ${own}`,
    );
  }
  const clientRegion = own ?? region?.name ?? SETTINGS.stack.region.default;
  return {
    ids: {
      ...(userPoolId !== undefined && { userPoolId }),
      clientId: clientId ?? "",
      clientRegion,
      identityPoolId,
    },
    announcement: [
      `Signing in to user pool ${describe(userPool)}`,
      `client ${describe(client)}`,
      own === undefined
        ? `Region ${clientRegion} (${region?.origin ?? "the default"})`
        : `Region ${clientRegion}`,
    ].join(", "),
  };
}

interface Sourced {
  readonly value: string;
  readonly origin: string;
}

function describe(id: Sourced | undefined): string {
  return id === undefined
    ? "of the client (no id is set)"
    : `${id.value} (${id.origin})`;
}

/** What is wrong with those ids that are given. */
export function validateIds(
  { userPoolId, clientId, identityPoolId }: ConfiguredIds,
  region: string | undefined,
): string[] {
  const problem = (
    limit: Limit<string>,
    value: string | undefined,
  ): string | undefined =>
    value === undefined ? undefined : validate(limit, value);
  return [
    problem(IDENTITY_POOL_ID, identityPoolId),
    problem(CLIENT_ID, clientId),
    problem(LIMITS.userPoolId, userPoolId),
    problem({ ...LIMITS.region, subject: "client region" }, region),
  ].filter((text) => text !== undefined);
}

function noIdentityPool({ stage }: IdSources): UserError {
  const name = `stage "${stage?.name ?? ""}"`;
  return stage?.ids.isComplete === true
    ? new UserError(
        `${name} has no identity pool, since it has no groups: its users get no AWS credentials`,
        "deploy it with COGNITO_GROUPS=true, or name another identity pool with --identity-pool-id",
      )
    : new UserError(
        `the secret of ${name} names no identity pool, and none of the stage's name was found`,
        "give --identity-pool-id or IDENTITY_POOL_ID, or an AWS profile that can read the stage's outputs with --profile",
      );
}
