import { CognitoJwtVerifier } from "aws-jwt-verify";
import * as errors from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import { UserError } from "../../../constructs/errors";
import {
  explainRejection,
  shown,
  type TokenExpectation,
} from "./token-rejections";
import { UserPoolKeys, type UserPoolKeysOptions } from "./user-pool-keys";

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
  options: UserPoolKeysOptions,
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
    { jwksCache: new SimpleJwksCache({ fetcher: new UserPoolKeys(options) }) },
  );
  let claims: Claims;
  try {
    claims = await verifier.verify(token);
  } catch (error) {
    throw explainRejection(error, header, expected) ?? error;
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
        `${claim} must be seconds since 1970, got ${shown(seconds)}`,
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
    `issuer must be ${issuer}, got ${shown(got)}`,
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
