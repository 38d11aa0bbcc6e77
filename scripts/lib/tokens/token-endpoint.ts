import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";

const TRIES = 4;
const TRY_MS = 10_000;
const FIRST_PAUSE_MS = 250;
/** Longest time that the endpoint's own wish for a pause is followed. */
const LONGEST_PAUSE_MS = 20_000;

/** A service's token as the endpoint gives it, by the names of OAuth. */
export interface AccessToken {
  readonly access_token: string;
  /** Seconds for which it is good from when it was given. */
  readonly expires_in: number;
  readonly token_type: string;
}

export interface TokenRequest {
  readonly url: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Full names, one space between two. */
  readonly scope: string;
}

export interface TokenEndpointOptions {
  /** Told each time it is tried again. */
  readonly log: (line: string) => void;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
  /** @default waits */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

/** The endpoint's refusal by OAuth's word for it; who asked knows what that means. */
export class OAuthError extends Error {
  override readonly name = "OAuthError";

  constructor(readonly code: string) {
    super(`the token endpoint refuses: ${code}`);
  }
}

/**
 * Asks for a service's token (the client credentials grant), up to four times while the endpoint cannot answer.
 *
 * Neither the client's secret nor a token is part of an error.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @throws OAuthError when it is refused
 * @throws UserError when there is no answer, or one that is none of a token endpoint
 */
export async function requestToken(
  request: TokenRequest,
  { log, fetch: send = fetch, pause = sleep }: TokenEndpointOptions,
): Promise<AccessToken> {
  const { host } = request.url;
  for (let tried = 1; ; tried += 1) {
    const answer = await tryOnce(request, send);
    if (!("problem" in answer)) return answer;
    const { problem, hint, retryAfterMs } = answer;
    if (tried === TRIES)
      throw new UserError(
        `the token endpoint at ${host} ${problem}, after ${TRIES} tries`,
        hint,
      );
    const backOffMs = FIRST_PAUSE_MS * 2 ** (tried - 1) * (1 + Math.random());
    const pauseMs = Math.min(retryAfterMs ?? backOffMs, LONGEST_PAUSE_MS);
    log(
      `the token endpoint at ${host} ${problem}; trying again in ${(pauseMs / 1000).toFixed(1)} s`,
    );
    await pause(pauseMs);
  }
}

/** Why there is no answer for now, for the end of a sentence. */
interface Unanswered {
  readonly problem: string;
  readonly hint: string;
  readonly retryAfterMs?: number | undefined;
}

async function tryOnce(
  { url, clientId, clientSecret, scope }: TokenRequest,
  send: typeof fetch,
): Promise<AccessToken | Unanswered> {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  let status: number;
  let headers: Headers;
  let text: string;
  try {
    const response = await send(url, {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, accept: "application/json" },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }),
      // not followed, and told as the answer that it is
      redirect: "manual",
      signal: AbortSignal.timeout(TRY_MS),
    });
    ({ status, headers } = response);
    text = await response.text();
  } catch (error) {
    return {
      problem: `cannot be reached: ${connectionProblem(error, TRY_MS)}`,
      hint: "check the network, a proxy, and that the stage's domain is there",
    };
  }
  if (status === 429) {
    return {
      problem: "asks for fewer requests (HTTP 429)",
      hint: "wait a minute and try again; without --no-cache and --refresh a token is asked for once in its life",
      retryAfterMs: pauseAskedFor(headers),
    };
  }
  if (status >= 500) {
    return {
      problem: `failed (HTTP ${status})`,
      hint: "try again in a minute",
      retryAfterMs: pauseAskedFor(headers),
    };
  }
  return tokenOf({ host: url.host, status, text });
}

function tokenOf(answer: {
  readonly host: string;
  readonly status: number;
  readonly text: string;
}): AccessToken {
  const { access_token, expires_in, token_type, error } = fieldsOf(answer.text);
  if (answer.status === 400 || answer.status === 401) {
    // what comes from another machine is shown when it is a word
    if (typeof error === "string" && /^[a-z_]{1,40}$/.test(error))
      throw new OAuthError(error);
  }
  if (
    answer.status !== 200 ||
    typeof access_token !== "string" ||
    !/^[\x21-\x7e]+$/.test(access_token) ||
    typeof expires_in !== "number" ||
    !(expires_in > 0) ||
    token_type !== "Bearer"
  ) {
    throw new UserError(
      `the token endpoint at ${answer.host} must answer with a token or an OAuth error, got something else (HTTP ${answer.status})`,
      "check that cognito_domain in the secret is the domain of the stage, and that no proxy answers in its place",
    );
  }
  return { access_token, expires_in, token_type };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return { ...(JSON.parse(text) as object | null) };
  } catch {
    // a page of HTML, of a proxy perhaps
    return {};
  }
}

/** `Retry-After`, in either of its forms. */
function pauseAskedFor(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return ms >= 0 ? ms : undefined;
}

/** Why `fetch` got no answer, for the end of a sentence; `limitMs` is its time limit. */
export function connectionProblem(error: unknown, limitMs: number): string {
  const { name, cause } = error as Error & { readonly cause?: unknown };
  if (name === "TimeoutError") return `no answer in ${limitMs / 1000} s`;
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? "the connection failed";
}
