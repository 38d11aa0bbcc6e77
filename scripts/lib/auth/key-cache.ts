import * as errors from "aws-jwt-verify/error";
import {
  assertIsJwks,
  findJwkInJwks,
  type Jwks,
  type JwksCache,
  type JwkWithKid,
} from "aws-jwt-verify/jwk";
import type { Json } from "aws-jwt-verify/safe-json-parse";
import { UserError } from "../../../constructs/errors";
import { type Clock, isBetween } from "../system/clock";
import { parseJson } from "../system/json-object";
import { TokenVerificationError } from "./token-verification-error";

/** Pause after keys were fetched: tokens with unknown key ids, which anyone can send, must not cause more requests. */
const REFRESH_PAUSE_MS = 10_000;
/** Pause after keys could not be fetched, in which every caller gets the same error at once. */
const FAILURE_PAUSE_MS = 5_000;
/** Keys that are older are fetched again, so that a key that AWS removed is not valid for ever. */
const MAX_AGE_MS = 24 * 3_600_000;

interface Token {
  readonly header: { readonly kid?: string };
}

interface CachedKeys {
  readonly jwks: Jwks;
  readonly fetchedAt: number;
}

interface Failure {
  readonly error: TokenVerificationError;
  readonly failedAt: number;
}

/**
 * Public keys by their URL. They are fetched once for all callers, and again for a token with an unknown key id.
 *
 * The cache of aws-jwt-verify sends a request for each token while the keys cannot be fetched.
 */
export class KeyCache implements JwksCache {
  private readonly keys = new Map<string, CachedKeys>();
  private readonly failures = new Map<string, Failure>();
  private readonly requests = new Map<string, Promise<Jwks>>();

  /** @param fetchText returns the JSON of the keys */
  constructor(
    private readonly fetchText: (uri: string) => Promise<string>,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  /** @throws TokenVerificationError if the keys cannot be fetched */
  async getJwks(uri: string): Promise<Jwks> {
    return this.keys.get(uri)?.jwks ?? this.fetchKeys(uri);
  }

  async getJwk(uri: string, token: Token): Promise<JwkWithKid> {
    const cached = this.keys.get(uri);
    const now = this.clock.now();
    const isFresh = (milliseconds: number): boolean =>
      cached !== undefined &&
      isBetween(now, cached.fetchedAt, cached.fetchedAt + milliseconds);
    const { kid } = token.header;
    if (kid === undefined) throw new errors.JwtWithoutValidKidError("no kid");
    const known = cached && findJwkInJwks(cached.jwks, kid);
    if (known !== undefined) {
      // the cached keys remain in use while they are fetched, and if that fails
      if (!isFresh(MAX_AGE_MS)) this.fetchKeys(uri).catch(() => undefined);
      return known;
    }
    const fetched = isFresh(REFRESH_PAUSE_MS)
      ? undefined
      : findJwkInJwks(await this.fetchKeys(uri), kid);
    if (fetched !== undefined) return fetched;
    throw new errors.KidNotFoundInJwksError("unknown kid");
  }

  getCachedJwk(): never {
    throw new errors.JwksNotAvailableInCacheError("keys are fetched");
  }

  addJwks(uri: string, jwks: Jwks): void {
    this.keys.set(uri, { jwks, fetchedAt: this.clock.now() });
  }

  /** Fetches keys, or waits for a request that is under way. */
  private async fetchKeys(uri: string): Promise<Jwks> {
    const failure = this.failures.get(uri);
    if (
      failure !== undefined &&
      isBetween(
        this.clock.now(),
        failure.failedAt,
        failure.failedAt + FAILURE_PAUSE_MS,
      )
    )
      throw failure.error;
    const request =
      this.requests.get(uri) ??
      this.request(uri).finally(() => this.requests.delete(uri));
    this.requests.set(uri, request);
    return request;
  }

  private async request(uri: string): Promise<Jwks> {
    try {
      const jwks = parseKeys(await this.fetchText(uri));
      this.addJwks(uri, jwks);
      return jwks;
    } catch (cause) {
      if (!(cause instanceof UserError)) throw cause;
      const { message, hint } = cause;
      const error = new TokenVerificationError(
        "keys_unavailable",
        message,
        hint,
      );
      this.failures.set(uri, { error, failedAt: this.clock.now() });
      throw error;
    }
  }
}

/**
 * Parses the JSON of public keys.
 *
 * @throws UserError if it is no set of keys
 */
export function parseKeys(text: string): Jwks {
  try {
    const value = parseJson(text) as Json;
    assertIsJwks(value);
    return value;
  } catch (error) {
    if (!(error instanceof errors.JwtBaseError)) throw error;
    throw new UserError(
      "the user pool's keys must be a JSON web key set, got another text",
      "check that no proxy responds instead of AWS",
    );
  }
}
