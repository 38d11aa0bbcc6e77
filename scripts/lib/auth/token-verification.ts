import { types } from "node:util";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import * as errors from "aws-jwt-verify/error";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import { escapeJson } from "../cli/escape";
import { type Clock, SYSTEM_CLOCK } from "../system/clock";
import type { JsonObject } from "../system/json-object";
import { formatAge, formatClaim, formatTime } from "./format-claim";
import { KeyCache } from "./key-cache";
import type { TokenUse } from "./token-input";
import {
  TokenVerificationError,
  type TokenVerificationErrorCode,
} from "./token-verification-error";

/** Requirements on tokens. Each `null` allows every value. */
export interface TokenExpectation {
  readonly userPoolId: string;
  readonly tokenUse: TokenUse;
  /** Clients that are allowed. */
  readonly clientIds: readonly string[] | null;
  /** Scopes of which a token must have all. */
  readonly scopes: readonly string[] | null;
  /** Groups of which the user must be in one. */
  readonly groups: readonly string[] | null;
}

/** More than a token of Cognito can have. */
const MAX_CHARACTERS = 65_536;

type DecomposedJwt = ReturnType<typeof decomposeUnverifiedJwt>;

/** Verifies tokens of one user pool. */
export class TokenVerification {
  private readonly keys: KeyCache;
  private readonly verifier: {
    readonly verify: (token: string) => Promise<JsonObject>;
  };

  /** @param fetchKeys returns the JSON of the keys at a URL */
  constructor(
    private readonly expected: TokenExpectation,
    fetchKeys: (uri: string) => Promise<string>,
    clock: Pick<Clock, "now"> = SYSTEM_CLOCK,
  ) {
    this.keys = new KeyCache(fetchKeys, clock);
    const { userPoolId, tokenUse, clientIds } = expected;
    this.verifier = CognitoJwtVerifier.create(
      { userPoolId, tokenUse, clientId: clientIds && [...clientIds] },
      { jwksCache: this.keys },
    );
  }

  /**
   * Verifies the signature, expiry, issuer, use, client, scopes and groups of a token, and returns its claims.
   *
   * @param scopes further scopes that the token must have
   * @throws TokenVerificationError if the token is invalid; the token is not repeated
   */
  async verify(
    token: string,
    scopes: readonly string[] = [],
  ): Promise<JsonObject> {
    const { expected } = this;
    const { header, payload } = decompose(token);
    requireValidTimes(payload);
    // checked first: the key of another user pool's token would be reported as unknown
    requireIssuer(expected.userPoolId, payload.iss);
    let claims: JsonObject;
    try {
      claims = await this.verifier.verify(token);
    } catch (error) {
      throw explainVerificationError(error, header, expected);
    }
    if (claims.exp === undefined)
      throw new TokenVerificationError(
        "invalid_claim",
        "the token must have an exp claim, got none",
      );
    requireScopes([...(expected.scopes ?? []), ...scopes], payload.scope ?? "");
    requireGroup(expected.groups, claims["cognito:groups"]);
    return claims;
  }

  /** Fetches the keys, so that no token has to wait for them. */
  async hydrate(): Promise<void> {
    const { userPoolId } = this.expected;
    await this.keys.getJwks(
      CognitoJwtVerifier.parseUserPoolId(userPoolId).jwksUri,
    );
  }
}

function decompose(token: unknown): DecomposedJwt {
  if (typeof token !== "string")
    throw new TokenVerificationError(
      "not_a_token",
      `the token must be text, got ${token === null ? "null" : typeof token}`,
    );
  if (token.length > MAX_CHARACTERS)
    throw new TokenVerificationError(
      "not_a_token",
      `the token must have at most ${MAX_CHARACTERS} characters, got ${token.length}`,
    );
  try {
    return decomposeUnverifiedJwt(token);
  } catch (error) {
    if (!(error instanceof errors.JwtParseError)) throw error;
    const parts = token.split(".").length;
    throw new TokenVerificationError(
      "not_a_token",
      `the token must be a JWT, got ${parts === 3 ? describeMalformedJwt(token, error) : `text with ${parts} ${parts === 1 ? "part" : "parts"} between dots`}`,
      parts === 5
        ? "a token with five parts is encrypted, such as a refresh token: only the user pool can read it"
        : "a JWT has three parts of base64url, without blanks and without the word Bearer",
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
      throw new TokenVerificationError(
        "invalid_claim",
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
  const { issuer: expected } = CognitoJwtVerifier.parseUserPoolId(
    userPoolId,
    issuer,
  );
  if (issuer === expected) return;
  const message = `issuer must be ${expected}, got ${formatClaim(issuer)}`;
  const [region = ""] = userPoolId.split("_", 1);
  const [, actualRegion = region, actualPoolId] =
    COGNITO_ISSUER.exec(issuer ?? "") ?? [];
  throw new TokenVerificationError(
    "wrong_issuer",
    actualRegion === region
      ? message
      : `${message}, issued by another Region: ${actualRegion} instead of ${region}`,
    actualPoolId === userPoolId && actualRegion !== region
      ? `a replica of the user pool issued the token, or it was forged: get one in Region ${region}`
      : "the token is of another user pool, or was forged",
  );
}

function requireScopes(scopes: readonly string[], tokenScopes: string): void {
  const has = tokenScopes.split(" ");
  const missing = scopes.filter((scope) => !has.includes(scope));
  if (missing.length === 0) return;
  throw new TokenVerificationError(
    "missing_scope",
    `the token must have the scope ${missing.join(" ")}, got ${tokenScopes === "" ? "none" : escapeJson(tokenScopes.slice(0, 2_000))}`,
    "grant the scope to the client, and request a token with it",
    scopes,
  );
}

function requireGroup(
  groups: readonly string[] | null,
  tokenGroups: unknown,
): void {
  if (groups === null) return;
  const has: readonly unknown[] = Array.isArray(tokenGroups) ? tokenGroups : [];
  if (groups.some((group) => has.includes(group))) return;
  throw new TokenVerificationError(
    "wrong_group",
    `the user must be in the group ${groups.join(" or ")}, got ${has.length === 0 ? "none" : has.map(formatClaim).join(", ").slice(0, 2_000)}`,
    "add the user to the group, and sign in again",
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

interface Explanation {
  readonly kind: abstract new (...args: never) => Error;
  readonly code: TokenVerificationErrorCode;
  readonly message: (failure: VerificationFailure) => string;
  readonly hint?: string;
}

const FORGED_HINT =
  "the token was changed or forged: do not trust any of its claims";

const EXPLANATIONS: readonly Explanation[] = [
  {
    kind: errors.JwtInvalidSignatureError,
    code: "invalid_signature",
    message: () => "signature must be of the user pool, got another",
    hint: FORGED_HINT,
  },
  {
    kind: errors.JwtInvalidSignatureAlgorithmError,
    code: "invalid_signature",
    message: ({ header }) =>
      `signature algorithm must be that of the user pool's key, got ${formatClaim(header.alg)}`,
    hint: FORGED_HINT,
  },
  {
    kind: errors.KidNotFoundInJwksError,
    code: "unknown_key",
    message: ({ header, expected }) =>
      `key must be one of user pool ${expected.userPoolId}, got the unknown key id ${formatClaim(header.kid)}`,
    hint: "the token is of another user pool, or was changed or forged",
  },
  {
    kind: errors.JwtWithoutValidKidError,
    code: "unknown_key",
    message: () => "the token must have a key id, got none",
  },
  {
    kind: errors.JwtExpiredError,
    code: "token_expired",
    message: ({ actual }) =>
      `the token expired at ${formatTime(actual)}, ${formatAge(actual)} ago`,
    hint: "get a new token",
  },
  {
    kind: errors.JwtNotBeforeError,
    code: "not_yet_valid",
    message: ({ actual }) =>
      `the token is not valid before ${formatTime(actual)}`,
    hint: "check the clock of this machine",
  },
  {
    kind: errors.CognitoJwtInvalidTokenUseError,
    code: "wrong_use",
    message: ({ actual, expected }) =>
      `token_use must be ${expected.tokenUse}, got ${formatClaim(actual)}`,
    hint: "send an access token to an API; an id token identifies the user to a client",
  },
  {
    kind: errors.CognitoJwtInvalidClientIdError,
    code: "wrong_client",
    message: ({ actual, expected }) =>
      `client must be ${(expected.clientIds ?? []).join(" or ")}, got ${formatClaim(actual)}`,
    hint: "allow the client, or get a token of an allowed one",
  },
];

/** Returns an error that is not of aws-jwt-verify, nor of the key, unchanged. */
function explainVerificationError(
  error: unknown,
  header: Header,
  expected: TokenExpectation,
): unknown {
  const explanation = EXPLANATIONS.find(({ kind }) => error instanceof kind);
  if (explanation !== undefined) {
    const actual =
      error instanceof errors.FailedAssertionError
        ? error.failedAssertion.actual
        : undefined;
    const { code, message, hint } = explanation;
    return new TokenVerificationError(
      code,
      message({ expected, header, actual }),
      hint,
    );
  }
  // Node cannot read every key
  const isOfKey =
    types.isNativeError(error) &&
    (error instanceof errors.JwtBaseError ||
      String((error as NodeJS.ErrnoException).code).startsWith("ERR_"));
  return isOfKey
    ? new TokenVerificationError(
        "keys_unavailable",
        `the user pool's key ${formatClaim(header.kid)} must be a public key for signatures: ${error.message}`,
        "check that no proxy responds instead of AWS",
      )
    : error;
}
