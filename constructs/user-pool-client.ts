import {
  CognitoUserPoolClient,
  type CognitoUserPoolClientConfig,
} from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { IUserPool } from "./user-pool";
import { addValidationErrors, check, checkEach } from "./validation";
import type { OAuthScope } from "./resource-server";

/** How long what a client is given stays valid. */
export interface TokenValidity {
  /** @default 60 minutes */
  readonly accessTokenMinutes?: number;
  /** @default 60 minutes */
  readonly idTokenMinutes?: number;
  /** @default 30 days */
  readonly refreshTokenDays?: number;
}

interface ClientSettings extends TokenValidity {
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
export function createUserPoolClient(
  scope: Construct,
  settings: ClientSettings,
): CognitoUserPoolClient {
  const {
    accessTokenMinutes = 60,
    idTokenMinutes = 60,
    refreshTokenDays = 30,
    oauth,
  } = settings;
  addValidationErrors(
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

export interface ServiceClientProps extends TokenValidity {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /** What the service may do; a token has these scopes and no other. */
  readonly scopes: readonly OAuthScope[];
}

/**
 * An app client that a service gets tokens with, by its own id and secret: no user can sign in with it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-grants.html
 */
export class ServiceClient extends Construct {
  readonly clientId: string;
  /** Lies in the state in clear, whatever is done with it here. */
  readonly clientSecret: string;

  constructor(scope: Construct, id: string, props: ServiceClientProps) {
    super(scope, id);
    addValidationErrors(
      this,
      props.scopes.length === 0
        ? "scopes of a service client must be at least one, got none"
        : undefined,
    );

    const resource = createUserPoolClient(this, {
      ...props,
      generateSecret: true,
      // with an empty list AWS would let users sign in
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      oauth: {
        flow: "client_credentials",
        scopes: props.scopes,
        callbackUrls: [],
        logoutUrls: [],
      },
    });
    this.clientId = resource.id;
    this.clientSecret = resource.clientSecret;
  }
}

export interface ProgrammaticClientProps extends TokenValidity {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /**
   * URLs that the hosted sign-in pages may send a code to.
   *
   * @default none, and OAuth is off: users sign in through the API alone
   */
  readonly callbackUrls?: readonly string[];
}

/**
 * A public app client that people's scripts sign in with, by user name and password.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export class ProgrammaticClient extends Construct {
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: ProgrammaticClientProps) {
    super(scope, id);
    const { callbackUrls = [], ...rest } = props;
    const resource = createUserPoolClient(this, {
      ...rest,
      generateSecret: false,
      explicitAuthFlows: [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ],
      oauth:
        callbackUrls.length === 0
          ? null
          : {
              flow: "code",
              scopes: ["openid", "email", "profile"],
              callbackUrls,
              logoutUrls: [],
            },
    });
    this.clientId = resource.id;
  }
}

export interface FrontendClientProps extends TokenValidity {
  readonly userPool: IUserPool;
  readonly clientName: string;
  /** Where the sign-in pages may send a code: these and no other, so a URL added by hand is taken out again. */
  readonly callbackUrls: readonly string[];
  /** @default none: signing out shows the sign-in page */
  readonly logoutUrls?: readonly string[];
}

/**
 * A public app client for a page in a browser: authorization code with PKCE, no secret, nothing implicit.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
 */
export class FrontendClient extends Construct {
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: FrontendClientProps) {
    super(scope, id);
    const { callbackUrls, logoutUrls = [], ...rest } = props;
    addValidationErrors(
      this,
      callbackUrls.length === 0
        ? "callback URLs of a frontend client must be at least one, got none"
        : undefined,
    );

    const resource = createUserPoolClient(this, {
      ...rest,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      oauth: {
        flow: "code",
        scopes: ["openid", "email", "profile"],
        callbackUrls,
        logoutUrls,
      },
    });
    this.clientId = resource.id;
  }
}
