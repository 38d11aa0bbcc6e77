import { type Clock, isBetween } from "../system/clock";

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

/** The times between which a token or credentials are valid, in milliseconds since 1970. */
export interface Validity {
  readonly requestedAt: number;
  readonly expiresAt: number;
}

/** An access token, with the times of its validity. */
export interface IssuedToken extends Validity {
  readonly access_token: string;
  readonly token_type: string;
}

interface UsableToken<T> {
  readonly token: T;
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
 * A token, or other credentials, that are renewed before they expire.
 *
 * All callers share one request. While a token is valid, no caller waits for its renewal, and no failed renewal reaches a
 * caller. After a failure, callers receive the same error until a pause has passed, which grows with each failure.
 */
export class RenewedToken<T extends Validity> {
  // private in the sense of JavaScript: nothing that prints this object prints the token
  #current: UsableToken<T> | undefined;
  /** The newest token, also after it was discarded. */
  #former: T | undefined;
  #request: Promise<T> | undefined;
  #failure: Failure | undefined;
  readonly #create: (former: T | undefined) => Promise<T>;
  readonly #clock: Clock;
  readonly #getPauseMs: (error: unknown) => number | undefined;

  /**
   * @param create creates a token that replaces a former one, if there is one
   * @param getPauseMs returns the pause after an error, or `undefined` for one that grows with each failure
   */
  constructor(
    create: (former: T | undefined) => Promise<T>,
    clock: Clock,
    getPauseMs: (error: unknown) => number | undefined,
  ) {
    this.#create = create;
    this.#clock = clock;
    this.#getPauseMs = getPauseMs;
  }

  async get(): Promise<T> {
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

  /** Returns a new token, even if the current one is valid or a pause has not passed. A token of seconds is returned again. */
  async renew(): Promise<T> {
    const { token } = this.#current ?? {};
    return token !== undefined && !this.#isOld(token) ? token : this.#share();
  }

  /** Discards the token if it is a refused one, and not a new one. */
  invalidate(isRefused: (token: T) => boolean): void {
    const { token } = this.#current ?? {};
    if (token !== undefined && isRefused(token) && this.#isOld(token))
      this.#current = undefined;
  }

  #isOld({ requestedAt }: T): boolean {
    return this.#clock.now() >= requestedAt + MIN_AGE_MS;
  }

  /** Starts a request, or joins the one that runs. */
  #share(): Promise<T> {
    this.#request ??= this.#renew().finally(() => {
      this.#request = undefined;
    });
    return this.#request;
  }

  async #renew(): Promise<T> {
    try {
      const token = await this.#create(this.#former);
      this.#former = token;
      this.#current = this.#plan(token);
      this.#failure = undefined;
      return token;
    } catch (error) {
      this.#failure = this.#planRetry(error);
      throw error;
    }
  }

  #plan(token: T): UsableToken<T> {
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
    const requested = this.#getPauseMs(error);
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
