import {
  createCognitoNameLimit,
  createCountLimit,
  createTextLimit,
} from "./limit";

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
  scopesPerResourceServer: createCountLimit(
    "number of scopes of a resource server",
    100,
  ),
} as const;
