import { Lazy, Token, type App } from "cdktf";
import { Construct } from "constructs";
import {
  bucketStatements,
  normalizeGrant,
  type BucketGrants,
} from "../constructs/bucket-access";
import { ClientSecret } from "../constructs/client-secret";
import {
  FrontendClient,
  type FrontendClientProps,
} from "../constructs/frontend-client";
import { GroupRole } from "../constructs/group-role";
import { IdentityPool, type IIdentityPool } from "../constructs/identity-pool";
import {
  DEFAULT_QUOTAS,
  LIMITS,
  type UserPoolQuotas,
} from "../constructs/limits";
import {
  IDENTITY_PROVIDER_CLIENT,
  identityPoolName,
  outputName,
  partitionOf,
  PROGRAMMATIC_CLIENT,
  resourceServerIdentifier,
  roleName,
  secretName,
  serviceClientName,
  userPoolIssuer,
  userPoolJwksUrl,
} from "../constructs/names";
import { OidcProvider, type IOidcProvider } from "../constructs/oidc-provider";
import { OidcRole, type OidcRoleProps } from "../constructs/oidc-role";
import { ProgrammaticClient } from "../constructs/programmatic-client";
import { ResourceServer, type OAuthScope } from "../constructs/resource-server";
import { ServiceClient } from "../constructs/service-client";
import { UserGroup } from "../constructs/user-group";
import { UserPool, type IUserPool } from "../constructs/user-pool";
import type { TokenLives } from "../constructs/user-pool-client";
import {
  UserPoolDomain,
  type IUserPoolDomain,
} from "../constructs/user-pool-domain";
import { check, reportProblems } from "../constructs/validation";
import type { StageConfig } from "./config";
import { addOutput, type OutputName } from "./outputs";
import { StageStack } from "./stage-stack";

type Added<Props> = Omit<Props, "userPool" | "clientName">;

export interface ServiceClientOptions extends TokenLives {
  /** Scopes of this stage's resource servers; a token has them in the order given. */
  readonly scopes: readonly OAuthScope[];
}

export interface ProgrammaticClientOptions extends TokenLives {
  /** @default the client's id */
  readonly name?: string;
  /** @default none, and OAuth is off */
  readonly callbackUrls?: readonly string[];
}

interface GroupOptions {
  readonly description: string;
  /** From 1, another for each group: of a user's groups the lowest one's role is taken. */
  readonly precedence: number;
}

export interface BucketGroupOptions extends GroupOptions {
  readonly buckets: BucketGrants;
}

export interface RoleGroupOptions extends GroupOptions {
  /** Existing role. Its trust policy is its owner's to keep: it has to trust this stage's identity pool. */
  readonly roleArn: string;
}

export interface OidcProviderOptions {
  /** Host and path of the issuer, without `https://`. */
  readonly issuer: string;
  /** Whether another stage or team has made the provider in this account, so that it is looked up. */
  readonly exists: boolean;
  /** @default none */
  readonly thumbprint?: string;
}

/**
 * One stage of the auth system: its user pool and hosted domain, and what is added by the verbs below. Every resource
 * is keyed by the id it was added with, so taking one out touches no other.
 */
export class AuthStack extends StageStack {
  private readonly userPool: IUserPool;
  private readonly domain: IUserPoolDomain;
  private readonly resourceServers = new Construct(this, "resource-servers");
  private readonly clients = new Construct(this, "clients");
  private readonly secrets = new Construct(this, "secrets");
  private readonly groups = new Construct(this, "groups");
  private readonly groupRoles = new Construct(this, "group-roles");
  private readonly oidcRoles = new Construct(this, "oidc-roles");
  private readonly programmaticClients = new Map<string, ProgrammaticClient>();
  /** Name that Cognito has for a scope of this stage -> reference to it. */
  private readonly scopes = new Map<OAuthScope, OAuthScope>();
  /** Reference to a scope of this stage -> its name. */
  private readonly scopeNames = new Map<OAuthScope, OAuthScope>();
  private readonly groupsByPrecedence = new Map<number, string>();
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
    this.userPool =
      stage.userPoolId === undefined
        ? new UserPool(this, "user-pool", {
            userPoolName: stage.stackName,
            deletionProtection: stage.deletionProtection,
          })
        : UserPool.fromUserPoolId(stage.userPoolId);
    this.domain =
      stage.userPoolDomain === undefined
        ? new UserPoolDomain(this, "domain", {
            userPool: this.userPool,
            prefix: stage.stackName,
            region: stage.region,
          })
        : UserPoolDomain.fromPrefix(stage.userPoolDomain, stage.region);

    const { userPoolId } = this.userPool;
    this.output("userpool_id", userPoolId, "Id of the user pool");
    this.output(
      "userpool_domain_base_url",
      this.domain.baseUrl,
      "Base URL of the hosted domain",
    );
    this.output(
      "issuer",
      userPoolIssuer(stage.region, userPoolId),
      "Issuer of the user pool's tokens",
    );
    this.output(
      "jwks_url",
      userPoolJwksUrl(stage.region, userPoolId),
      "Public keys that tokens verify with",
    );
    if (stage.identityPoolArn !== undefined) {
      this.useIdentityPool(
        IdentityPool.fromIdentityPoolArn(stage.identityPoolArn),
      );
    }
    this.node.addValidation({
      validate: () => [
        ...this.quotaProblems(quotas),
        ...this.exportedClientProblems(),
      ],
    });
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
    const identifier = resourceServerIdentifier(id);
    const server = new ResourceServer(
      this.resourceServers,
      this.newId(this.resourceServers, id),
      {
        userPool: this.userPool,
        identifier,
        scopes,
      },
    );
    for (const scope of Object.keys(scopes) as S[]) {
      const name: OAuthScope = `${identifier}/${scope}`;
      this.scopes.set(name, server.scope(scope));
      this.scopeNames.set(server.scope(scope), name);
    }
    return server;
  }

  /** A service that gets tokens by its own id and secret, which lie in Secrets Manager under `{stack}/{id}`. */
  addServiceClient(id: string, options: ServiceClientOptions): ServiceClient {
    const { scopes, ...lives } = options;
    const names = this.knownScopes(id, scopes);
    const client = new ServiceClient(this.clients, this.newClientId(id), {
      ...lives,
      userPool: this.userPool,
      clientName: serviceClientName(id),
      // by reference, so that Terraform makes a resource server before its clients
      scopes: names.map((name) => this.scopes.get(name) ?? name),
    });
    this.addSecret(id, {
      fields: {
        flow: "client_credentials",
        cognito_domain: this.domain.baseUrl,
        client_id: client.clientId,
        userpool_id: this.userPool.userPoolId,
        scope: names.join(" "),
        aws_region: this.stage.region,
      },
      clientSecret: client.clientSecret,
      readerRoleArns: this.stage.secretRoleAccess,
    });
    return client;
  }

  /**
   * A public client that people's scripts sign in with. The one named `programmatic-client`, else the only one, is the
   * stage's `client_id`, and the one whose users get credentials of the identity pool.
   */
  addProgrammaticClient(
    id: string,
    options: ProgrammaticClientOptions = {},
  ): ProgrammaticClient {
    const { name = id, ...rest } = options;
    const client = this.addPasswordClient(id, { ...rest, clientName: name });
    if (this.programmaticClients.size === 0) {
      this.output(
        "client_id",
        Lazy.stringValue({ produce: () => this.exportedClient()?.clientId }),
        "Id of the client that people's scripts sign in with",
      );
    }
    this.programmaticClients.set(id, client);
    return client;
  }

  /** A public client for a page in a browser: authorization code with PKCE. */
  addFrontendClient(
    id: string,
    options: Added<FrontendClientProps>,
  ): FrontendClient {
    const client = new FrontendClient(this.clients, this.newClientId(id), {
      ...options,
      userPool: this.userPool,
      clientName: id,
    });
    this.output(
      outputName(id, "client_id"),
      client.clientId,
      `Id of the client ${id}`,
    );
    return client;
  }

  /** A group whose members get a role of its own, with access to buckets. */
  addGroup(name: string, options: BucketGroupOptions): UserGroup {
    const { buckets } = options;
    const role = new GroupRole(
      this.groupRoles,
      this.newId(this.groupRoles, name),
      {
        identityPool: this.needIdentityPool(),
        region: this.stage.region,
        roleName: roleName(this.stage.stackName, name),
        statements: bucketStatements(buckets, partitionOf(this.stage.region)),
      },
    );
    reportProblems(
      role,
      ...Object.entries(buckets).flatMap(([bucket, grant]) => [
        check(LIMITS.bucketName, bucket),
        typeof grant === "string"
          ? undefined
          : check(LIMITS.bucketPrefix, normalizeGrant(grant).prefix),
      ]),
    );
    return this.newGroup(name, { ...options, roleArn: role.roleArn });
  }

  /** A group whose members get a role that exists already. */
  addGroupWithRole(name: string, options: RoleGroupOptions): UserGroup {
    this.needIdentityPool();
    return this.newGroup(name, options);
  }

  /** Lets workloads of another issuer assume the roles added by {@link addOidcRole}. */
  addOidcProvider(options: OidcProviderOptions): IOidcProvider {
    const { issuer, exists, thumbprint } = options;
    const id = this.newId(this, "oidc-provider");
    const provider = exists
      ? OidcProvider.fromIssuer(this, id, issuer)
      : new OidcProvider(this, id, {
          issuer,
          ...(thumbprint !== undefined && { thumbprint }),
        });
    this.oidcProvider = provider;
    this.output(
      "oidc_provider_arn",
      provider.providerArn,
      "ARN of the OIDC provider",
    );
    return provider;
  }

  /** A role for workloads of the OIDC provider, which is added first. */
  addOidcRole(
    name: string,
    options: Omit<OidcRoleProps, "provider" | "roleName">,
  ): OidcRole {
    if (this.oidcProvider === undefined) {
      reportProblems(
        this,
        `OIDC role must come after an OIDC provider is added, got "${name}" without one`,
      );
    }
    return new OidcRole(this.oidcRoles, this.newId(this.oidcRoles, name), {
      ...options,
      provider: this.oidcProvider ?? {
        issuer: "missing",
        providerArn: "missing",
      },
      roleName: roleName(this.stage.stackName, name),
    });
  }

  private addPasswordClient(
    id: string,
    options: TokenLives & {
      readonly clientName: string;
      readonly callbackUrls?: readonly string[];
    },
  ): ProgrammaticClient {
    const client = new ProgrammaticClient(this.clients, this.newClientId(id), {
      ...options,
      userPool: this.userPool,
    });
    this.addSecret(id, {
      fields: {
        flow: "user_password",
        cognito_domain: this.domain.baseUrl,
        client_id: client.clientId,
        userpool_id: this.userPool.userPoolId,
        aws_region: this.stage.region,
      },
      clientSecret: null,
    });
    return client;
  }

  private addSecret(
    id: string,
    content: {
      fields: Record<string, string>;
      clientSecret: string | null;
      readerRoleArns?: readonly string[];
    },
  ): void {
    const name = secretName(this.stage.stackName, id);
    const secret = new ClientSecret(
      this.secrets,
      this.newId(this.secrets, id),
      {
        ...content,
        secretName: name,
        recoveryDays: this.stage.secretRecoveryDays,
      },
    );
    this.output(
      outputName(id, "secret_id"),
      name,
      `Name of the secret of the client ${id}`,
    );
    this.output(
      outputName(id, "secret_arn"),
      secret.secretArn,
      `ARN of the secret of the client ${id}`,
    );
  }

  private newGroup(name: string, options: RoleGroupOptions): UserGroup {
    const group = new UserGroup(this.groups, this.newId(this.groups, name), {
      userPool: this.userPool,
      groupName: name,
      description: options.description,
      precedence: options.precedence,
      roleArn: options.roleArn,
    });
    const other = this.groupsByPrecedence.get(options.precedence);
    if (other !== undefined) {
      reportProblems(
        group,
        `group precedence must be another than that of "${other}", got ${options.precedence}`,
      );
    }
    this.groupsByPrecedence.set(options.precedence, name);
    return group;
  }

  /** The identity pool, made when the first group needs it. */
  private needIdentityPool(): IIdentityPool {
    if (this.identityPool !== undefined) return this.identityPool;
    const provider = this.addPasswordClient(IDENTITY_PROVIDER_CLIENT, {
      clientName: "Identity Pool Authentication Provider",
    });
    return this.useIdentityPool(
      new IdentityPool(this, "identity-pool", {
        userPool: this.userPool,
        region: this.stage.region,
        identityPoolName: identityPoolName(this.stage.stackName),
        authenticatedRoleName: roleName(this.stage.stackName, "authenticated"),
        trustedClientIds: () =>
          [provider, this.exportedClient()].flatMap((client) =>
            client === undefined ? [] : [client.clientId],
          ),
      }),
    );
  }

  private useIdentityPool(identityPool: IIdentityPool): IIdentityPool {
    this.identityPool = identityPool;
    this.output(
      "identitypool_id",
      identityPool.identityPoolId,
      "Id of the identity pool",
    );
    this.output(
      "identitypool_arn",
      identityPool.identityPoolArn,
      "ARN of the identity pool",
    );
    return identityPool;
  }

  /** The scopes by name. One that no resource server of this stage has would fail the apply. */
  private knownScopes(
    clientId: string,
    scopes: readonly OAuthScope[],
  ): OAuthScope[] {
    const names = scopes.map((scope) => this.scopeNames.get(scope) ?? scope);
    reportProblems(
      this.clients,
      ...names
        .filter((name, index) => names.indexOf(name) !== index)
        .map(
          (name) =>
            `scopes of "${clientId}" must be given once each, got "${name}" twice`,
        ),
      ...names
        .filter((name) => !Token.isUnresolved(name) && !this.scopes.has(name))
        .map(
          (name) =>
            `scopes of "${clientId}" must be among ${[...this.scopes.keys()].join(", ")}, got "${name}"`,
        ),
    );
    return [...new Set(names)];
  }

  private newClientId(id: string): string {
    reportProblems(this.clients, check(LIMITS.clientId, id));
    return this.newId(this.clients, id);
  }

  /** The construct id for a caller's id; a second use of one is a problem, and gets an id of its own to be told by. */
  private newId(parent: Construct, id: string): string {
    if (id !== "" && parent.node.tryFindChild(id) === undefined) return id;
    if (id !== "")
      reportProblems(parent, `id must be another for each, got "${id}" twice`);
    return `${id} (${parent.node.children.length + 1})`;
  }

  private output(name: OutputName, value: string, description: string): void {
    if (this.node.tryFindChild(name) === undefined)
      addOutput(this, name, value, description);
    else
      reportProblems(
        this,
        `output must be another for each client, got "${name}" twice`,
      );
  }

  private exportedClient(): ProgrammaticClient | undefined {
    const [only] = this.programmaticClients.values();
    return this.programmaticClients.get(PROGRAMMATIC_CLIENT) ?? only;
  }

  private exportedClientProblems(): string[] {
    const ids = [...this.programmaticClients.keys()];
    return ids.length < 2 || ids.includes(PROGRAMMATIC_CLIENT)
      ? []
      : [
          `one of several programmatic clients must be "${PROGRAMMATIC_CLIENT}", got ${ids.join(", ")}`,
        ];
  }

  private quotaProblems(quotas: UserPoolQuotas): string[] {
    const count = (
      noun: string,
      of: Construct,
      max: number,
    ): string | undefined =>
      of.node.children.length <= max
        ? undefined
        : `number of ${noun} of a user pool must be at most ${max}, got ${of.node.children.length}`;
    return [
      count("resource servers", this.resourceServers, quotas.resourceServers),
      count("clients", this.clients, quotas.clients),
      count("groups", this.groups, quotas.groups),
    ].filter((problem) => problem !== undefined);
  }
}
