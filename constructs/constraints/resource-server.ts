import {
  createCognitoNameLimit,
  createCountLimit,
  createTextLimit,
} from "./limit";

/** Scope of the access tokens with which users change their attributes and factors. */
export const USER_ADMIN_SCOPE = "aws.cognito.signin.user.admin";

const SIGN_IN_SCOPES = [
  "openid",
  "email",
  "phone",
  "profile",
  USER_ADMIN_SCOPE,
] as const;

/** Whether a text can be a scope of a resource server, which has the server's identifier before its last slash. */
function isServerScope(value: string): boolean {
  return /^.+\/[^/]+$/.test(value);
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const RESOURCE_SERVER_LIMITS = {
  resourceServerIdentifier: createTextLimit(
    "resource server identifier",
    [1, 256],
    // the id of the resource in Terraform has a | before the identifier: with another one, it cannot be read again
    /^[\x21\x23-\x5B\x5D-\x7B\x7D\x7E]+$/,
    'printable ASCII characters except space, ", \\ and |',
  ),
  resourceServerName: createCognitoNameLimit("resource server name", 256),
  scopeName: createTextLimit(
    "scope name",
    [1, 256],
    /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$/,
    'printable ASCII characters except space, ", / and \\',
  ),
  scopeDescription: createTextLimit(
    "scope description",
    [1, 256],
    /^[^\p{Cc}]+$/u,
    "characters",
  ),
  oauthScope: createTextLimit(
    "OAuth scope",
    [1, 256],
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    "characters including the resource server identifier",
  ),
  serviceScope: {
    subject: "scope of a service client",
    expected: "a scope of a resource server, <identifier>/<scope>",
    allows: isServerScope,
  },
  signInScope: {
    subject: "scope of a sign-in client",
    expected: `one of ${SIGN_IN_SCOPES.join(", ")}, or a scope of a resource server, <identifier>/<scope>`,
    allows: (value: string) =>
      SIGN_IN_SCOPES.some((scope) => scope === value) || isServerScope(value),
  },
  scopesPerResourceServer: createCountLimit(
    "number of scopes of a resource server",
    100,
  ),
} as const;
