import * as errors from "aws-jwt-verify/error";
import { UserError } from "../../../constructs/errors";
import type { TokenUse } from "./token-input";

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
      `signature must be made as the user pool's key says, got algorithm ${shown(header.alg)}`,
    "the token was changed or forged: trust nothing that it says",
  ],
  [
    errors.KidNotFoundInJwksError,
    ({ header, expected }) =>
      `key must be one of user pool ${expected.userPoolId}, got the unknown key id ${shown(header.kid)}`,
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
      `token_use must be ${expected.use}, got ${shown(got)}`,
    "--use says which of the two is expected; an API takes access tokens",
  ],
  [
    errors.CognitoJwtInvalidClientIdError,
    ({ got, expected }) =>
      `client must be ${expected.clientIds.join(" or ")}, got ${shown(got)}`,
    "without --client-id any client of the user pool is accepted",
  ],
  [
    errors.JwksValidationError,
    () => "keys of the user pool must be a key set, got something else",
    "check that no proxy answers in its place",
  ],
];

/** Why aws-jwt-verify does not let a token in; `undefined` for what is none of its errors. */
export function explainRejection(
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
export function shown(value: unknown): string {
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
