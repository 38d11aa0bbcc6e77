import {
  CognitoUserPoolClient,
  type CognitoUserPoolClientConfig,
} from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { Construct } from "constructs";
import { LIMITS } from "./limits";
import type { IUserPool } from "./user-pool";
import { check, checkEach, reportProblems } from "./validation";

/** How long what a client is given stays valid. */
export interface TokenLives {
  /** @default 60 minutes */
  readonly accessTokenMinutes?: number;
  /** @default 60 minutes */
  readonly idTokenMinutes?: number;
  /** @default 30 days */
  readonly refreshTokenDays?: number;
}

interface ClientSettings extends TokenLives {
  readonly userPool: IUserPool;
  readonly clientName: string;
  readonly generateSecret: boolean;
  readonly explicitAuthFlows: readonly string[];
  /** `null` switches OAuth off. */
  readonly oauth: {
    readonly flow: "code" | "client_credentials";
    readonly scopes: readonly string[];
    readonly callbackUrls: readonly string[];
    readonly logoutUrls: readonly string[];
  } | null;
}

/**
 * The resource of an app client with every setting written out: what a plan does not name, an adopted client would keep
 * and AWS would choose.
 */
export function userPoolClient(
  scope: Construct,
  settings: ClientSettings,
): CognitoUserPoolClient {
  const {
    accessTokenMinutes = 60,
    idTokenMinutes = 60,
    refreshTokenDays = 30,
    oauth,
  } = settings;
  reportProblems(
    scope,
    check(LIMITS.clientName, settings.clientName),
    check(LIMITS.accessTokenMinutes, accessTokenMinutes),
    check(LIMITS.idTokenMinutes, idTokenMinutes),
    check(LIMITS.refreshTokenDays, refreshTokenDays),
    ...(oauth === null
      ? []
      : [
          check(LIMITS.scopesPerClient, oauth.scopes.length),
          check(LIMITS.callbackUrlsPerClient, oauth.callbackUrls.length),
          check(LIMITS.logoutUrlsPerClient, oauth.logoutUrls.length),
          ...checkEach(LIMITS.oauthScope, oauth.scopes),
          ...checkEach(LIMITS.callbackUrl, oauth.callbackUrls),
          ...checkEach(
            { ...LIMITS.callbackUrl, subject: "logout URL" },
            oauth.logoutUrls,
          ),
        ]),
  );

  const config: CognitoUserPoolClientConfig = {
    name: settings.clientName,
    userPoolId: settings.userPool.userPoolId,
    generateSecret: settings.generateSecret,
    explicitAuthFlows: [...settings.explicitAuthFlows],
    supportedIdentityProviders: ["COGNITO"],
    allowedOauthFlowsUserPoolClient: oauth !== null,
    allowedOauthFlows: oauth === null ? [] : [oauth.flow],
    allowedOauthScopes: [...(oauth?.scopes ?? [])],
    callbackUrls: [...(oauth?.callbackUrls ?? [])],
    logoutUrls: [...(oauth?.logoutUrls ?? [])],
    accessTokenValidity: accessTokenMinutes,
    idTokenValidity: idTokenMinutes,
    refreshTokenValidity: refreshTokenDays,
    tokenValidityUnits: [
      { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
    ],
    authSessionValidity: 3,
    enableTokenRevocation: true,
    preventUserExistenceErrors: "ENABLED",
  };
  return new CognitoUserPoolClient(scope, "Resource", config);
}
