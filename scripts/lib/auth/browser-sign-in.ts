import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
} from "../../../stacks/naming";
import { escapeControlCharacters } from "../cli/escape";
import type { OpenTerminal } from "../cli/terminal";
import { ClientError } from "../client/client-error";
import { tokenVerifier } from "../client/token-verifier";
import { EndpointFailure } from "../http/fetch";
import { listBrowserCommands, openBrowser } from "../system/open-browser";
import { requestTokensForCode } from "./authorization-code";
import {
  type AuthorizationContext,
  explainRequestError,
  explainResponseError,
} from "./authorization-response";
import { receiveResponse } from "./browser-response";
import { listenForCallback, type LoopbackCallback } from "./loopback-callback";
import { createSignInSecrets } from "./pkce";
import type { Tokens } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import type { BrowserMethod } from "./sign-in-method";
import { checkSignInPages } from "./sign-in-pages";
import { BROWSER_SCOPE, createSignInUrl } from "./sign-in-urls";
import { resolveDomainUrl, resolveTokenUrl } from "./token-endpoint";

/** Time limit of a sign-in through the browser, which can include a registration at the institution. */
const WAIT_MINUTES = 10;

export interface BrowserSignInOptions extends BrowserMethod {
  readonly clientSecret: string | undefined;
  /** `undefined` for a program whose user has none here; then the user cannot paste the response. */
  readonly terminal: OpenTerminal | undefined;
  readonly log: (line: string) => void;
  /** Ends a sign-in that waits for the user. */
  readonly signal?: AbortSignal;
}

/** Properties of the machine, which tests replace. */
export interface BrowserSignInHost {
  readonly env: Environment;
  readonly ports: readonly number[];
  readonly open: (url: string) => Promise<boolean>;
  readonly waitMinutes: number;
}

/** Returns the properties of this machine. */
export function getBrowserSignInHost(): BrowserSignInHost {
  return {
    env: getEnvironment(),
    ports: BROWSER_SIGN_IN_PORTS,
    open: (url) => openBrowser(listBrowserCommands(url)),
    waitMinutes: WAIT_MINUTES,
  };
}

/**
 * Signs a user in through the browser: authorization code grant with PKCE, and a callback URL on this machine.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8252
 * @throws UserError if there is no terminal, or the sign-in fails
 */
export async function signInThroughBrowser(
  ids: SignInIds,
  options: BrowserSignInOptions,
  host: BrowserSignInHost = getBrowserSignInHost(),
): Promise<Tokens & { readonly userName: string }> {
  const { clientId } = ids;
  const { identityProvider, clientSecret, log } = options;
  const userPoolId = requireUserPoolId(ids);
  // a program without a user must not open one page after another
  const terminal = options.terminal?.();
  const domain = { text: ids.domain ?? "", source: "the domain" };
  const tokenUrl = resolveTokenUrl(domain, host.env);
  const secrets = createSignInSecrets();
  const callback = await listen(secrets.state, options, host.ports);
  const callbackUrl =
    callback?.url ?? getBrowserCallbackUrl(host.ports[0] ?? 0);
  const url = createSignInUrl(
    resolveDomainUrl(domain, "/oauth2/authorize", host.env),
    { clientId, callbackUrl, identityProvider, secrets },
  );
  const context: AuthorizationContext = {
    clientId,
    host: url.host,
    callbackUrl,
    scope: BROWSER_SCOPE,
    identityProvider,
  };
  try {
    const isAccepted = await checkSignInPages(url, context, log);
    const response = await receiveResponse({
      url,
      state: secrets.state,
      callback,
      terminal,
      open: options.canOpenBrowser ? () => host.open(url.href) : undefined,
      waitMinutes: host.waitMinutes,
      log,
      signal: options.signal,
    });
    if ("error" in response)
      throw (
        (isAccepted ? undefined : explainRequestError(response, context)) ??
        explainResponseError(response)
      );
    const tokens = await requestTokensForCode(
      {
        url: tokenUrl,
        clientId,
        clientSecret,
        code: response.code,
        codeVerifier: secrets.codeVerifier,
        callbackUrl,
      },
      { log },
    );
    const userName = await verifyIdToken(tokens.idToken, {
      userPoolId,
      clientId,
      nonce: secrets.nonce,
      env: host.env,
      log,
    });
    // the pages ask for no user if the browser is signed in, which can be as another user
    log(`Signed in as ${escapeControlCharacters(userName)}`);
    return { ...tokens, userName };
  } finally {
    callback?.close();
  }
}

/** Returns the name of the user of a token that was issued for this sign-in. */
async function verifyIdToken(
  idToken: string,
  {
    userPoolId,
    clientId,
    nonce,
    env,
    log,
  }: {
    readonly userPoolId: string;
    readonly clientId: string;
    readonly nonce: string;
    readonly env: Environment;
    readonly log: (line: string) => void;
  },
): Promise<string> {
  try {
    const claims = await tokenVerifier({
      userPoolId,
      clientId,
      scopes: null,
      tokenUse: "id",
      env,
      log,
    }).verify(idToken);
    if (claims.nonce !== undefined && claims.nonce !== nonce)
      throw new UserError("nonce must be that of this sign-in, got another");
    const { "cognito:username": userName } = claims;
    if (typeof userName === "string") return userName;
    throw new UserError("cognito:username must be the name of the user");
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const isUnknown =
      error instanceof ClientError && error.code === "keys_unavailable";
    const Failure = isUnknown ? EndpointFailure : UserError;
    throw new Failure(
      `cannot verify the id token of the sign-in: ${error.message}`,
      "sign in again; check the network, that user pool, client and domain belong together, and the clock of this machine",
    );
  }
}

function requireUserPoolId({ userPoolId }: SignInIds): string {
  if (userPoolId !== undefined) return userPoolId;
  throw new UserError(
    "user pool id is required to sign in through the browser",
    "set --user-pool-id or USER_POOL_ID: it is a stage's output userpool_id",
  );
}

/** Without a browser on this machine, a port that is in use matters only to a user who forwards it. */
async function listen(
  state: string,
  { canOpenBrowser }: BrowserMethod,
  ports: readonly number[],
): Promise<LoopbackCallback | undefined> {
  try {
    return await listenForCallback(state, ports);
  } catch (error) {
    if (canOpenBrowser || !(error instanceof UserError)) throw error;
    return undefined;
  }
}
