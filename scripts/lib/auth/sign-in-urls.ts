import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
} from "../../../stacks/naming";
import type { SignInSecrets } from "./pkce";
import type { SignInIds } from "./sign-in-ids";
import { resolveDomainUrl } from "./token-endpoint";

/** Scope of a sign-in through the browser. The id token then has all attributes that the client can read. */
export const BROWSER_SCOPE = "openid";

/** Returns the URL of the sign-in pages for one sign-in. */
export function createSignInUrl(
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
    scope: BROWSER_SCOPE,
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
    scope: BROWSER_SCOPE,
  }).toString();
  return url.href;
}
