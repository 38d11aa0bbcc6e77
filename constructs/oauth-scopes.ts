import { Token } from "cdktf";
import { LIMITS, USER_ADMIN_SCOPE } from "./constraints";
import type { OAuthScope } from "./resource-server";
import { check, checkNotEmpty, isUnknown } from "./validation";

/** Scopes that describe the user, which the tokens have only with `openid`. */
const CLAIM_SCOPES = ["email", "phone", "profile"] as const;

/**
 * Scope of the tokens of users who sign in on the sign-in pages: of OpenID Connect, of a resource server, or
 * `aws.cognito.signin.user.admin`, with which users change their attributes and factors.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
 */
export type SignInScope =
  | "openid"
  | (typeof CLAIM_SCOPES)[number]
  | typeof USER_ADMIN_SCOPE
  | OAuthScope;

/** Scopes of the tokens of users who sign in on the sign-in pages, unless a client has others. */
export const OPENID_SCOPES = [
  "openid",
  "email",
  "profile",
] as const satisfies readonly SignInScope[];

/** Returns the errors of the scopes of a client with which users sign in. */
export function checkSignInScopes(
  scopes: readonly string[],
): (string | undefined)[] {
  const known = isUnknown(scopes) ? [] : scopes;
  return [
    checkNotEmpty("scopes of a sign-in client", scopes),
    ...known.map((scope) => check(LIMITS.signInScope, scope)),
    ...(mayContainScope(scopes, "openid") ? [] : known)
      .filter((scope) => CLAIM_SCOPES.some((one) => one === scope))
      .map((scope) => `scope ${scope} requires scope openid, got none`),
  ];
}

/** Returns the errors of the scopes of a client for a service. */
export function checkServiceScopes(
  scopes: readonly string[],
): (string | undefined)[] {
  const known = isUnknown(scopes) ? [] : scopes;
  return [
    checkNotEmpty("scopes of a service client", scopes),
    ...known.map((scope) => check(LIMITS.serviceScope, scope)),
  ];
}

/** Returns whether scopes contain one without a slash, or can contain it because only Terraform knows a scope. */
export function mayContainScope(
  scopes: readonly string[],
  scope: string,
): boolean {
  return (
    isUnknown(scopes) ||
    scopes.some(
      (one) =>
        one === scope || (Token.isUnresolved(one) && !hasKnownSlash(one)),
    )
  );
}

/** Returns whether a scope has a slash outside of what only Terraform knows, as a scope of a resource server does. */
function hasKnownSlash(scope: string): boolean {
  return scope.replace(/\$\{TfToken\[[^\]]*\]\}/g, "").includes("/");
}
