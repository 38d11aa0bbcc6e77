import { CognitoJwtVerifier } from "aws-jwt-verify";
import * as errors from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import { UserError } from "../../../constructs/errors";
import { type KeyFetcherOptions, UserPoolKeyFetcher } from "./user-pool-keys";
import type { TokenUse } from "./token-input";

/** What a token says, once it is known to be true. */
export type Claims = Readonly<Record<string, unknown>>;

type Decomposed = ReturnType<typeof decomposeUnverifiedJwt>;

/**
 * Claims of a token that a user pool signed, that has not expired, and that is what is expected.
 *
 * @throws UserError with the reason why it is not; the token is not repeated
 */
export async function verifyToken(
  token: string,
  expected: TokenExpectation,
  options: KeyFetcherOptions,
): Promise<Claims> {
  const { userPoolId, use, clientIds, scopes } = expected;
  const { header, payload } = decompose(token);
  requireTimes(payload);
  // of another user pool's token the key is not known here, which would be told instead of this
  const issuer = issuerOf(userPoolId, payload.iss);
  if (payload.iss !== issuer) throw wrongIssuer(issuer, payload.iss);
  const verifier = CognitoJwtVerifier.create(
    {
      userPoolId,
      tokenUse: use,
      clientId: clientIds.length === 0 ? null : [...clientIds],
    },
    {
      jwksCache: new SimpleJwksCache({
        fetcher: new UserPoolKeyFetcher(options),
      }),
    },
  );
  let claims: Claims;
  try {
    claims = await verifier.verify(token);
  } catch (error) {
    throw explainVerificationError(error, header, expected) ?? error;
  }
  if (claims.exp === undefined)
    throw new UserError("the token must expire, got one without an exp claim");
  requireScopes(scopes, payload.scope ?? "");
  return claims;
}

function decompose(token: string): Decomposed {
  try {
    return decomposeUnverifiedJwt(token);
  } catch (error) {
    if (!(error instanceof errors.JwtParseError)) throw error;
    const parts = token.split(".").length;
    throw new UserError(
      `the token must be a JWT, got ${parts === 3 ? malformation(token, error) : `a text of ${parts} ${parts === 1 ? "part" : "parts"} between dots`}`,
      parts === 5
        ? "five parts are encrypted, as a refresh token is: only the user pool can read it"
        : "three parts of base64url are one, as get-service-token gives it",
    );
  }
}

/** Times that no calendar has are no times; aws-jwt-verify would come to grief over them. */
function requireTimes({ exp, nbf }: Decomposed["payload"]): void {
  for (const [claim, seconds] of Object.entries({ exp, nbf })) {
    if (Number.isNaN(new Date((seconds ?? 0) * 1000).getTime()))
      throw new UserError(
        `${claim} must be seconds since 1970, got ${formatClaim(seconds)}`,
      );
  }
}

/** What is wrong with three parts. What they hold is not repeated. */
function malformation(token: string, { message }: Error): string {
  const [, claim, kind] =
    /^JWT \w+ (\w+) claim is not (.+)$/.exec(message) ?? [];
  if (claim !== undefined) return `one whose ${claim} is not ${kind ?? ""}`;
  return token.endsWith(".")
    ? "one without a signature"
    : "three parts that are not base64url of JSON";
}

/** Issuer of a user pool's tokens in the one of two forms that a token uses. */
function issuerOf(userPoolId: string, got: string | undefined): string {
  try {
    return CognitoJwtVerifier.parseUserPoolId(userPoolId, got).issuer;
  } catch (error) {
    if (!(error instanceof errors.ParameterValidationError)) throw error;
    throw new UserError(
      `user pool id must be of the form <region>_<id>, got ${JSON.stringify(userPoolId)}`,
      "give --user-pool-id as the output userpool_id has it",
    );
  }
}

function wrongIssuer(issuer: string, got: unknown): UserError {
  return new UserError(
    `issuer must be ${issuer}, got ${formatClaim(got)}`,
    "the token is of another user pool: name that with --stage or --user-pool-id; of a stage that was made anew take one with --refresh",
  );
}

function requireScopes(scopes: readonly string[], has: string): void {
  const missing = scopes.filter((scope) => !has.split(" ").includes(scope));
  if (missing.length === 0) return;
  throw new UserError(
    `the token must have the scope ${missing.join(" ")}, got ${has === "" ? "none" : has}`,
    "its client has to be given the scope, or get-service-token to be asked for it with --scope",
  );
}

/** What a token has to be to be let in. */
export interface TokenExpectation {
  readonly userPoolId: string;
  readonly use: TokenUse;
  /** Clients whose token it may be; none for any of the user pool's. */
  readonly clientIds: readonly string[];
  /** Scopes of which it has to have each. */
  readonly scopes: readonly string[];
}

/** First part of a token, before it is known to be true. */
interface Header {
  readonly alg?: string;
  readonly kid?: string;
}

/** What aws-jwt-verify looked at, when it refuses a token. */
interface Rejection {
  readonly expected: TokenExpectation;
  readonly header: Header;
  /** What it got where it compared. */
  readonly got: unknown;
}

/** Why a token is refused and what to do, by the kind of aws-jwt-verify's error. */
const REASONS: readonly (readonly [
  kind: abstract new (...args: never) => Error,
  reason: (rejection: Rejection) => string,
  hint?: string,
])[] = [
  [
    errors.JwtInvalidSignatureError,
    () => "signature must be the user pool's, got another",
    "the token was changed or forged: trust nothing that it says",
  ],
  [
    errors.JwtInvalidSignatureAlgorithmError,
    ({ header }) =>
      `signature must be made as the user pool's key says, got algorithm ${formatClaim(header.alg)}`,
    "the token was changed or forged: trust nothing that it says",
  ],
  [
    errors.KidNotFoundInJwksError,
    ({ header, expected }) =>
      `key must be one of user pool ${expected.userPoolId}, got the unknown key id ${formatClaim(header.kid)}`,
    "the token is of another user pool, or was changed or forged",
  ],
  [
    errors.JwtWithoutValidKidError,
    () => "the token must name the key it is signed with, got no key id",
  ],
  [
    errors.JwtExpiredError,
    ({ got }) => `the token expired at ${time(got)}, ${ago(got)} ago`,
    "take a new one",
  ],
  [
    errors.JwtNotBeforeError,
    ({ got }) => `the token is not good before ${time(got)}`,
    "check this machine's clock",
  ],
  [
    errors.CognitoJwtInvalidTokenUseError,
    ({ got, expected }) =>
      `token_use must be ${expected.use}, got ${formatClaim(got)}`,
    "--use says which of the two is expected; an API takes access tokens",
  ],
  [
    errors.CognitoJwtInvalidClientIdError,
    ({ got, expected }) =>
      `client must be ${expected.clientIds.join(" or ")}, got ${formatClaim(got)}`,
    "without --client-id any client of the user pool is accepted",
  ],
  [
    errors.JwksValidationError,
    () => "keys of the user pool must be a key set, got something else",
    "check that no proxy answers in its place",
  ],
];

/** Why aws-jwt-verify does not let a token in; `undefined` for what is none of its errors. */
export function explainVerificationError(
  error: unknown,
  header: Header,
  expected: TokenExpectation,
): UserError | undefined {
  if (!(error instanceof errors.JwtBaseError)) return undefined;
  const got =
    error instanceof errors.FailedAssertionError
      ? error.failedAssertion.actual
      : undefined;
  const [, reason, hint] =
    REASONS.find(([kind]) => error instanceof kind) ?? [];
  return reason === undefined
    ? new UserError(`the token cannot be verified: ${error.message}`)
    : new UserError(reason({ expected, header, got }), hint);
}

/** What came from a token, which anybody may have written. */
export function formatClaim(value: unknown): string {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  return first === undefined ? "nothing" : JSON.stringify(first).slice(0, 200);
}

function time(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000", "");
}

function ago(seconds: unknown): string {
  const past = Math.floor(Date.now() / 1000 - Number(seconds));
  if (past < 120) return `${past} s`;
  return past < 7200
    ? `${Math.floor(past / 60)} minutes`
    : `${Math.floor(past / 3600)} hours`;
}
