import type { App } from "cdktf";
import {
  DEFAULT_QUOTAS,
  FrontendClient,
  type FrontendClientProps,
  getUserPoolIssuer,
  getUserPoolJwksUrl,
  isUnknown,
  type IOidcProvider,
  type IUserPool,
  type OidcIdentityProvider,
  type OidcRole,
  ProgrammaticClient,
  type ProgrammaticClientProps,
  type ResourceServer,
  ServiceClient,
  type SamlIdentityProvider,
  type ServiceClientProps,
  UserPool,
  type UserPoolGroup,
  type UserPoolProps,
  type UserPoolQuotas,
} from "../constructs";
import { BaseStack } from "./base-stack";
import type { OidcProviderConfig, StageConfig } from "./config/config";
import {
  IdentityProviders,
  type OidcIdentityProviderOptions,
  type SamlIdentityProviderOptions,
} from "./identity-providers";
import {
  getOutputName,
  getServiceClientName,
  IDENTITY_PROVIDER_CLIENT,
  IDENTITY_PROVIDER_CLIENT_NAME,
} from "./naming";
import { type OidcRoleOptions, OidcRoles } from "./oidc-roles";
import { validateQuotas } from "./quotas";
import {
  type ResourceServerOptions,
  ResourceServers,
} from "./resource-servers";
import { SignInPages, type SignInPagesOptions } from "./sign-in-pages";
import { StageIdentityPool } from "./stage-identity-pool";
import { UserPoolClients } from "./user-pool-clients";
import {
  type BucketGroupOptions,
  type RoleGroupOptions,
  UserPoolGroups,
} from "./user-pool-groups";

type ClientOptions<Props> = Omit<Props, "userPool" | "clientName">;

export type ServiceClientOptions = ClientOptions<ServiceClientProps>;
export type FrontendClientOptions = ClientOptions<FrontendClientProps>;

export interface ProgrammaticClientOptions extends ClientOptions<ProgrammaticClientProps> {
  /** @default the client's id */
  readonly name?: string;
}

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
  readonly userPool?: Partial<Omit<UserPoolProps, "userPoolName">>;
}

/**
 * A stage of the auth system: its user pool and domain, and the resources that its methods add. Their construct ids are
 * the ids of the calls, so that removing one call changes no other resource.
 */
export class AuthStack extends BaseStack<StageConfig> {
  private readonly userPool: IUserPool;
  private readonly pages: SignInPages;
  private readonly resourceServers: ResourceServers;
  private readonly clients: UserPoolClients;
  private readonly groups: UserPoolGroups;
  private readonly identityProviders: IdentityProviders;
  private readonly identityPool: StageIdentityPool;
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
    this.pages = new SignInPages(this, userPool, options);
    this.resourceServers = new ResourceServers(this, userPool);
    this.clients = new UserPoolClients(this, userPool, this.pages.secretDomain);
    this.groups = new UserPoolGroups(this, userPool);
    this.identityProviders = new IdentityProviders(this, userPool);
    this.addUserPoolOutputs();
    this.identityPool = new StageIdentityPool(this, userPool, () =>
      this.createTrustedClients(),
    );
    this.node.addValidation({ validate: () => validateQuotas(this, quotas) });
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
  addServiceClient(
    id: string,
    { scopes, ...options }: ServiceClientOptions,
  ): ServiceClient {
    const { parent } = this.clients;
    const resolved = this.resourceServers.resolveScopes(parent, id, scopes);
    const client = new ServiceClient(...this.clients.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName: getServiceClientName(id),
      scopes: resolved.references,
    });
    if (isUnknown(scopes)) this.resourceServers.addDependency(client);
    this.clients.addSecret("client_credentials", client, {
      scope: resolved.names,
    });
    return client;
  }

  /**
   * Adds a public client with which users sign in from scripts. The client `programmatic-client`, or the only one, is in
   * the output `client_id`, and the identity pool trusts it.
   */
  addProgrammaticClient(
    id: string,
    { name = id, ...options }: ProgrammaticClientOptions = {},
  ): ProgrammaticClient {
    const client = this.addUserPasswordClient(id, name, options);
    this.clients.export(id, client);
    return client;
  }

  /** Adds a public client for a page in a browser: authorization code grant with PKCE. */
  addFrontendClient(
    id: string,
    options: FrontendClientOptions,
  ): FrontendClient {
    const client = new FrontendClient(...this.clients.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName: id,
    });
    this.addOutput(
      getOutputName(client.node.id, "client_id"),
      client.clientId,
      `Id of the client ${id}`,
    );
    return client;
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
      this.identityPool.getOrCreate(),
    );
  }

  /** Adds a group with an existing role. */
  addGroupWithRole(name: string, options: RoleGroupOptions): UserPoolGroup {
    this.identityPool.getOrCreate();
    return this.groups.addWithRole(name, options);
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

  private addUserPasswordClient(
    id: string,
    clientName: string,
    options: ClientOptions<ProgrammaticClientProps> = {},
  ): ProgrammaticClient {
    const client = new ProgrammaticClient(...this.clients.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName,
    });
    this.clients.addSecret("user_password", client);
    return client;
  }

  private createUserPool(options: AuthStackOptions["userPool"]): IUserPool {
    const { stackName, existing, userPool } = this.config;
    return existing.userPoolId === undefined
      ? new UserPool(this, "user-pool", {
          userPoolName: stackName,
          ...userPool,
          ...options,
        })
      : UserPool.fromUserPoolId(existing.userPoolId);
  }

  private addUserPoolOutputs(): void {
    const { userPoolId } = this.userPool;
    const { region } = this.config;
    this.addOutput("userpool_id", userPoolId, "Id of the user pool");
    this.pages.addOutputs();
    this.addOutput(
      "issuer",
      getUserPoolIssuer(region, userPoolId),
      "Issuer of the user pool's tokens",
    );
    this.addOutput(
      "jwks_url",
      getUserPoolJwksUrl(region, userPoolId),
      "Public keys that the user pool's tokens verify with",
    );
  }

  /** Creates the helper client of the identity pool, and returns how to list all clients that the pool trusts. */
  private createTrustedClients(): () => readonly string[] {
    const provider = this.addUserPasswordClient(
      IDENTITY_PROVIDER_CLIENT,
      IDENTITY_PROVIDER_CLIENT_NAME,
    );
    return () =>
      [provider, this.clients.exported].flatMap((client) =>
        client === undefined ? [] : [client.clientId],
      );
  }
}
