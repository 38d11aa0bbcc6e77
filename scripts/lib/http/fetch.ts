import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import { toJsonObject } from "../system/json-object";
import { retry } from "../system/retry";
import {
  findConnectionError,
  findConnectionProblem,
  isHeaderValue,
} from "./connection-error";
import { explainRefusal } from "./local-endpoint";
import { loadFetch } from "./network";

const DEFAULT_ATTEMPTS = 4;

/** A response whose body has been read. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface FetchOptions {
  /** Names the server in messages, such as `the token endpoint at example.com`. */
  readonly subject: string;
  readonly hints: {
    /** Printed if the server cannot be reached. */
    readonly unreachable: string;
    /** @default wait a minute */
    readonly throttled?: string;
  };
  /** Receives one line for each retry. */
  readonly log: (line: string) => void;
  /**
   * Returns the server's own error message, which is added to the HTTP status.
   *
   * @default none: the body can hold a secret
   */
  readonly readError?: (text: string) => string | undefined;
  /** @default 4 */
  readonly attempts?: number;
  /** @default 10 */
  readonly timeoutSeconds?: number;
  /**
   * Limits the pause that a server requests.
   *
   * @default 20
   */
  readonly maxPauseSeconds?: number;
  /**
   * Shortest first pause. Each further pause is twice as long.
   *
   * @default 250
   */
  readonly firstPauseMs?: number;
  /**
   * Whether the server throttles with HTTP 403 and a `Retry-After` header, as GitHub does.
   *
   * @default false
   */
  readonly canThrottleWith403?: boolean;
  /** Replaced in tests. */
  readonly fetch?: typeof fetch | undefined;
  /** Replaced in tests. */
  readonly pause?: ((milliseconds: number) => Promise<unknown>) | undefined;
}

/** A request of {@link fetchWithRetry}. */
export interface FetchInit extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown if a server cannot be reached, or fails. */
export class EndpointFailure extends UserError {}

/** Thrown for a failure that another attempt may resolve. */
export class TemporaryFailure extends EndpointFailure {
  constructor(
    readonly reason: string,
    hint: string,
    attempts = DEFAULT_ATTEMPTS,
    readonly pauseMs?: number,
  ) {
    super(`${reason}, after ${attempts} attempts`, hint);
  }
}

/**
 * Sends a request again, with growing pauses, until the server returns a final response or the attempts have ended.
 *
 * HTTP 429 and 5xx are temporary. Redirects are not followed: a request can hold a secret, which must not be sent to
 * another host.
 *
 * @throws EndpointFailure if the server cannot be reached, or if its temporary failure persists
 */
export async function fetchWithRetry(
  url: URL | string,
  init: FetchInit,
  options: FetchOptions,
): Promise<HttpResponse> {
  requireValidHeaders(init, options);
  const { log, pause = sleep, maxPauseSeconds = 20 } = options;
  const { attempts = DEFAULT_ATTEMPTS, firstPauseMs = 250 } = options;
  return retry(() => fetchOnce(url, init, options), {
    attempts,
    recover: async (error, attempt) => {
      if (!(error instanceof TemporaryFailure)) return false;
      const backOffMs = firstPauseMs * 2 ** (attempt - 1) * (1 + Math.random());
      const pauseMs = Math.min(
        error.pauseMs ?? backOffMs,
        maxPauseSeconds * 1000,
      );
      log(`${error.reason}; trying again in ${(pauseMs / 1000).toFixed(1)} s`);
      await pause(pauseMs);
      return true;
    },
  });
}

async function fetchOnce(
  url: URL | string,
  init: FetchInit,
  options: FetchOptions,
): Promise<HttpResponse> {
  const {
    subject,
    hints,
    readError,
    fetch: send = await loadFetch(),
  } = options;
  const { timeoutSeconds = 10, canThrottleWith403 = false } = options;
  let response: HttpResponse;
  try {
    const answer = await send(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const { status, headers } = answer;
    response = { status, headers, text: await answer.text() };
  } catch (error) {
    throw explainFailure(error, url, options);
  }
  const { status, headers, text } = response;
  const pauseMs = parseRetryAfter(headers);
  const isThrottled =
    status === 429 ||
    (canThrottleWith403 && status === 403 && pauseMs !== undefined);
  if (!isThrottled && status < 500) return response;
  const message = readError?.(text);
  const details = `HTTP ${status}${message === undefined ? "" : `, ${message}`}`;
  throw isThrottled
    ? new TemporaryFailure(
        `${subject} limits requests: ${details}`,
        hints.throttled ?? "wait a minute and try again",
        options.attempts,
        pauseMs,
      )
    : new TemporaryFailure(
        `${subject} failed: ${details}`,
        "try again in a minute",
        options.attempts,
        pauseMs,
      );
}

/** The error of `fetch` would repeat the value. */
function requireValidHeaders(
  { headers = {} }: FetchInit,
  { subject }: FetchOptions,
): void {
  for (const [name, value] of Object.entries(headers))
    if (!isHeaderValue(value.trim()))
      throw new UserError(
        `cannot send the request to ${subject}: the header ${name} must have no line break or control character`,
        "check the credentials for a line break, such as one in a copied value",
      );
}

/** Explains why there is no response. */
function explainFailure(
  error: unknown,
  url: URL | string,
  {
    subject,
    hints,
    attempts,
    timeoutSeconds = 10,
    fetch: custom,
  }: FetchOptions,
): UserError {
  const stopped =
    findConnectionError(error)?.code === "ECONNREFUSED"
      ? explainRefusal(Number(new URL(url).port))
      : undefined;
  if (stopped !== undefined)
    return new EndpointFailure(stopped.message, stopped.hint);
  const { name, cause } = toJsonObject(error);
  // the error of another function than Node's can repeat the request, with its secret
  const { message: ofNode } = toJsonObject(custom === undefined ? cause : {});
  const {
    reason = name === "TimeoutError"
      ? `no response in ${timeoutSeconds} s`
      : typeof ofNode === "string"
        ? ofNode
        : "the connection failed",
    hint = hints.unreachable,
    isTemporary = true,
  } = findConnectionProblem(error) ?? {};
  const message = `${subject} cannot be reached: ${reason}`;
  return isTemporary
    ? new TemporaryFailure(message, hint, attempts)
    : new EndpointFailure(message, hint);
}

/** Parses both forms of a `Retry-After` header. */
function parseRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  const pauseMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return pauseMs >= 0 ? pauseMs : undefined;
}
