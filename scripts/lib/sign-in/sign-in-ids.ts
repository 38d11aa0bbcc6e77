import { problemsError, UserError } from "../../../constructs/errors";
import { LIMITS, problemWith, type Limit } from "../../../constructs/limits";
import type { StageIds } from "../stage/stage-ids";

const DEFAULT_REGION = "us-west-2";

/** Where a user signs in, and where the credentials are from. */
export interface SignInIds {
  readonly clientId: string;
  /** Region of the user pool. */
  readonly clientRegion: string;
  readonly identityPoolId: string;
}

/** Ids as somebody gives them: a person, or a stage. */
export interface GivenIds {
  readonly userPoolId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly identityPoolId?: string | undefined;
}

export interface IdSources {
  /** The first that has an id wins. */
  readonly given: readonly (GivenIds | undefined)[];
  /** Region that is given by itself, for a client whose user pool is not. */
  readonly region: string | undefined;
  /** Whether the user has signed in already: then the identity pool alone is called. */
  readonly isForToken: boolean;
  /** The stage that was looked up, and how that went. */
  readonly stage?:
    { readonly name: string; readonly ids: StageIds } | undefined;
}

const CLIENT_ID: Limit<string> = {
  subject: "client id",
  accepts: "1-128 letters, digits or any of _ +",
  allows: (value) => /^[\w+]{1,128}$/.test(value),
};
const IDENTITY_POOL_ID: Limit<string> = {
  subject: "identity pool id",
  accepts: "of the form <region>:<uuid>",
  allows: (value) => /^[a-z]{2,}(-[a-z]+)+-\d+:[0-9a-f-]{1,36}$/i.test(value),
};

/**
 * The ids of a sign-in. A user pool's id begins with its Region, which no other setting changes.
 *
 * @param log told of a Region that has no effect
 * @throws UserError with every id that is not there or not fit
 */
export function chooseIds(
  sources: IdSources,
  log: (line: string) => void,
): SignInIds {
  const { given, region, isForToken } = sources;
  const first = (name: keyof GivenIds): string | undefined =>
    given.map((ids) => ids?.[name]).find((id) => id !== undefined);
  const userPoolId = first("userPoolId");
  const clientId = first("clientId");
  const identityPoolId = first("identityPoolId");
  if (identityPoolId === undefined) throw noIdentityPool(sources);

  const problems = [
    ...(clientId === undefined && !isForToken
      ? ["client id must be given, got none"]
      : []),
    ...idProblems({ userPoolId, clientId, identityPoolId }, region),
  ];
  if (problems.length > 0) throw problemsError("sign-in", problems);

  const own = userPoolId?.split("_", 1)[0];
  if (own !== undefined && region !== undefined && own !== region) {
    log(
      `client region ${region} is passed over: user pool ${userPoolId ?? ""} is in ${own}`,
    );
  }
  return {
    clientId: clientId ?? "",
    clientRegion: own ?? region ?? DEFAULT_REGION,
    identityPoolId,
  };
}

/** What is wrong with those ids that are given. */
export function idProblems(
  { userPoolId, clientId, identityPoolId }: GivenIds,
  region: string | undefined,
): string[] {
  const problem = (
    limit: Limit<string>,
    value: string | undefined,
  ): string | undefined =>
    value === undefined ? undefined : problemWith(limit, value);
  return [
    problem(IDENTITY_POOL_ID, identityPoolId),
    problem(CLIENT_ID, clientId),
    problem(LIMITS.userPoolId, userPoolId),
    problem({ ...LIMITS.region, subject: "client region" }, region),
  ].filter((text) => text !== undefined);
}

function noIdentityPool({ stage }: IdSources): UserError {
  const name = `stage "${stage?.name ?? ""}"`;
  return stage?.ids.isWhole === true
    ? new UserError(
        `${name} has no identity pool, since it has no groups: its users get no AWS credentials`,
        "deploy it with COGNITO_GROUPS=true, or name another identity pool with --identity-pool-id",
      )
    : new UserError(
        `the secret of ${name} names no identity pool, and none of the stage's name was found`,
        "give --identity-pool-id or IDENTITY_POOL_ID, or an AWS profile that can read the stage's outputs with --profile",
      );
}
