import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
} from "../../../stacks/naming";
import type { OpenTerminal, Terminal } from "../cli/terminal";
import { listBrowserCommands, openBrowser } from "../system/open-browser";
import { requestTokensForCode } from "./authorization-code";
import {
  type AuthorizationContext,
  type AuthorizationResponse,
  explainResponseError,
  parsePastedResponse,
} from "./authorization-response";
import { listenForCallback, type LoopbackCallback } from "./loopback-callback";
import { createSignInSecrets, type SignInSecrets } from "./pkce";
import type { Tokens } from "./sign-in";
import type { SignInIds } from "./sign-in-ids";
import type { BrowserMethod } from "./sign-in-method";
import { checkSignInPages } from "./sign-in-pages";
import { resolveDomainUrl } from "./token-endpoint";
import { verifyToken } from "./token-verification";

/** Time limit of a sign-in through the browser, which can include a registration at the institution. */
const WAIT_MINUTES = 10;
/** Texts that a user can paste before the sign-in ends. */
const PASTE_ATTEMPTS = 5;
/** The id token then has all attributes that the client can read. */
const SCOPE = "openid";

export interface BrowserSignInOptions extends BrowserMethod {
  readonly clientSecret: string | undefined;
  readonly terminal: OpenTerminal;
  readonly log: (line: string) => void;
}

/** Properties of the machine, which tests replace. */
export interface BrowserSignInHost {
  readonly env: Environment;
  readonly ports: readonly number[];
  readonly open: (url: string) => Promise<boolean>;
  readonly waitMinutes: number;
}

function getHost(): BrowserSignInHost {
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
  host: BrowserSignInHost = getHost(),
): Promise<Tokens & { readonly userName: string }> {
  const { clientId } = ids;
  const { identityProvider, clientSecret, log } = options;
  const userPoolId = requireUserPoolId(ids);
  // a program without a user must not open one page after another
  const terminal = options.terminal();
  const domain = { text: ids.domain ?? "", source: "the domain" };
  const tokenUrl = resolveDomainUrl(domain, "/oauth2/token", host.env);
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
    scope: SCOPE,
    identityProvider,
  };
  try {
    await checkSignInPages(url, context, log);
    const response = await receiveResponse(
      { url, callback, state: secrets.state, terminal },
      options,
      host,
    );
    if ("error" in response) throw explainResponseError(response, context);
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
    const claims = await verifyToken(
      tokens.idToken,
      { userPoolId, use: "id", clientIds: [clientId], scopes: [] },
      { env: host.env, log },
    );
    if (claims.nonce !== undefined && claims.nonce !== secrets.nonce)
      throw new UserError(
        "the id token is of another sign-in: its nonce differs",
        "sign in again; do not use a code of another user or machine",
      );
    return { ...tokens, userName: String(claims["cognito:username"]) };
  } finally {
    callback?.close();
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

function createSignInUrl(
  endpoint: URL,
  {
    clientId,
    callbackUrl,
    identityProvider,
    secrets: { codeChallenge, state, nonce },
  }: {
    readonly clientId: string;
    readonly callbackUrl: string;
    readonly identityProvider: string | undefined;
    readonly secrets: SignInSecrets;
  },
): URL {
  const url = new URL(endpoint);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: callbackUrl,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: codeChallenge,
    code_challenge_method: "S256",
    ...(identityProvider !== undefined && {
      identity_provider: identityProvider,
    }),
  }).toString();
  return url;
}

interface PendingSignIn {
  readonly url: URL;
  readonly callback: LoopbackCallback | undefined;
  readonly state: string;
  readonly terminal: Terminal;
}

/** Waits for the response of the browser of this machine, or for what the user pastes. */
async function receiveResponse(
  { url, callback, state, terminal }: PendingSignIn,
  { canOpenBrowser, log }: BrowserSignInOptions,
  { open, waitMinutes }: BrowserSignInHost,
): Promise<AuthorizationResponse> {
  const write = (line: string): void => {
    log(line);
    // the AWS CLI hides the standard error of a credential_process
    if (!process.stderr.isTTY) terminal.writeLine(line);
  };
  const ended = new AbortController();
  const { signal } = ended;
  const waiting = callback === undefined ? [] : [callback.response];
  try {
    if (canOpenBrowser) {
      write("Opening the browser at this URL:");
      write(url.href);
      if (await open(url.href)) {
        write(
          `Waiting ${waitMinutes} minutes for the sign-in through the browser; Ctrl-C ends the command…`,
        );
        return await Promise.race([...waiting, expire(waitMinutes, signal)]);
      }
      write("There is no browser on this machine, as with --no-browser.");
    }
    write("Open this URL in a browser, on any machine:");
    write(url.href);
    write(
      "After the sign-in, the browser shows a page, or that 127.0.0.1 cannot be reached. Paste the URL of that page.",
    );
    const pasted = askForResponse(terminal, state, waitMinutes, signal);
    return await Promise.race([...waiting, pasted]);
  } finally {
    ended.abort();
  }
}

function expire(minutes: number, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(
        new UserError(
          `the browser returned no response within ${minutes} minutes`,
          "sign in again; if the browser runs on another machine, or cannot reach this one, use --no-browser",
        ),
      );
    }, minutes * 60_000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
    });
  });
}

async function askForResponse(
  terminal: Terminal,
  state: string,
  minutes: number,
  signal: AbortSignal,
): Promise<AuthorizationResponse> {
  for (let attempt = 1; ; attempt++) {
    const pasted = await terminal.ask("URL or code: ", { signal, minutes });
    const response = parsePastedResponse(pasted, state);
    if (typeof response !== "string") return response;
    if (attempt === PASTE_ATTEMPTS)
      throw new UserError(
        "the URL of the response is required",
        "sign in again, and paste the whole URL from the address bar",
      );
    terminal.writeLine(response);
  }
}

/**
 * Returns the URL that ends the session of the browser at the sign-in pages; then the pages ask for the user again.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
 */
export function createLogoutUrl(
  { clientId, domain = "" }: SignInIds,
  env: Environment = getEnvironment(),
): string {
  const source = { text: domain, source: "the domain" };
  const url = resolveDomainUrl(source, "/logout", env);
  url.search = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: getBrowserCallbackUrl(BROWSER_SIGN_IN_PORTS[0]),
    scope: SCOPE,
  }).toString();
  return url.href;
}
