import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { Construct } from "constructs";
import {
  canChangeAttributes,
  getPageFlows,
  getScriptFlows,
  getSignInPageFlows,
  removeRefreshFlow,
} from "./auth-flows";
import {
  type ClientAttributes,
  createAttributeLists,
} from "./client-attributes";
import { LIMITS } from "./constraints";
import type { SignInProvider } from "./identity-provider";
import {
  checkServiceScopes,
  checkSignInScopes,
  OPENID_SCOPES,
  type SignInScope,
} from "./oauth-scopes";
import type { OAuthScope } from "./resource-server";
import { findDependencies, readSignIn } from "./sign-in";
import {
  createTokenValidity,
  type RefreshTokenRotation,
  type TokenValidity,
  validateTokenValidity,
} from "./token-validity";
import type { IUserPool } from "./user-pool";
import {
  addValidationErrors,
  check,
  checkCount,
  checkEach,
  checkNotEmpty,
  toList,
} from "./validation";

interface UserPoolClientProps extends TokenValidity {
  readonly userPool: IUserPool;
  readonly clientName: string;
}

/** Options of the clients with which users sign in. */
interface SignInClientProps extends UserPoolClientProps, ClientAttributes {
  /**
   * Who can sign in: the users of the user pool (`COGNITO`), and those of identity providers.
   *
   * @default COGNITO
   */
  readonly signIn?: readonly SignInProvider[];
  /**
   * Scopes that the client can request for users on the sign-in pages. With `aws.cognito.signin.user.admin`, users can change
   * each attribute that the client can write, so that its identity providers cannot map others.
   *
   * @default OPENID_SCOPES: openid, email and profile
   */
  readonly scopes?: readonly SignInScope[];
  /** @default none: a refresh token remains valid until it expires */
  readonly refreshTokenRotation?: RefreshTokenRotation;
}

interface ClientSettings extends Omit<SignInClientProps, "scopes"> {
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

/** A client of a user pool, created by this stack or imported. */
export interface IUserPoolClient {
  readonly clientId: string;
  /**
   * URLs to which the sign-in pages can send an authorization code.
   *
   * @default not known: another stack manages the client
   */
  readonly callbackUrls?: readonly string[];
}

/**
 * A client of a user pool. All attributes are set: Terraform would leave an omitted one of an imported client as it is,
 * and AWS would choose it for a new client.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html
 */
export class UserPoolClient extends Construct implements IUserPoolClient {
  /** Imports a client that another stack manages. It is not changed. */
  static fromClientId(clientId: string): IUserPoolClient {
    return { clientId };
  }

  readonly clientId: string;
  readonly callbackUrls: readonly string[];
  /** Returns whether the client's id tokens can contain an attribute. */
  readonly canRead: (attribute: string) => boolean;
  /** Returns whether a token of the client lets its user change an attribute. */
  readonly canUsersChange: (attribute: string) => boolean;
  protected readonly resource: CognitoUserPoolClient;

  constructor(scope: Construct, id: string, settings: ClientSettings) {
    super(scope, id);
    const { oauth, refreshTokenRotation } = settings;
    const scopes = toList(oauth?.scopes ?? []);
    const callbackUrls = toList(oauth?.callbackUrls ?? []);
    const logoutUrls = toList(oauth?.logoutUrls ?? []);
    const allFlows = [...toList(settings.explicitAuthFlows)];
    const flows =
      refreshTokenRotation === undefined
        ? allFlows
        : removeRefreshFlow(allFlows);
    const signIn = readSignIn(settings.signIn ?? ["COGNITO"]);
    const dependencies = findDependencies(this, signIn);
    const attributes = createAttributeLists({
      ...settings,
      signIn,
      canUsersChange: canChangeAttributes(
        settings.userPool,
        flows,
        oauth?.flow === "code" ? scopes : [],
      ),
    });
    addValidationErrors(
      this,
      check(LIMITS.clientName, settings.clientName),
      ...validateTokenValidity(settings, refreshTokenRotation),
      checkCount(LIMITS.scopesPerClient, scopes),
      checkCount(LIMITS.callbackUrlsPerClient, callbackUrls),
      checkCount(LIMITS.logoutUrlsPerClient, logoutUrls),
      ...checkEach(LIMITS.oauthScope, scopes),
      ...checkEach(LIMITS.callbackUrl, callbackUrls),
      ...checkEach(
        { ...LIMITS.callbackUrl, subject: "logout URL" },
        logoutUrls,
      ),
      ...signIn.errors,
      ...dependencies.errors,
      ...attributes.errors,
      signIn.identityProviders.length > 0 && oauth === null
        ? "callback URLs of a client with identity providers must have at least one item, got none"
        : undefined,
    );

    this.resource = new CognitoUserPoolClient(this, "Resource", {
      name: settings.clientName,
      userPoolId: settings.userPool.userPoolId,
      generateSecret: settings.generateSecret,
      explicitAuthFlows: flows,
      supportedIdentityProviders: [...signIn.providerNames],
      allowedOauthFlowsUserPoolClient: oauth !== null,
      allowedOauthFlows: oauth === null ? [] : [oauth.flow],
      allowedOauthScopes: [...scopes],
      callbackUrls: [...callbackUrls],
      logoutUrls: [...logoutUrls],
      ...createTokenValidity(settings, refreshTokenRotation),
      authSessionValidity: 3,
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      ...attributes.lists,
    });
    if (dependencies.addresses.length > 0)
      this.resource.dependsOn = [...dependencies.addresses];
    attributes.checkAtPlan(this.resource);
    this.canRead = attributes.canRead;
    this.canUsersChange = attributes.canUsersChange;
    this.clientId = this.resource.id;
    this.callbackUrls = callbackUrls;
  }
}

/** Configuration of {@link ServiceClient}. */
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
    addValidationErrors(this, ...checkServiceScopes(toList(props.scopes)));
  }
}

/** Configuration of {@link ProgrammaticClient}. */
export interface ProgrammaticClientProps extends SignInClientProps {
  /**
   * URLs to which the sign-in pages can send an authorization code. Users of identity providers sign in there.
   *
   * @default none, and OAuth is disabled
   */
  readonly callbackUrls?: readonly string[];
}

/**
 * A public client with which users sign in from scripts, by user name and password, or through the browser.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export class ProgrammaticClient extends UserPoolClient {
  constructor(
    scope: Construct,
    id: string,
    { callbackUrls = [], scopes, ...props }: ProgrammaticClientProps,
  ) {
    const hasOAuth = callbackUrls.length > 0;
    super(scope, id, {
      ...props,
      generateSecret: false,
      explicitAuthFlows: getScriptFlows(props),
      oauth: hasOAuth
        ? { flow: "code", scopes: scopes ?? OPENID_SCOPES, callbackUrls }
        : null,
    });
    addValidationErrors(
      this,
      ...checkSignInScopes(toList(scopes ?? OPENID_SCOPES)),
      scopes !== undefined && !hasOAuth
        ? "scopes of a programmatic client require callback URLs, got none"
        : undefined,
    );
  }
}

/** Configuration of {@link FrontendClient}. */
export interface FrontendClientProps extends SignInClientProps {
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
    {
      callbackUrls,
      logoutUrls = [],
      scopes = OPENID_SCOPES,
      ...props
    }: FrontendClientProps,
  ) {
    super(scope, id, {
      ...props,
      generateSecret: false,
      explicitAuthFlows: getPageFlows(props),
      oauth: { flow: "code", scopes, callbackUrls, logoutUrls },
    });
    addValidationErrors(
      this,
      checkNotEmpty("callback URLs of a frontend client", callbackUrls),
      ...checkSignInScopes(toList(scopes)),
    );
  }
}

/** Configuration of {@link WebClient}. */
export type WebClientProps = FrontendClientProps;

/**
 * A client with a secret, for an application on a server: authorization code grant. Its users sign in on the sign-in
 * pages alone.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-client-apps.html
 */
export class WebClient extends UserPoolClient {
  /** Stored in plaintext in the Terraform state. */
  readonly clientSecret = this.resource.clientSecret;

  constructor(
    scope: Construct,
    id: string,
    {
      callbackUrls,
      logoutUrls = [],
      scopes = OPENID_SCOPES,
      ...props
    }: WebClientProps,
  ) {
    super(scope, id, {
      ...props,
      generateSecret: true,
      explicitAuthFlows: getSignInPageFlows(props),
      oauth: { flow: "code", scopes, callbackUrls, logoutUrls },
    });
    addValidationErrors(
      this,
      checkNotEmpty("callback URLs of a web client", callbackUrls),
      ...checkSignInScopes(toList(scopes)),
    );
  }
}
