import { CognitoJwtVerifier } from "aws-jwt-verify";
import * as errors from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import { UserError } from "../../../constructs/errors";
import { escapeJson } from "../cli/escape";
import { formatCommand } from "../cli/invocation";
import type { JsonObject } from "../system/json-object";
import { quoteShellWord } from "../system/shell";
import type { TokenUse } from "./token-input";
import { fetchKeys, type KeyFetcherOptions } from "./user-pool-keys";

/** Requirements on a token. */
export interface TokenExpectation {
  readonly userPoolId: string;
  readonly use: TokenUse;
  /** Clients that are allowed; empty for every client of the user pool. */
  readonly clientIds: readonly string[];
  /** Scopes that the token must have. */
  readonly scopes: readonly string[];
}

type DecomposedJwt = ReturnType<typeof decomposeUnverifiedJwt>;

/**
 * Verifies the signature, expiry, issuer, use, client and scopes of a token, and returns its claims.
 *
 * @throws UserError if the token is invalid; the token is not repeated
 */
export async function verifyToken(
  token: string,
  expected: TokenExpectation,
  options: KeyFetcherOptions & {
    /**
     * Fetches the keys of the user pool.
     *
     * @default fetchKeys
     */
    readonly fetch?: (uri: string) => Promise<ArrayBuffer>;
  },
): Promise<JsonObject> {
  const { userPoolId, use, clientIds, scopes } = expected;
  const { header, payload } = decompose(token);
  requireValidTimes(payload);
  // checked first: the key of another user pool's token would be reported as unknown
  requireIssuer(userPoolId, payload.iss);
  const { fetch = (uri: string) => fetchKeys(uri, options) } = options;
  const verifier = CognitoJwtVerifier.create(
    {
      userPoolId,
      tokenUse: use,
      clientId: clientIds.length === 0 ? null : [...clientIds],
    },
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch } }) },
  );
  let claims: JsonObject;
  try {
    claims = await verifier.verify(token);
  } catch (error) {
    throw explainVerificationError(error, header, expected) ?? error;
  }
  if (claims.exp === undefined)
    throw new UserError("the token must have an exp claim, got none");
  requireScopes(scopes, payload.scope ?? "");
  return claims;
}

function decompose(token: string): DecomposedJwt {
  try {
    return decomposeUnverifiedJwt(token);
  } catch (error) {
    if (!(error instanceof errors.JwtParseError)) throw error;
    const parts = token.split(".").length;
    throw new UserError(
      `the token must be a JWT, got ${parts === 3 ? describeMalformedJwt(token, error) : `text with ${parts} ${parts === 1 ? "part" : "parts"} between dots`}`,
      parts === 5
        ? "a token with five parts is encrypted, such as a refresh token: only the user pool can read it"
        : `a JWT has three parts of base64url, as ${formatCommand("token")} prints it`,
    );
  }
}

/** Describes three parts that are no JWT, without repeating them. */
function describeMalformedJwt(token: string, { message }: Error): string {
  const [, claim, kind] =
    /^JWT \w+ (\w+) claim is not (.+)$/.exec(message) ?? [];
  if (claim !== undefined) return `a token whose ${claim} is not ${kind ?? ""}`;
  return token.endsWith(".")
    ? "a token without a signature"
    : "three parts that are not base64url of JSON";
}

/** Requires times that are dates, since aws-jwt-verify does not. */
function requireValidTimes({ exp, nbf }: DecomposedJwt["payload"]): void {
  for (const [claim, seconds] of Object.entries({ exp, nbf })) {
    if (Number.isNaN(new Date((seconds ?? 0) * 1000).getTime()))
      throw new UserError(
        `${claim} must be seconds since 1970, got ${formatClaim(seconds)}`,
      );
  }
}

/** Issuers of user pools and of their replicas, which have the same user pool id in another Region. */
const COGNITO_ISSUER =
  /^https:\/\/(?:issuer-)?cognito-idp(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.(?:com|eu)\/([\w-]+)$/;

/**
 * An issuer has one of two forms: of the Region, or of all Regions of a user pool with replicas. The second one names the
 * Region of the user pool too.
 */
function requireIssuer(userPoolId: string, issuer: string | undefined): void {
  let expected: string;
  try {
    expected = CognitoJwtVerifier.parseUserPoolId(userPoolId, issuer).issuer;
  } catch (error) {
    if (!(error instanceof errors.ParameterValidationError)) throw error;
    throw new UserError(
      `user pool id must be of the form <region>_<id>, got ${JSON.stringify(userPoolId)}`,
      "set --user-pool-id to the output userpool_id",
    );
  }
  if (issuer === expected) return;
  const message = `issuer must be ${expected}, got ${formatClaim(issuer)}`;
  const [region = ""] = userPoolId.split("_", 1);
  const [, actualRegion = region, actualPoolId] =
    COGNITO_ISSUER.exec(issuer ?? "") ?? [];
  throw new UserError(
    actualRegion === region
      ? message
      : `${message}, issued by another Region: ${actualRegion} instead of ${region}`,
    actualPoolId === userPoolId && actualRegion !== region
      ? `a replica of the user pool issued the token, or it was forged: get one in Region ${region}`
      : "the token is of another user pool, or was forged: name that pool with --stage or --user-pool-id; if the stage was replaced, get a new token with --refresh",
  );
}

function requireScopes(scopes: readonly string[], tokenScopes: string): void {
  const has = tokenScopes.split(" ");
  const missing = scopes.filter((scope) => !has.includes(scope));
  if (missing.length === 0) return;
  throw new UserError(
    `the token must have the scope ${missing.join(" ")}, got ${tokenScopes === "" ? "none" : tokenScopes}`,
    `grant the scope to the client, or request it with ${formatCommand("token", "--scope", quoteShellWord(scopes.join(" ")))}`,
  );
}

type Header = Pick<DecomposedJwt["header"], "alg" | "kid">;

/** Details of an error of aws-jwt-verify. */
interface VerificationFailure {
  readonly expected: TokenExpectation;
  readonly header: Header;
  /** The claim that was compared. */
  readonly actual: unknown;
}

const FORGED_HINT =
  "the token was changed or forged: do not trust any of its claims";

/** Explanations by class of error. */
const EXPLANATIONS: readonly (readonly [
  kind: abstract new (...args: never) => Error,
  message: (failure: VerificationFailure) => string,
  hint?: string,
])[] = [
  [
    errors.JwtInvalidSignatureError,
    () => "signature must be of the user pool, got another",
    FORGED_HINT,
  ],
  [
    errors.JwtInvalidSignatureAlgorithmError,
    ({ header }) =>
      `signature algorithm must be that of the user pool's key, got ${formatClaim(header.alg)}`,
    FORGED_HINT,
  ],
  [
    errors.KidNotFoundInJwksError,
    ({ header, expected }) =>
      `key must be one of user pool ${expected.userPoolId}, got the unknown key id ${formatClaim(header.kid)}`,
    "the token is of another user pool, or was changed or forged",
  ],
  [
    errors.JwtWithoutValidKidError,
    () => "the token must have a key id, got none",
  ],
  [
    errors.JwtExpiredError,
    ({ actual }) =>
      `the token expired at ${formatTime(actual)}, ${formatAge(actual)} ago`,
    "get a new token",
  ],
  [
    errors.JwtNotBeforeError,
    ({ actual }) => `the token is not valid before ${formatTime(actual)}`,
    "check the clock of this machine",
  ],
  [
    errors.CognitoJwtInvalidTokenUseError,
    ({ actual, expected }) =>
      `token_use must be ${expected.use}, got ${formatClaim(actual)}`,
    "set --use to the expected use; APIs require access tokens",
  ],
  [
    errors.CognitoJwtInvalidClientIdError,
    ({ actual, expected }) =>
      `client must be ${expected.clientIds.join(" or ")}, got ${formatClaim(actual)}`,
    "omit --client-id to allow every client of the user pool",
  ],
  [
    errors.JwksValidationError,
    () => "the user pool's keys must be a JSON web key set, got another text",
    "check that no proxy responds instead of AWS",
  ],
];

/** Returns `undefined` for an error that is not of aws-jwt-verify. */
function explainVerificationError(
  error: unknown,
  header: Header,
  expected: TokenExpectation,
): UserError | undefined {
  if (!(error instanceof errors.JwtBaseError)) return undefined;
  const actual =
    error instanceof errors.FailedAssertionError
      ? error.failedAssertion.actual
      : undefined;
  const [, message, hint] =
    EXPLANATIONS.find(([kind]) => error instanceof kind) ?? [];
  return message === undefined
    ? new UserError(`cannot verify the token: ${error.message}`)
    : new UserError(message({ expected, header, actual }), hint);
}

/** Formats a claim, which can be forged, with a limited length and without characters that change a terminal. */
function formatClaim(value: unknown): string {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  return first === undefined
    ? "none"
    : escapeJson(JSON.stringify(first).slice(0, 200));
}

function formatTime(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000", "");
}

function formatAge(seconds: unknown): string {
  const age = Date.now() / 1000 - Number(seconds);
  if (age < 120) return `${Math.floor(age)} s`;
  const minutes = age / 60;
  return minutes < 120
    ? `${Math.floor(minutes)} minutes`
    : `${Math.floor(minutes / 60)} hours`;
}
