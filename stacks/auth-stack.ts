import { type App, Lazy } from "cdktf";
import { Construct } from "constructs";
import type {
  FrontendClient,
  ProgrammaticClient,
  ServiceClient,
} from "../constructs/user-pool-client";
import { findUngatedSubjects } from "../constructs/github-subject";
import { IdentityPool, type IIdentityPool } from "../constructs/identity-pool";
import { DEFAULT_QUOTAS, type UserPoolQuotas } from "../constructs/constraints";
import {
  getIdentityPoolName,
  getRoleName,
  IDENTITY_PROVIDER_CLIENT,
} from "./naming";
import { getUserPoolIssuer, getUserPoolJwksUrl } from "../constructs/aws";
import {
  type IOidcProvider,
  OidcProvider,
  type OidcProviderProps,
} from "../constructs/oidc-provider";
import { OidcRole, type OidcRoleProps } from "../constructs/oidc-role";
import type { ResourceServer } from "../constructs/resource-server";
import type { UserPoolGroup } from "../constructs/user-pool-group";
import { type IUserPool, UserPool } from "../constructs/user-pool";
import {
  type IUserPoolDomain,
  UserPoolDomain,
} from "../constructs/user-pool-domain";
import { addValidationErrors, ensureUniqueId } from "../constructs/validation";
import { ResourceServers } from "./resource-servers";
import {
  type FrontendClientOptions,
  type ProgrammaticClientOptions,
  type ServiceClientOptions,
  UserPoolClients,
} from "./user-pool-clients";
import type { StageConfig } from "./config/config";
import { addOutput } from "./outputs";
import { BaseStack } from "./base-stack";
import {
  type BucketGroupOptions,
  type RoleGroupOptions,
  UserPoolGroups,
} from "./user-pool-groups";

/** Stages by whose names people depend on them. */
const PRODUCTION = /(^|-)prod(uction)?(-|$)/;

/** An OIDC provider that this stack creates, or one that already exists in the account. */
export type OidcProviderOptions =
  | (OidcProviderProps & { readonly origin: "created" })
  | { readonly origin: "existing"; readonly issuer: string };

/**
 * One stage of the auth system: its user pool and hosted domain, and what is added by the verbs below. Every resource
 * is keyed by the id it was added with, so taking one out touches no other.
 */
export class AuthStack extends BaseStack<StageConfig> {
  private readonly userPool: IUserPool;
  private readonly resourceServers: ResourceServers;
  private readonly clients: UserPoolClients;
  private readonly groups: UserPoolGroups;
  private readonly oidcRoles = new Construct(this, "oidc-roles");
  private identityPool: IIdentityPool | undefined;
  private oidcProvider: IOidcProvider | undefined;

  /**
   * @param quotas how many of a kind the account allows in a user pool: AWS's defaults, unless they were raised
   */
  constructor(
    app: App,
    stage: StageConfig,
    quotas: UserPoolQuotas = DEFAULT_QUOTAS,
  ) {
    super(app, stage);
    const userPool = (this.userPool = this.createUserPool());
    const domain = this.createDomain();
    this.resourceServers = new ResourceServers(this, userPool);
    this.clients = new UserPoolClients(this, {
      userPool,
      domain,
      scopes: this.resourceServers,
    });
    this.groups = new UserPoolGroups(this, userPool);
    this.addOutputs(domain);
    const { identityPoolArn } = stage.existing;
    if (identityPoolArn !== undefined)
      this.setIdentityPool(IdentityPool.fromIdentityPoolArn(identityPoolArn));
    this.node.addValidation({ validate: () => this.validateQuotas(quotas) });
  }

  /**
   * An API that clients get scopes of.
   *
   * @param scopes name to the sentence shown to a reviewer
   */
  addResourceServer<S extends string>(
    id: string,
    scopes: Readonly<Record<S, string>>,
  ): ResourceServer<S> {
    return this.resourceServers.add(id, scopes);
  }

  /** A service that gets tokens by its own id and secret, which lie in Secrets Manager under `{stack}/{id}`. */
  addServiceClient(id: string, options: ServiceClientOptions): ServiceClient {
    return this.clients.addService(id, options);
  }

  /**
   * A public client that people's scripts sign in with. The one named `programmatic-client`, else the only one, is the
   * stage's `client_id`, and the one whose users get credentials of the identity pool.
   */
  addProgrammaticClient(
    id: string,
    options: ProgrammaticClientOptions = {},
  ): ProgrammaticClient {
    if (this.clients.exported === undefined) {
      addOutput(
        this,
        "client_id",
        Lazy.stringValue({ produce: () => this.clients.exported?.clientId }),
        "Id of the client that people's scripts sign in with",
      );
    }
    return this.clients.addProgrammatic(id, options);
  }

  /** A public client for a page in a browser: authorization code with PKCE. */
  addFrontendClient(
    id: string,
    options: FrontendClientOptions,
  ): FrontendClient {
    return this.clients.addFrontend(id, options);
  }

  /** A group whose members get a role of its own, with access to buckets. */
  addGroup(name: string, options: BucketGroupOptions): UserPoolGroup {
    return this.groups.addWithBuckets(
      name,
      options,
      this.getOrCreateIdentityPool(),
    );
  }

  /** A group whose members get a role that exists already. */
  addGroupWithRole(name: string, options: RoleGroupOptions): UserPoolGroup {
    this.getOrCreateIdentityPool();
    return this.groups.addWithRole(name, options);
  }

  /** Lets workloads of another issuer assume the roles added by {@link addOidcRole}. */
  addOidcProvider(options: OidcProviderOptions): IOidcProvider {
    if (this.oidcProvider !== undefined) {
      addValidationErrors(
        this,
        `OIDC provider must be added once, got "${options.issuer}" after "${this.oidcProvider.issuer}"`,
      );
      return this.oidcProvider;
    }
    const id = "oidc-provider";
    const provider =
      options.origin === "existing"
        ? OidcProvider.fromIssuer(this, id, options.issuer)
        : new OidcProvider(this, id, options);
    this.oidcProvider = provider;
    addOutput(
      this,
      "oidc_provider_arn",
      provider.providerArn,
      "ARN of the OIDC provider",
    );
    return provider;
  }

  /**
   * A role for workloads of the OIDC provider, which is added first. In a stage named for production it trusts runs of
   * GitHub through an environment alone.
   */
  addOidcRole(
    name: string,
    options: Omit<OidcRoleProps, "provider" | "roleName" | "region">,
  ): OidcRole {
    if (this.oidcProvider === undefined) {
      addValidationErrors(
        this,
        `OIDC role must come after an OIDC provider is added, got "${name}" without one`,
      );
    }
    const { stage, stackName, region } = this.config;
    const role = new OidcRole(
      this.oidcRoles,
      ensureUniqueId(this.oidcRoles, name),
      {
        ...options,
        provider: this.oidcProvider ?? {
          issuer: "missing",
          providerArn: "missing",
        },
        roleName: getRoleName(stackName, name),
        region,
      },
    );
    const ungated = PRODUCTION.test(stage)
      ? findUngatedSubjects(options.subjects)
      : [];
    addValidationErrors(
      role,
      ...ungated.map(
        (subject) =>
          `OIDC subject of stage "${stage}" must be of a GitHub environment, whose reviewers are the gate, got "${subject}"`,
      ),
    );
    return role;
  }

  private createUserPool(): IUserPool {
    const { stackName, existing, userPool } = this.config;
    return existing.userPoolId === undefined
      ? new UserPool(this, "user-pool", {
          userPoolName: stackName,
          ...userPool,
        })
      : UserPool.fromUserPoolId(existing.userPoolId);
  }

  private createDomain(): IUserPoolDomain {
    const { stackName, region, existing } = this.config;
    return existing.domainPrefix === undefined
      ? new UserPoolDomain(this, "domain", {
          userPool: this.userPool,
          prefix: stackName,
          region,
        })
      : UserPoolDomain.fromPrefix(existing.domainPrefix, region);
  }

  private addOutputs({ baseUrl }: IUserPoolDomain): void {
    const { userPoolId } = this.userPool;
    const { region } = this.config;
    const issuer = getUserPoolIssuer(region, userPoolId);
    const jwksUrl = getUserPoolJwksUrl(region, userPoolId);
    addOutput(this, "userpool_id", userPoolId, "Id of the user pool");
    addOutput(
      this,
      "userpool_domain_base_url",
      baseUrl,
      "Base URL of the hosted domain",
    );
    addOutput(this, "issuer", issuer, "Issuer of the user pool's tokens");
    addOutput(
      this,
      "jwks_url",
      jwksUrl,
      "Public keys that the user pool's tokens verify with",
    );
  }

  /** The identity pool, made when the first group needs it. */
  private getOrCreateIdentityPool(): IIdentityPool {
    if (this.identityPool !== undefined) return this.identityPool;
    const { region, stackName } = this.config;
    const provider = this.clients.addUserPassword(
      IDENTITY_PROVIDER_CLIENT,
      "Identity Pool Authentication Provider",
    );
    return this.setIdentityPool(
      new IdentityPool(this, "identity-pool", {
        userPool: this.userPool,
        region,
        identityPoolName: getIdentityPoolName(stackName),
        authenticatedRoleName: getRoleName(stackName, "authenticated"),
        trustedClientIds: () =>
          [provider, this.clients.exported].flatMap((client) =>
            client === undefined ? [] : [client.clientId],
          ),
      }),
    );
  }

  private setIdentityPool(identityPool: IIdentityPool): IIdentityPool {
    this.identityPool = identityPool;
    const { identityPoolId, identityPoolArn } = identityPool;
    addOutput(
      this,
      "identitypool_id",
      identityPoolId,
      "Id of the identity pool",
    );
    addOutput(
      this,
      "identitypool_arn",
      identityPoolArn,
      "ARN of the identity pool",
    );
    return identityPool;
  }

  private validateQuotas(quotas: UserPoolQuotas): string[] {
    const counts = [
      ["resource servers", this.resourceServers.count, quotas.resourceServers],
      ["clients", this.clients.count, quotas.clients],
      ["groups", this.groups.count, quotas.groups],
    ] as const;
    return counts
      .filter(([, count, most]) => count > most)
      .map(
        ([noun, count, most]) =>
          `number of ${noun} of a user pool must be at most ${most}, got ${count}`,
      );
  }
}
