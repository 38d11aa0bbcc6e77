import { type Clock, isBetween } from "../system/clock";
import { ServiceTokenError } from "./service-token-error";

/** A token is renewed in the last part of its validity, at most this long before it expires. */
const MAX_RENEWAL_MS = 600_000;
const RENEWAL_PART = 1 / 4;
/** A token is not returned in its last moments: the call that it is for takes time. */
const MAX_RESERVE_MS = 60_000;
const RESERVE_PART = 1 / 10;
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;
/** Limits the pause that a server requests. */
const MAX_REQUESTED_PAUSE_MS = 300_000;
/** A newer token is not discarded: an API that refuses every token must not cause a request for each call. */
const MIN_AGE_MS = 10_000;

/** An access token, with the times of its validity. */
export interface IssuedToken {
  readonly access_token: string;
  readonly token_type: string;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}

interface UsableToken {
  readonly token: IssuedToken;
  readonly renewAt: number;
  readonly usableUntil: number;
}

interface Failure {
  readonly error: unknown;
  /** Number of failures in a row. */
  readonly count: number;
  readonly failedAt: number;
  readonly retryAt: number;
}

/**
 * A token that is renewed before it expires.
 *
 * All callers share one request. While a token is valid, no caller waits for its renewal, and no failed renewal reaches a
 * caller. After a failure, callers receive the same error until a pause has passed, which grows with each failure.
 */
export class RenewedToken {
  // private in the sense of JavaScript: nothing that prints this object prints the token
  #current: UsableToken | undefined;
  #request: Promise<IssuedToken> | undefined;
  #failure: Failure | undefined;
  readonly #create: () => Promise<IssuedToken>;
  readonly #clock: Clock;

  constructor(create: () => Promise<IssuedToken>, clock: Clock) {
    this.#create = create;
    this.#clock = clock;
  }

  async get(): Promise<IssuedToken> {
    const now = this.#clock.now();
    const current = this.#current;
    const isPausing =
      this.#failure !== undefined &&
      isBetween(now, this.#failure.failedAt, this.#failure.retryAt);
    if (
      current !== undefined &&
      isBetween(now, current.token.requestedAt, current.usableUntil)
    ) {
      if (now >= current.renewAt && !isPausing)
        // the failure is recorded, and the next attempt follows its pause
        this.#share().catch(() => undefined);
      return current.token;
    }
    if (isPausing) throw this.#failure?.error;
    return this.#share();
  }

  /** Discards the token if it is this one, and not a new one. */
  invalidate(accessToken: string): void {
    const { token } = this.#current ?? {};
    if (
      token?.access_token === accessToken &&
      this.#clock.now() >= token.requestedAt + MIN_AGE_MS
    )
      this.#current = undefined;
  }

  /** Starts a request, or joins the one that runs. */
  #share(): Promise<IssuedToken> {
    this.#request ??= this.#renew().finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  async #renew(): Promise<IssuedToken> {
    try {
      const token = await this.#create();
      this.#current = this.#plan(token);
      this.#failure = undefined;
      return token;
    } catch (error) {
      this.#failure = this.#planRetry(error);
      throw error;
    }
  }

  #plan(token: IssuedToken): UsableToken {
    const { requestedAt, expiresAt } = token;
    const validity = expiresAt - requestedAt;
    const renewal = Math.min(MAX_RENEWAL_MS, validity * RENEWAL_PART);
    const reserve = Math.min(MAX_RESERVE_MS, validity * RESERVE_PART);
    return {
      token,
      // not at one time in all processes, which often start together
      renewAt: expiresAt - renewal * this.#jitter(),
      usableUntil: expiresAt - reserve,
    };
  }

  #planRetry(error: unknown): Failure {
    const failedAt = this.#clock.now();
    const count = (this.#failure?.count ?? 0) + 1;
    const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
    const requested =
      error instanceof ServiceTokenError ? error.retryAfterMs : undefined;
    const { usableUntil = failedAt } = this.#current ?? {};
    const retryAt = failedAt + pause * this.#jitter();
    return {
      error,
      count,
      failedAt,
      retryAt:
        requested === undefined
          ? // when the token can no longer be used, a caller waits for an attempt instead of for a pause
            usableUntil > failedAt
            ? Math.min(retryAt, usableUntil)
            : retryAt
          : failedAt + Math.min(requested, MAX_REQUESTED_PAUSE_MS),
    };
  }

  /** Returns a factor from one half to one. */
  #jitter(): number {
    return (1 + this.#clock.random()) / 2;
  }
}
