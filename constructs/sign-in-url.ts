import { Fn, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { LIMITS } from "./constraints";
import type { SignInProvider } from "./identity-provider";
import { checkSignInScopes, type SignInScope } from "./oauth-scopes";
import { encodeQueryValue, joinParts } from "./text-parts";
import type { IUserPoolClient } from "./user-pool-client";
import { addValidationErrors, check, isUnknown, toList } from "./validation";

/** Options of a link to the sign-in pages. */
export interface SignInUrlOptions {
  /** The client's callback URL that receives the authorization code. */
  readonly redirectUri: string;
  /**
   * Scopes to request, which must be scopes of the client.
   *
   * @default all scopes of the client
   */
  readonly scopes?: readonly SignInScope[];
  /**
   * Who signs in, so that the pages offer no choice: users of a provider, or those of the user pool (`COGNITO`).
   *
   * @default users choose on the pages
   */
  readonly identityProvider?: SignInProvider;
}

/**
 * Creates a link to the sign-in pages. Its errors are those of a construct.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
 */
export function createSignInUrl(
  construct: IConstruct,
  baseUrl: string,
  client: IUserPoolClient,
  { redirectUri, scopes, identityProvider }: SignInUrlOptions,
): string {
  const { callbackUrls, clientId } = client;
  const isKnown =
    callbackUrls !== undefined &&
    !isUnknown(callbackUrls) &&
    ![redirectUri, ...callbackUrls].some((url) => Token.isUnresolved(url));
  addValidationErrors(
    construct,
    check(LIMITS.userPoolClientId, clientId),
    check(LIMITS.callbackUrl, redirectUri, "redirect URI"),
    isKnown && !callbackUrls.includes(redirectUri)
      ? `redirect URI must be a callback URL of the client, got "${redirectUri}" for a client with ${callbackUrls.join(", ") || "none"}`
      : undefined,
    ...(scopes === undefined ? [] : checkSignInScopes(toList(scopes))),
  );
  const provider =
    typeof identityProvider === "object"
      ? identityProvider.providerName
      : identityProvider;
  const query = Object.entries({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    ...(scopes !== undefined && { scope: joinScopes(scopes) }),
    ...(provider !== undefined && { identity_provider: provider }),
  }).map(([name, value]) => `${name}=${encodeQueryValue(value)}`);
  return `${baseUrl}/oauth2/authorize?${query.join("&")}`;
}

function joinScopes(scopes: readonly SignInScope[]): string {
  if (isUnknown(scopes)) return Fn.join(" ", [...toList(scopes)]);
  return scopes.some((scope) => Token.isUnresolved(scope))
    ? Fn.join(" ", scopes.map(joinParts))
    : scopes.join(" ");
}
