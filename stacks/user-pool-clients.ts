import { Fn, Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  check,
  claimId,
  ClientSecret,
  FrontendClient,
  type FrontendClientProps,
  isUnknown,
  type IUserPool,
  type IUserPoolDomain,
  LIMITS,
  mayContainScope,
  OPENID_SCOPES,
  ProgrammaticClient,
  type ProgrammaticClientProps,
  ServiceClient,
  type ServiceClientProps,
  type SignInScope,
  toList,
  UserError,
  UserPoolClient,
  WebClient,
  type WebClientProps,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { StageConfig } from "./config/config";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
  getOutputName,
  getSecretName,
  getServiceClientName,
  IDENTITY_PROVIDER_CLIENT,
  IDENTITY_PROVIDER_CLIENT_NAME,
  PROGRAMMATIC_CLIENT,
} from "./naming";
import type { ClientScopes, ResourceServers } from "./resource-servers";

type ClientOptions<Props> = Omit<Props, "userPool" | "clientName">;

/** Options of a client for a service. */
export type ServiceClientOptions = ClientOptions<ServiceClientProps>;
/** Options of a client for a page in a browser. */
export type FrontendClientOptions = ClientOptions<FrontendClientProps>;
/** Options of a client for an application on a server. */
export type WebClientOptions = ClientOptions<WebClientProps>;

/** Options of a client with which users sign in from scripts. */
export interface ProgrammaticClientOptions extends ClientOptions<ProgrammaticClientProps> {
  /**
   * Name of the client in Amazon Cognito.
   *
   * @default the id
   */
  readonly name?: string;
  /**
   * Whether users can sign in through the browser, as the command `credentials` does for users of identity providers. It
   * adds callback URLs on the user's own computer.
   *
   * @default false
   */
  readonly browserSignIn?: boolean;
}

/** The clients of a stage, with their secrets and outputs. */
export class UserPoolClients {
  private readonly parent: Construct;
  private readonly secrets: Construct;
  private readonly clientSecrets = new Map<UserPoolClient, ClientSecret>();
  private readonly programmatic = new Map<string, ProgrammaticClient>();

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly domain: IUserPoolDomain,
    private readonly resourceServers: ResourceServers,
  ) {
    this.parent = new Construct(stack, "clients");
    this.secrets = new Construct(stack, "secrets");
    this.parent.node.addValidation({ validate: () => this.validateExported() });
  }

  /** The client in the output `client_id`: the one with a fixed id, or the only programmatic client. */
  get exported(): ProgrammaticClient | undefined {
    const [first] = this.programmatic.values();
    return this.programmatic.get(PROGRAMMATIC_CLIENT) ?? first;
  }

  list(): UserPoolClient[] {
    return this.parent.node.children.filter(
      (client) => client instanceof UserPoolClient,
    );
  }

  /** @throws UserError if the client is of another stack, or has no secret */
  getSecret(client: UserPoolClient): ClientSecret {
    const secret = this.clientSecrets.get(client);
    if (secret !== undefined) return secret;
    throw new UserError(
      `client must have a secret in the stage "${this.stack.config.stage}", got "${client.node.id}"`,
      "pass a service, web or programmatic client of this stack",
    );
  }

  addService(
    id: string,
    { scopes, ...options }: ServiceClientOptions,
  ): ServiceClient {
    const resolved = this.resolveScopes(id, scopes);
    const client = new ServiceClient(...this.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName: getServiceClientName(id),
      scopes: resolved.references,
    });
    resolved.addDependency(client);
    this.addSecret("client_credentials", client, { scope: resolved.names });
    return client;
  }

  addProgrammatic(
    id: string,
    {
      name = id,
      browserSignIn = false,
      callbackUrls = [],
      scopes,
      ...options
    }: ProgrammaticClientOptions,
  ): ProgrammaticClient {
    const resolved = scopes && this.resolveScopes(id, scopes);
    const client = this.addUserPassword(id, name, {
      ...options,
      ...(resolved && { scopes: resolved.references }),
      callbackUrls: browserSignIn
        ? addBrowserCallbackUrls(callbackUrls)
        : callbackUrls,
    });
    resolved?.addDependency(client);
    addValidationErrors(
      client,
      browserSignIn && scopes && !mayContainScope(toList(scopes), "openid")
        ? `scopes of a client with browserSignIn must contain "openid", got ${scopes.join(", ")}`
        : undefined,
    );
    if (this.programmatic.size === 0) this.addExportedOutput();
    this.programmatic.set(id, client);
    return client;
  }

  /** Adds the client that only the identity pool uses. */
  addIdentityPoolHelper(): ProgrammaticClient {
    return this.addUserPassword(
      IDENTITY_PROVIDER_CLIENT,
      IDENTITY_PROVIDER_CLIENT_NAME,
    );
  }

  addFrontend(
    id: string,
    { scopes = OPENID_SCOPES, ...options }: FrontendClientOptions,
  ): FrontendClient {
    const resolved = this.resolveScopes(id, scopes);
    const client = new FrontendClient(...this.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName: id,
      scopes: resolved.references,
    });
    resolved.addDependency(client);
    this.addClientIdOutput(id, client);
    return client;
  }

  addWeb(
    id: string,
    { scopes = OPENID_SCOPES, ...options }: WebClientOptions,
  ): WebClient {
    const resolved = this.resolveScopes(id, scopes);
    const client = new WebClient(...this.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName: id,
      scopes: resolved.references,
    });
    resolved.addDependency(client);
    this.addClientIdOutput(id, client);
    this.addSecret("authorization_code", client, { scope: resolved.names });
    return client;
  }

  private addUserPassword(
    id: string,
    clientName: string,
    options: ClientOptions<ProgrammaticClientProps> = {},
  ): ProgrammaticClient {
    const client = new ProgrammaticClient(...this.claimId(id), {
      ...options,
      userPool: this.userPool,
      clientName,
    });
    this.addSecret("user_password", client);
    return client;
  }

  private resolveScopes<S extends SignInScope>(
    id: string,
    scopes: readonly S[],
  ): ClientScopes<S> {
    return this.resourceServers.resolveScopes(this.parent, id, scopes);
  }

  /** Returns the first two arguments of a new client. */
  private claimId(id: string): [scope: Construct, id: string] {
    addValidationErrors(this.parent, check(LIMITS.clientId, id));
    return claimId(this.parent, id);
  }

  private addExportedOutput(): void {
    this.stack.addOutput(
      "client_id",
      Lazy.stringValue({ produce: () => this.exported?.clientId }),
      Lazy.stringValue({
        produce: () =>
          `Id of the client ${this.exported?.node.id ?? ""}, with which users sign in from scripts`,
      }),
    );
  }

  private addClientIdOutput(id: string, client: UserPoolClient): void {
    this.stack.addOutput(
      getOutputName(client.node.id, "client_id"),
      client.clientId,
      `Id of the client ${id}`,
    );
  }

  /** Adds the secret of a client. Services parse its fields. */
  private addSecret(
    flow: "authorization_code" | "client_credentials" | "user_password",
    client: ServiceClient | ProgrammaticClient | WebClient,
    otherFields: Readonly<Record<string, string>> = {},
  ): void {
    const { id } = client.node;
    const { stackName, region, accountId, secrets } = this.stack.config;
    const clientSecret = "clientSecret" in client ? client.clientSecret : null;
    const secretName = getSecretName(stackName, id);
    const secret = new ClientSecret(this.secrets, id, {
      secretName,
      fields: {
        flow,
        cognito_domain: this.domain.baseUrl,
        client_id: client.clientId,
        userpool_id: this.userPool.userPoolId,
        aws_region: region,
        ...otherFields,
      },
      clientSecret,
      readerRoleArns: clientSecret === null ? [] : secrets.readerRoleArns,
      recoveryDays: secrets.recoveryDays,
      accountId,
    });
    this.clientSecrets.set(client, secret);
    const noun =
      id === IDENTITY_PROVIDER_CLIENT
        ? "the identity pool's helper client"
        : "the client";
    const owner = `of the secret of ${noun} ${id}`;
    const isUnique = this.stack.addOutput(
      getOutputName(id, "secret_id"),
      secretName,
      `Name ${owner}`,
    );
    // the names of both outputs are equal to those of the same client
    if (isUnique)
      this.stack.addOutput(
        getOutputName(id, "secret_arn"),
        secret.secretArn,
        `ARN ${owner}`,
      );
  }

  private validateExported(): string[] {
    const ids = [...this.programmatic.keys()];
    return ids.length < 2 || ids.includes(PROGRAMMATIC_CLIENT)
      ? []
      : [
          `one of several programmatic clients must be "${PROGRAMMATIC_CLIENT}", got ${ids.join(", ")}`,
        ];
  }
}

function addBrowserCallbackUrls(urls: readonly string[]): readonly string[] {
  const browserUrls = BROWSER_SIGN_IN_PORTS.map(getBrowserCallbackUrl);
  return isUnknown(urls)
    ? Token.asList(Fn.distinct(Token.asList(Fn.concat([urls, browserUrls]))))
    : [...urls, ...browserUrls.filter((url) => !urls.includes(url))];
}
