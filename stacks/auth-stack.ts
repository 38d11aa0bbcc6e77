import type { App } from "cdktf";
import {
  addValidationErrors,
  type BrandingStyle,
  type ClientSecret,
  DEFAULT_QUOTAS,
  type FrontendClient,
  getUserPoolJwksUrl,
  type IIdentityPool,
  type IOidcProvider,
  type IUserPool,
  type IUserPoolDomain,
  type LogDeliveryOptions,
  type ManagedLoginBranding,
  type OidcIdentityProvider,
  type OidcRole,
  type ProgrammaticClient,
  type ResourceServer,
  type RoleMapping,
  type RoleRules,
  type SamlIdentityProvider,
  type ServiceClient,
  UserPool,
  type UserPoolClient,
  type UserPoolGroup,
  type UserPoolOptions,
  type UserPoolQuotas,
  type WebClient,
} from "../constructs";
import { BaseStack } from "./base-stack";
import type { OidcProviderConfig, StageConfig } from "./config/config";
import {
  IdentityProviders,
  type OidcIdentityProviderOptions,
  type SamlIdentityProviderOptions,
} from "./identity-providers";
import { addLogDelivery } from "./log-delivery";
import { type OidcRoleOptions, OidcRoles } from "./oidc-roles";
import { validateQuotas } from "./quotas";
import {
  type ResourceServerOptions,
  ResourceServers,
} from "./resource-servers";
import { SignInPages, type SignInPagesOptions } from "./sign-in-pages";
import { StageIdentityPool } from "./stage-identity-pool";
import {
  type FrontendClientOptions,
  type ProgrammaticClientOptions,
  type ServiceClientOptions,
  UserPoolClients,
  type WebClientOptions,
} from "./user-pool-clients";
import {
  type BucketGroupOptions,
  type RoleGroupOptions,
  UserPoolGroups,
} from "./user-pool-groups";

/** Options of a stage, which replace parts of its configuration. */
export interface AuthStackOptions extends SignInPagesOptions {
  /**
   * Quotas of the account, if they were increased.
   *
   * @default DEFAULT_QUOTAS
   */
  readonly quotas?: UserPoolQuotas;
  /**
   * Options of the user pool. They replace those of the configuration.
   *
   * @default those of the configuration
   */
  readonly userPool?: Partial<UserPoolOptions>;
  /**
   * Delivery of the logs of the user pool. It raises the first version of the AWS provider that the stack allows to 6.5.
   *
   * @default none
   */
  readonly logDelivery?: LogDeliveryOptions;
}

/**
 * A stage of the auth system: its user pool and domain, and the resources that its methods add. Their construct ids are
 * the ids of the calls, so that removing one call changes no other resource.
 */
export class AuthStack extends BaseStack<StageConfig> {
  /** User pool of the stage, for constructs of your own. */
  readonly userPool: IUserPool;
  private readonly pages: SignInPages;
  private readonly resourceServers: ResourceServers;
  private readonly clients: UserPoolClients;
  private readonly groups: UserPoolGroups;
  private readonly identityProviders: IdentityProviders;
  private readonly stageIdentityPool: StageIdentityPool;
  private readonly oidcRoles = new OidcRoles(this, (options) =>
    this.createOidcProvider(options),
  );

  constructor(
    app: App,
    config: StageConfig,
    { quotas = DEFAULT_QUOTAS, ...options }: AuthStackOptions = {},
  ) {
    super(app, config);
    const userPool = (this.userPool = this.createUserPool(options.userPool));
    const poolOptions =
      config.existing.userPoolId === undefined
        ? { ...config.userPool, ...options.userPool }
        : undefined;
    this.pages = new SignInPages(this, userPool, options, poolOptions);
    if (options.logDelivery !== undefined)
      addLogDelivery(this, userPool, options.logDelivery, poolOptions);
    this.resourceServers = new ResourceServers(this, userPool);
    this.clients = new UserPoolClients(
      this,
      userPool,
      this.pages.secretDomain,
      this.resourceServers,
    );
    this.groups = new UserPoolGroups(this, userPool);
    this.identityProviders = new IdentityProviders(this, userPool);
    this.addUserPoolOutputs();
    this.stageIdentityPool = new StageIdentityPool(
      this,
      userPool,
      this.clients,
    );
    this.node.addValidation({ validate: () => validateQuotas(this, quotas) });
  }

  /** Domain in the secrets of clients: the prefix domain, or the custom domain with `isInSecrets`. */
  get domain(): IUserPoolDomain {
    return this.pages.secretDomain;
  }

  /** Identity pool of the stage, for roles of your own. As the first group does, the first reader creates it. */
  get identityPool(): IIdentityPool {
    return this.stageIdentityPool.getOrCreate();
  }

  /**
   * Returns the secret with the credentials of a client of this stack.
   *
   * @throws UserError if the client is of another stack, or is a frontend client, which has no secret
   */
  getSecret(
    client: ProgrammaticClient | ServiceClient | WebClient,
  ): ClientSecret {
    return this.clients.getSecret(client);
  }

  /**
   * Adds an API whose scopes clients can request.
   *
   * @param scopes name to description
   * @param options identifier if it is not `{id}-server`, such as the URL of the API, and name
   */
  addResourceServer<S extends string>(
    id: string,
    scopes: Readonly<Record<S, string>>,
    options: ResourceServerOptions = {},
  ): ResourceServer<S> {
    return this.resourceServers.add(id, scopes, options);
  }

  /** Adds a client for a service. The service reads its credentials from the secret `{stack}/{id}`. */
  addServiceClient(id: string, options: ServiceClientOptions): ServiceClient {
    return this.clients.addService(id, options);
  }

  /**
   * Adds a public client with which users sign in from scripts. The client `programmatic-client`, or the only one, is in
   * the output `client_id`, and the identity pool trusts it.
   */
  addProgrammaticClient(
    id: string,
    options: ProgrammaticClientOptions = {},
  ): ProgrammaticClient {
    return this.clients.addProgrammatic(id, options);
  }

  /** Adds a public client for a page in a browser: authorization code grant with PKCE. */
  addFrontendClient(
    id: string,
    options: FrontendClientOptions,
  ): FrontendClient {
    return this.clients.addFrontend(id, options);
  }

  /**
   * Adds a client with a secret, for an application on a server: authorization code grant. The application reads its
   * credentials from the secret `{stack}/{id}`.
   */
  addWebClient(id: string, options: WebClientOptions): WebClient {
    return this.clients.addWeb(id, options);
  }

  /**
   * Adds the branding of a client, which managed login requires to show a style. It raises the first version of the AWS
   * provider that the stack allows to 6.13.
   *
   * @param style `null` is AWS's style
   */
  addBranding(
    client: UserPoolClient,
    style: BrandingStyle | null,
  ): ManagedLoginBranding {
    return this.pages.addBranding(client, style);
  }

  /**
   * Adds an OIDC identity provider with which people sign in. After its deployment, set its client secret with the command
   * `identity-provider-secret`. To let a client use the provider, name it in `signIn` of the client.
   *
   * @param name name on the sign-in pages, which is the first part of the names of its users
   */
  addOidcIdentityProvider(
    name: string,
    options: OidcIdentityProviderOptions,
  ): OidcIdentityProvider {
    return this.identityProviders.addOidc(name, options);
  }

  /** Adds a SAML identity provider with which people sign in, such as that of a university. */
  addSamlIdentityProvider(
    name: string,
    options: SamlIdentityProviderOptions,
  ): SamlIdentityProvider {
    return this.identityProviders.addSaml(name, options);
  }

  /** Adds a group with a role that has access to buckets. */
  addGroup(name: string, options: BucketGroupOptions): UserPoolGroup {
    return this.groups.addWithBuckets(
      name,
      options,
      this.stageIdentityPool.getOrCreate(),
    );
  }

  /** Adds a group with an existing role. */
  addGroupWithRole(name: string, options: RoleGroupOptions): UserPoolGroup {
    this.stageIdentityPool.getOrCreate();
    return this.groups.addWithRole(name, options);
  }

  /**
   * Lets the users of a client get AWS credentials from the identity pool. It trusts the client in the output `client_id`
   * already.
   *
   * @param roleMapping `Token` for the role of the user's group, or rules on claims
   */
  trustClient(
    client: FrontendClient | ProgrammaticClient | WebClient,
    roleMapping: RoleMapping = "Token",
  ): void {
    this.stageIdentityPool.trustClient(client, roleMapping);
  }

  /**
   * Lets the users of an OIDC or SAML provider of IAM get AWS credentials from the identity pool.
   *
   * @param provider the result of {@link addOidcProvider}, or an ARN
   */
  trustProvider(provider: IOidcProvider | string, rules: RoleRules): void {
    this.stageIdentityPool.trustProvider(provider, rules);
  }

  /** Adds the provider whose workloads can assume the roles of {@link addOidcRole}. */
  addOidcProvider(options: OidcProviderConfig): IOidcProvider {
    return this.oidcRoles.addProvider(options);
  }

  /**
   * Adds a role for workloads of the OIDC provider. In a stage for production, it can trust only those runs on GitHub that
   * have an environment.
   *
   * @throws UserError if the stage has no OIDC provider
   */
  addOidcRole(name: string, options: OidcRoleOptions): OidcRole {
    return this.oidcRoles.addRole(name, options);
  }

  private createUserPool(options: AuthStackOptions["userPool"]): IUserPool {
    const { stackName, accountId, existing, userPool } = this.config;
    const names = Object.keys(options ?? {});
    if (existing.userPoolId === undefined)
      return new UserPool(this, "user-pool", {
        userPoolName: stackName,
        accountId,
        ...userPool,
        ...options,
      });
    addValidationErrors(
      this,
      names.length > 0
        ? `options of the user pool must be omitted if the stage uses an existing one, got ${names.join(", ")}`
        : undefined,
    );
    return UserPool.fromUserPoolId(this, "user-pool", existing.userPoolId);
  }

  private addUserPoolOutputs(): void {
    const { userPoolId, issuer } = this.userPool;
    this.addOutput("userpool_id", userPoolId, "Id of the user pool");
    this.pages.addOutputs();
    this.addOutput("issuer", issuer, "Issuer of the user pool's tokens");
    this.addOutput(
      "jwks_url",
      getUserPoolJwksUrl(this.config.region, userPoolId),
      "Public keys that the user pool's tokens verify with",
    );
  }
}
