import { UserError } from "../../../constructs/errors";
import type { AwsTarget } from "../aws/client";
import { TemporaryFailure } from "../http/fetch";
import { waitUntilAborted } from "../system/abort";
import { BACKGROUND_CLOCK, type Clock, holdProcess } from "../system/clock";
import { type IssuedToken, RenewedToken } from "./renewed-token";
import {
  CachedServiceClient,
  createSecretReader,
  type SecretReader,
  type ServiceClient,
} from "./service-client";
import {
  ServiceTokenError,
  TokenRefusedError,
  UnknownScopeError,
} from "./service-token-error";
import { explainOAuthError, OAuthError, requestToken } from "./token-endpoint";

/** Returns a token that other processes share, or creates one with `create`. */
export type ShareToken = (
  scopes: readonly string[],
  create: () => Promise<IssuedToken>,
  former: IssuedToken | undefined,
) => Promise<IssuedToken>;

/** Configuration of {@link createServiceTokens}. */
export interface ServiceTokensConfig {
  /** Name or ARN of the client's secret, such as `{stack}/workflows-client`. */
  readonly secretName: string;
  /** Region and profile with which the secret is read, or a function that reads it. */
  readonly reader: AwsTarget | SecretReader;
  /**
   * Full names of scopes, which {@link GetTokenOptions.scopes} replaces.
   *
   * @default all scopes of the client
   */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Time for which the client secret is cached. It is read again earlier if the user pool refuses it.
   *
   * @default 60
   */
  readonly secretMinutes?: number | undefined;
  /**
   * Shares tokens with other processes.
   *
   * @default creates the token
   */
  readonly shareToken?: ShareToken | undefined;
  /**
   * Receives one line for each retry.
   *
   * @default none
   */
  readonly log?: ((line: string) => void) | undefined;
  /** Replaced in tests. */
  readonly fetch?: typeof fetch | undefined;
  /** Replaced in tests. */
  readonly clock?: Clock | undefined;
}

/** Options of one call for a token. */
export interface GetTokenOptions {
  /**
   * Full names of scopes of the client. Each set has its own token.
   *
   * @default those of the options of `serviceTokens`
   */
  readonly scopes?: readonly string[];
  /**
   * Makes this caller stop waiting. The request continues for the other callers.
   *
   * @default waits until the attempts have ended
   */
  readonly signal?: AbortSignal;
}

/** Access tokens of one service client. */
export interface ServiceTokens {
  /**
   * Returns a valid access token: a cached one, or a new one.
   *
   * @throws ServiceTokenError if there is none; the reason of the signal if it is aborted
   */
  getToken(options?: GetTokenOptions): Promise<string>;
  /** Returns the token of {@link getToken}, with the times of its validity. */
  getIssuedToken(options?: GetTokenOptions): Promise<IssuedToken>;
  /** Discards a cached token that an API refused. A token that is only seconds old remains cached. */
  invalidate(accessToken: string): void;
}

/**
 * Creates access tokens of a service client, which stay valid while its client secret is rotated.
 *
 * The client secret is cached. If the user pool refuses it, it is read again, and the request is sent once more if the
 * secret was changed: `rotate-secret` deletes the former client secret only after the secret holds the new one.
 */
export function createServiceTokens(
  options: ServiceTokensConfig,
): ServiceTokens {
  const { secretName, reader, secretMinutes = 60, shareToken } = options;
  const { clock = BACKGROUND_CLOCK } = options;
  const client = new CachedServiceClient(
    secretName,
    typeof reader === "function" ? reader : createSecretReader(reader),
    secretMinutes * 60_000,
    clock,
  );
  const tokens = new Map<string, RenewedToken<IssuedToken>>();

  const find = (scopes: readonly string[]): RenewedToken<IssuedToken> => {
    const key = [...new Set(scopes)].sort().join(" ");
    const create = () => requestCurrentToken(client, scopes, options, clock);
    const token =
      tokens.get(key) ??
      new RenewedToken(
        (former) => shareToken?.(scopes, create, former) ?? create(),
        clock,
        (error) =>
          error instanceof ServiceTokenError ? error.retryAfterMs : undefined,
      );
    tokens.set(key, token);
    return token;
  };
  const getIssuedToken = async ({
    scopes = options.scopes ?? [],
    signal,
  }: GetTokenOptions = {}): Promise<IssuedToken> => {
    signal?.throwIfAborted();
    return holdProcess(waitUntilAborted(find(scopes).get(), signal));
  };
  return {
    getToken: async (more) => (await getIssuedToken(more)).access_token,
    getIssuedToken,
    invalidate: (accessToken) => {
      for (const token of tokens.values())
        token.invalidate(({ access_token }) => access_token === accessToken);
    },
  };
}

/** Requests a token; if it is refused and the secret was changed, once more. */
async function requestCurrentToken(
  cache: CachedServiceClient,
  scopes: readonly string[],
  options: ServiceTokensConfig,
  clock: Clock,
): Promise<IssuedToken> {
  const { secretName, log } = options;
  const client = await cache.get();
  const request = (current: ServiceClient): Promise<IssuedToken> =>
    requestIssuedToken(current, scopes, options, clock);
  try {
    return await request(client).catch(async (error: unknown) => {
      const isRefused = error instanceof TokenRefusedError;
      if (!isRefused && !(error instanceof UnknownScopeError)) throw error;
      const changed = await cache.findChange(client, isRefused);
      if (changed === undefined) throw error;
      log?.(`secret "${secretName}" was changed; trying once more`);
      return request(changed);
    });
  } catch (error) {
    // whatever failed can be repaired in the secret, such as its domain
    cache.forget();
    throw error;
  }
}

/** @throws ServiceTokenError */
async function requestIssuedToken(
  client: ServiceClient,
  scopes: readonly string[],
  options: ServiceTokensConfig,
  clock: Clock,
): Promise<IssuedToken> {
  const { secretName, log = () => undefined, fetch } = options;
  const { scope } = client;
  requireScopes(secretName, scope, scopes);
  const requestedAt = clock.now();
  try {
    const { access_token, expires_in, token_type } = await requestToken(
      { ...client, scope: scopes.length === 0 ? scope : scopes.join(" ") },
      { log, fetch, pause: clock.sleep },
    );
    const expiresAt = requestedAt + expires_in * 1000;
    return { access_token, token_type, requestedAt, expiresAt };
  } catch (error) {
    throw toServiceTokenError(error, secretName, scope);
  }
}

function toServiceTokenError(
  error: unknown,
  secretName: string,
  scope: string,
): unknown {
  const refused = explainOAuthError(error, secretName, scope);
  if (refused !== undefined && error instanceof OAuthError)
    return new TokenRefusedError(error.code, refused.message, refused.hint);
  if (!(error instanceof UserError)) return error;
  const pauseMs = error instanceof TemporaryFailure ? error.pauseMs : undefined;
  const { message, hint } = error;
  return new ServiceTokenError("endpoint_failed", message, hint, pauseMs);
}

function requireScopes(
  secretName: string,
  clientScopes: string,
  scopes: readonly string[],
): void {
  const known = clientScopes.split(" ");
  const unknown = scopes.filter((scope) => !known.includes(scope));
  if (unknown.length > 0)
    throw new UnknownScopeError(secretName, clientScopes, unknown);
}
