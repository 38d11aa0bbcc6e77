import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import type {
  TokenExpectation,
  TokenVerification,
} from "../auth/token-verification";
import { TokenVerificationError } from "../auth/token-verification-error";
import { isUserPoolId } from "../auth/user-pool-id";
import { type Clock, SYSTEM_CLOCK } from "../system/clock";
import { isJsonObject } from "../system/json-object";
import { ClientError } from "./client-error";
import { FUNCTION, type OptionRule, requireValidOptions } from "./options";

/** Limits for the requests of the keys: requests of an API wait for them. A connection to a proxy has less time. */
const KEYS_LIMITS = { attempts: 2, timeoutSeconds: 5, maxPauseSeconds: 1 };

/** Public keys, such as those of a user pool's `jwks_url`. */
export interface JsonWebKeySet {
  readonly keys: readonly (Readonly<Record<string, unknown>> & {
    readonly kty: string;
    readonly kid?: string;
  })[];
}

interface CommonVerifierOptions {
  /** User pool that issues the tokens: the output `userpool_id` of a stage. */
  readonly userPoolId: string;
  /** Clients whose tokens are accepted, or `null` for every client of the user pool. */
  readonly clientId: string | readonly string[] | null;
  /**
   * Groups of which the user must be in at least one. Tokens of service clients have no groups.
   *
   * @default null: every user is allowed
   */
  readonly groups?: readonly string[] | null;
  /**
   * Public keys of the user pool, for verification without network. New keys of the user pool are not recognized.
   *
   * @default fetched from the user pool
   */
  readonly jwks?: JsonWebKeySet;
  /**
   * Fetches the public keys.
   *
   * @default Node's fetch, with the proxy and certificate authorities of the environment
   */
  readonly fetch?: typeof fetch;
  /**
   * Receives one line for each retry.
   *
   * @default none
   */
  readonly log?: (line: string) => void;
  /**
   * Replaced in tests.
   *
   * @default the time of the system
   */
  readonly clock?: Clock;
  /**
   * Replaced in tests.
   *
   * @default the environment of the process
   */
  readonly env?: Environment;
}

/** Configuration of {@link tokenVerifier} for access tokens, which APIs require. */
export interface AccessTokenVerifierOptions extends CommonVerifierOptions {
  /** @default "access" */
  readonly tokenUse?: "access";
  /** Full names of scopes of which each token must have all, or `null` for tokens with any scopes. */
  readonly scopes: readonly string[] | null;
}

/** Configuration of {@link tokenVerifier} for id tokens, which identify the user to a client. */
export interface IdTokenVerifierOptions extends CommonVerifierOptions {
  readonly tokenUse: "id";
  /** An id token has no scopes. */
  readonly scopes: null;
}

/** Claims of a valid token. */
export interface TokenClaims {
  /** Issuer, which names the user pool. */
  readonly iss: string;
  /** Id of the user, or of the service client. */
  readonly sub: string;
  /** Seconds since 1970 at which the token expires. */
  readonly exp: number;
  /** Seconds since 1970 at which the token was issued. */
  readonly iat: number;
  /** Groups of the user, if there are any. */
  readonly "cognito:groups"?: readonly string[];
  readonly [claim: string]: unknown;
}

/** Claims of an access token, which is for an API. */
export interface AccessTokenClaims extends TokenClaims {
  readonly token_use: "access";
  readonly client_id: string;
  /** Scopes, separated by one space. */
  readonly scope?: string;
  /** Name of the user; tokens of service clients have none. */
  readonly username?: string;
}

/** Claims of an id token, which identifies a user to a client. */
export interface IdTokenClaims extends TokenClaims {
  readonly token_use: "id";
  /** Id of the client. */
  readonly aud: string;
  /** Name of the user. */
  readonly "cognito:username": string;
}

/** Requirements of one request, in addition to those of the verifier. */
export interface VerifyOptions {
  /**
   * Full names of further scopes that the token must have.
   *
   * @default none
   */
  readonly scopes?: readonly string[];
}

/** Verifies tokens of one user pool. */
export interface TokenVerifier<Claims extends TokenClaims> {
  /**
   * Returns the claims of a valid token.
   *
   * @throws TokenVerificationError if the token is not accepted, or the keys are unavailable
   */
  verify(token: string, options?: VerifyOptions): Promise<Claims>;
  /**
   * Verifies the token of a header `Authorization: Bearer <token>`.
   *
   * @param header value of the header, or `undefined` if the request has none
   * @throws TokenVerificationError if the token is missing or not accepted, or the keys are unavailable
   */
  verifyHeader(
    header: string | undefined,
    options?: VerifyOptions,
  ): Promise<Claims>;
  /**
   * Fetches the public keys, unless they are cached, so that the first token does not have to wait.
   *
   * @throws TokenVerificationError if the keys are unavailable
   */
  hydrate(): Promise<void>;
}

/**
 * Creates a verifier of access tokens: signature, expiry, issuer, use, client, scopes and groups.
 *
 * Create it once: it fetches the public keys once for all tokens, again for a token with an unknown key id (at most every 10
 * seconds), and again after 24 hours. A token remains valid until it expires, also after a sign-out: it is not revoked.
 *
 * @throws ClientError if an option is missing or invalid
 */
export function tokenVerifier(
  options: AccessTokenVerifierOptions,
): TokenVerifier<AccessTokenClaims>;
/**
 * Creates a verifier of id tokens, which identify a user to a client: signature, expiry, issuer, use, client and groups.
 *
 * @throws ClientError if an option is missing or invalid
 */
export function tokenVerifier(
  options: IdTokenVerifierOptions,
): TokenVerifier<IdTokenClaims>;
export function tokenVerifier(
  options: AccessTokenVerifierOptions | IdTokenVerifierOptions,
): TokenVerifier<AccessTokenClaims | IdTokenClaims> {
  requireValidOptions("tokenVerifier", options, RULES);
  const expected = toExpectation(options);
  let verification: Promise<TokenVerification> | undefined;
  const load = (): Promise<TokenVerification> =>
    (verification ??= loadVerification(expected, options));
  const verify = async (
    token: string,
    more: VerifyOptions = {},
  ): Promise<AccessTokenClaims | IdTokenClaims> => {
    requireValidOptions("verify", more, {
      scopes: { ...SCOPES, refusesUndefined: true },
    });
    const claims = await (await load()).verify(token, more.scopes);
    // the user pool signed the claims, and aws-jwt-verify checks their types
    return claims as unknown as AccessTokenClaims | IdTokenClaims;
  };
  return {
    verify,
    verifyHeader: async (header, more) => verify(readBearerToken(header), more),
    hydrate: async () => (await load()).hydrate(),
  };
}

/** Scopes of OAuth, which RFC 6749 limits to these characters. */
const SCOPES = listRule("full names of scopes", /^[\x21\x23-\x5b\x5d-\x7e]+$/);
const CLIENT_IDS = listRule("client ids", /^\S+$/);
const GROUPS = listRule("names of groups", /^\S+$/);

const RULES = {
  userPoolId: {
    requirement: "a user pool id of the form <region>_<id>",
    isValid: isUserPoolId,
    isRequired: true,
  },
  clientId: {
    requirement: `a client id, ${CLIENT_IDS.requirement}, or null for every client of the user pool`,
    isValid: (value: unknown) =>
      value === null ||
      CLIENT_IDS.isValid(typeof value === "string" ? [value] : value),
    isRequired: true,
  },
  scopes: {
    ...orNull(SCOPES, "tokens with any scopes, and for id tokens"),
    isRequired: true,
  },
  tokenUse: {
    requirement: '"access" or "id"',
    isValid: (value: unknown) => value === "access" || value === "id",
  },
  groups: { ...orNull(GROUPS, "every user"), refusesUndefined: true },
  jwks: {
    requirement: "an object with a list of keys that is not empty",
    isValid: (value: unknown) =>
      isJsonObject(value) &&
      Array.isArray(value.keys) &&
      value.keys.length > 0 &&
      value.keys.every(isJsonObject),
  },
  fetch: FUNCTION,
  log: FUNCTION,
  clock: { requirement: "a clock", isValid: isJsonObject },
  env: { requirement: "variables", isValid: isJsonObject },
} as const;

/** @throws ClientError if scopes are required of id tokens */
function toExpectation({
  userPoolId,
  clientId,
  scopes,
  tokenUse = "access",
  groups = null,
}: AccessTokenVerifierOptions | IdTokenVerifierOptions): TokenExpectation {
  if (tokenUse === "id" && scopes !== null)
    throw new ClientError(
      "invalid_option",
      "tokenVerifier: scopes must be null for id tokens, which have no scopes",
    );
  return {
    userPoolId,
    tokenUse,
    clientIds:
      typeof clientId === "string" ? [clientId] : clientId && [...clientId],
    scopes: scopes && [...scopes],
    groups: groups && [...groups],
  };
}

/** An empty list would accept nothing, or everything. */
function listRule(names: string, pattern: RegExp): OptionRule {
  return {
    requirement: `a list of ${names} that is not empty`,
    isValid: (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((one) => typeof one === "string" && pattern.test(one)),
  };
}

function orNull({ requirement, isValid }: OptionRule, all: string): OptionRule {
  return {
    requirement: `${requirement}, or null for ${all}`,
    isValid: (value) => value === null || isValid(value),
  };
}

/** Loads aws-jwt-verify, which a service does not need before its first request. */
async function loadVerification(
  expected: TokenExpectation,
  options: CommonVerifierOptions,
): Promise<TokenVerification> {
  const { TokenVerification } = await import("../auth/token-verification");
  const { fetchKeys } = await import("../auth/user-pool-keys");
  const { jwks, fetch, log = () => undefined } = options;
  const { clock = SYSTEM_CLOCK, env = getEnvironment() } = options;
  const text = jwks && JSON.stringify(jwks);
  return new TokenVerification(
    expected,
    async (uri) =>
      text ??
      fetchKeys(uri, {
        env,
        log,
        fetch,
        pause: clock.sleep,
        ...KEYS_LIMITS,
      }),
    clock,
  );
}

/** @throws TokenVerificationError if a header has no bearer token; the header is not repeated */
function readBearerToken(header: unknown): string {
  const text = typeof header === "string" ? header.trim() : "";
  const [, token = ""] = /^bearer(?: +(.*))?$/i.exec(text) ?? [];
  if (token !== "") return token;
  throw new TokenVerificationError(
    "token_missing",
    `the header Authorization must be Bearer <token>, got ${text === "" ? "none" : "another value"}`,
    "send an access token with the request",
  );
}
