import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import type { OAuthScope } from "./resource-server";
import type { IUserPool } from "./user-pool";
import {
  addValidationErrors,
  check,
  checkCount,
  checkEach,
  checkNotEmpty,
  toList,
} from "./validation";

/** Validity of the tokens of a client. */
export interface TokenValidity {
  /** @default 60 minutes */
  readonly accessTokenMinutes?: number;
  /** @default 60 minutes */
  readonly idTokenMinutes?: number;
  /** @default 30 days */
  readonly refreshTokenDays?: number;
}

interface UserPoolClientProps extends TokenValidity {
  readonly userPool: IUserPool;
  readonly clientName: string;
}

interface ClientSettings extends UserPoolClientProps {
  readonly generateSecret: boolean;
  readonly explicitAuthFlows: readonly string[];
  /** `null` disables OAuth. */
  readonly oauth: {
    readonly flow: "code" | "client_credentials";
    readonly scopes: readonly string[];
    /** @default none */
    readonly callbackUrls?: readonly string[];
    /** @default none */
    readonly logoutUrls?: readonly string[];
  } | null;
}

const OPENID_SCOPES = ["openid", "email", "profile"];

/**
 * A client of a user pool. All attributes are set: Terraform would leave an omitted one of an imported client as it is,
 * and AWS would choose it for a new client.
 */
export class UserPoolClient extends Construct {
  readonly clientId: string;
  protected readonly resource: CognitoUserPoolClient;

  constructor(scope: Construct, id: string, settings: ClientSettings) {
    super(scope, id);
    const {
      accessTokenMinutes = 60,
      idTokenMinutes = 60,
      refreshTokenDays = 30,
      oauth,
    } = settings;
    const scopes = toList(oauth?.scopes ?? []);
    const callbackUrls = toList(oauth?.callbackUrls ?? []);
    const logoutUrls = toList(oauth?.logoutUrls ?? []);
    addValidationErrors(
      this,
      check(LIMITS.clientName, settings.clientName),
      check(LIMITS.accessTokenMinutes, accessTokenMinutes),
      check(LIMITS.idTokenMinutes, idTokenMinutes),
      check(LIMITS.refreshTokenDays, refreshTokenDays),
      checkCount(LIMITS.scopesPerClient, scopes),
      checkCount(LIMITS.callbackUrlsPerClient, callbackUrls),
      checkCount(LIMITS.logoutUrlsPerClient, logoutUrls),
      ...checkEach(LIMITS.oauthScope, scopes),
      ...checkEach(LIMITS.callbackUrl, callbackUrls),
      ...checkEach(
        { ...LIMITS.callbackUrl, subject: "logout URL" },
        logoutUrls,
      ),
    );

    this.resource = new CognitoUserPoolClient(this, "Resource", {
      name: settings.clientName,
      userPoolId: settings.userPool.userPoolId,
      generateSecret: settings.generateSecret,
      explicitAuthFlows: [...toList(settings.explicitAuthFlows)],
      supportedIdentityProviders: ["COGNITO"],
      allowedOauthFlowsUserPoolClient: oauth !== null,
      allowedOauthFlows: oauth === null ? [] : [oauth.flow],
      allowedOauthScopes: [...scopes],
      callbackUrls: [...callbackUrls],
      logoutUrls: [...logoutUrls],
      accessTokenValidity: accessTokenMinutes,
      idTokenValidity: idTokenMinutes,
      refreshTokenValidity: refreshTokenDays,
      tokenValidityUnits: [
        { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
      ],
      authSessionValidity: 3,
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
    });
    this.clientId = this.resource.id;
  }
}

export interface ServiceClientProps extends UserPoolClientProps {
  /** Scopes of the service's access tokens. */
  readonly scopes: readonly OAuthScope[];
}

/**
 * A client with a secret, for a service. No user can sign in with it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints-oauth-grants.html
 */
export class ServiceClient extends UserPoolClient {
  /** Stored in plaintext in the Terraform state. */
  readonly clientSecret = this.resource.clientSecret;

  constructor(scope: Construct, id: string, props: ServiceClientProps) {
    super(scope, id, {
      ...props,
      generateSecret: true,
      // with an empty list, AWS allows users to sign in
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH"],
      oauth: { flow: "client_credentials", scopes: props.scopes },
    });
    addValidationErrors(
      this,
      checkNotEmpty("scopes of a service client", props.scopes),
    );
  }
}

export interface ProgrammaticClientProps extends UserPoolClientProps {
  /**
   * URLs to which the sign-in pages can send an authorization code.
   *
   * @default none, and OAuth is disabled
   */
  readonly callbackUrls?: readonly string[];
}

/**
 * A public client with which users sign in from scripts, by user name and password.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export class ProgrammaticClient extends UserPoolClient {
  constructor(
    scope: Construct,
    id: string,
    { callbackUrls = [], ...props }: ProgrammaticClientProps,
  ) {
    super(scope, id, {
      ...props,
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
          : { flow: "code", scopes: OPENID_SCOPES, callbackUrls },
    });
  }
}

export interface FrontendClientProps extends UserPoolClientProps {
  /** URLs to which the sign-in pages can send an authorization code. URLs added outside Terraform are removed. */
  readonly callbackUrls: readonly string[];
  /** @default none: the sign-in page is shown after sign-out */
  readonly logoutUrls?: readonly string[];
}

/**
 * A public client for a page in a browser: authorization code grant with PKCE.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/using-pkce-in-authorization-code.html
 */
export class FrontendClient extends UserPoolClient {
  constructor(
    scope: Construct,
    id: string,
    { callbackUrls, logoutUrls = [], ...props }: FrontendClientProps,
  ) {
    super(scope, id, {
      ...props,
      generateSecret: false,
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      oauth: { flow: "code", scopes: OPENID_SCOPES, callbackUrls, logoutUrls },
    });
    addValidationErrors(
      this,
      checkNotEmpty("callback URLs of a frontend client", callbackUrls),
    );
  }
}
