import {
  createCognitoNameLimit,
  createCountLimit,
  createIntegerLimit,
  createTextLimit,
} from "./limit";
import { isRedirectUrl } from "./redirect-url";

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const USER_POOL_CLIENT_LIMITS = {
  clientName: createCognitoNameLimit("client name", 128),
  clientId: createTextLimit(
    "client id",
    [1, 113],
    /^[a-zA-Z][\w-]*$/,
    "letters, digits, hyphens or underscores, starting with a letter",
  ),
  userPoolClientId: createTextLimit(
    "id of a user pool client",
    [1, 128],
    /^[\w+]+$/,
    "letters, digits, underscores or +, as Amazon Cognito assigns them",
  ),
  callbackUrl: {
    subject: "callback URL",
    expected:
      "an absolute URL of at most 1024 characters with https, http on localhost, 127.0.0.1 or [::1], or an app's own scheme, and without a fragment or wildcard",
    allows: isRedirectUrl,
  },
  accessTokenMinutes: createIntegerLimit(
    "access token validity",
    5,
    1440,
    " minutes",
  ),
  idTokenMinutes: createIntegerLimit("id token validity", 5, 1440, " minutes"),
  refreshTokenDays: createIntegerLimit(
    "refresh token validity",
    1,
    3650,
    " days",
  ),
  gracePeriodSeconds: createIntegerLimit(
    "grace period of refresh token rotation",
    0,
    60,
    " seconds",
  ),
  scopesPerClient: createCountLimit("number of scopes of a client", 50),
  callbackUrlsPerClient: createCountLimit(
    "number of callback URLs of a client",
    100,
  ),
  logoutUrlsPerClient: createCountLimit(
    "number of logout URLs of a client",
    100,
  ),
} as const;
