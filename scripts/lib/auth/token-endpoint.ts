import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";

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
      problem: `cannot be reached: ${describeConnectionError(error, TRY_MS)}`,
      hint: "check the network, a proxy, and that the stage's domain is there",
    };
  }
  if (status === 429) {
    return {
      problem: "asks for fewer requests (HTTP 429)",
      hint: "wait a minute and try again; without --no-cache and --refresh a token is asked for once in its life",
      retryAfterMs: parseRetryAfter(headers),
    };
  }
  if (status >= 500) {
    return {
      problem: `failed (HTTP ${status})`,
      hint: "try again in a minute",
      retryAfterMs: parseRetryAfter(headers),
    };
  }
  return parseTokenResponse({ host: url.host, status, text });
}

function parseTokenResponse(answer: {
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
function parseRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.now();
  return ms >= 0 ? ms : undefined;
}

/** Why `fetch` got no answer, for the end of a sentence; `limitMs` is its time limit. */
export function describeConnectionError(
  error: unknown,
  limitMs: number,
): string {
  const { name, cause } = error as Error & { readonly cause?: unknown };
  if (name === "TimeoutError") return `no answer in ${limitMs / 1000} s`;
  const { code, message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? message ?? "the connection failed";
}

/**
 * Where a hosted domain gives tokens.
 *
 * The secret is sent there, so the domain has to be https; `COGNITO_DOMAIN_ENDPOINT` of the process's environment, and of
 * no file, says where it is reached instead, as a local AWS needs.
 *
 * @throws UserError when the secret would travel in clear
 */
export function resolveTokenUrl(
  domain: { readonly text: string; readonly source: string },
  env: Environment,
): URL {
  const override = getSetting(env, "COGNITO_DOMAIN_ENDPOINT");
  const { text, source } =
    override === undefined
      ? domain
      : { text: override, source: "COGNITO_DOMAIN_ENDPOINT" };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isFit =
    url !== undefined &&
    (url.protocol === "https:" ||
      (override !== undefined && isLoopbackUrl(url))) &&
    `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!isFit) {
    throw new UserError(
      `${source} must be a URL with https:// and no user, query or fragment, got ${url === undefined ? "none" : JSON.stringify(url.origin)}`,
      override === undefined
        ? "a client's secret is sent nowhere else; deploy the stage to have the field written anew"
        : "http:// is for an address of this machine alone; unset it to use the stage's own domain",
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/oauth2/token`;
  return url;
}

/** Whether a URL is of this machine, so that what is sent in clear leaves it nowhere. */
export function isLoopbackUrl({ protocol, hostname }: URL): boolean {
  return (
    protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  );
}

/**
 * What a token endpoint's refusal means for the client of a secret, and what to do; `undefined` when it is none.
 *
 * @param scope scopes that the secret names
 */
export function explainOAuthError(
  error: unknown,
  name: string,
  scope: string,
): UserError | undefined {
  if (!(error instanceof OAuthError)) return undefined;
  const { code } = error;
  const client = `the client of secret "${name}"`;
  const sentences: Readonly<Record<string, readonly [string, string]>> = {
    invalid_client: [
      `the user pool does not accept ${client}: the client_secret or client_id in Secrets Manager is not the client's`,
      "if it was changed by hand, put its former version back, which `aws secretsmanager list-secret-version-ids` names; if the client was made anew, deploy the stage",
    ],
    invalid_scope: [
      `the user pool does not know a scope that was asked for ${client}`,
      `its secret names ${scope}; deploy the stage if a resource server was changed`,
    ],
    invalid_grant: [
      `the user pool gives ${client} no token with these scopes: they are not granted to it, or it was deleted`,
      `its secret names ${scope}; deploy the stage to have client and secret agree`,
    ],
    unauthorized_client: [
      `the user pool does not let ${client} take tokens for itself`,
      "its client_credentials flow was switched off by hand: deploy the stage",
    ],
    unsupported_grant_type: [
      `the token endpoint of ${client} does not know the client_credentials grant`,
      "check that cognito_domain in the secret is the domain of the stage",
    ],
  };
  const [message, hint] = sentences[code] ?? [
    `the user pool gives ${client} no token`,
    "deploy the stage, so that client and secret agree",
  ];
  return new UserError(`${message} (${code})`, hint);
}
