import { Construct } from "constructs";
import { ClientSecret } from "../constructs/client-secret";
import {
  FrontendClient,
  type FrontendClientProps,
  ProgrammaticClient,
  ServiceClient,
  type TokenValidity,
} from "../constructs/user-pool-client";
import { LIMITS } from "../constructs/constraints";
import {
  getOutputName,
  getSecretName,
  getServiceClientName,
  PROGRAMMATIC_CLIENT,
} from "./naming";
import type { OAuthScope } from "../constructs/resource-server";
import type { IUserPool } from "../constructs/user-pool";
import type { IUserPoolDomain } from "../constructs/user-pool-domain";
import {
  addValidationErrors,
  check,
  ensureUniqueId,
} from "../constructs/validation";
import type { ResourceServers } from "./resource-servers";
import type { StageConfig } from "./config/config";
import { addOutput } from "./outputs";
import type { BaseStack } from "./base-stack";

export interface ServiceClientOptions extends TokenValidity {
  /** Scopes of this stage's resource servers; a token has them in the order given. */
  readonly scopes: readonly OAuthScope[];
}

export interface ProgrammaticClientOptions extends TokenValidity {
  /** @default the client's id */
  readonly name?: string;
  /** @default none, and OAuth is off */
  readonly callbackUrls?: readonly string[];
}

export type FrontendClientOptions = Omit<
  FrontendClientProps,
  "userPool" | "clientName"
>;

/** What clients are made in. */
export interface ClientDependencies {
  readonly userPool: IUserPool;
  readonly domain: IUserPoolDomain;
  readonly scopes: ResourceServers;
}

/** The app clients of a stage, with their secrets and outputs. */
export class UserPoolClients {
  private readonly clients: Construct;
  private readonly secrets: Construct;
  private readonly programmatic = new Map<string, ProgrammaticClient>();

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly dependencies: ClientDependencies,
  ) {
    this.clients = new Construct(stack, "clients");
    this.secrets = new Construct(stack, "secrets");
    this.clients.node.addValidation({
      validate: () => this.validateExported(),
    });
  }

  get count(): number {
    return this.clients.node.children.length;
  }

  /** The programmatic client that the stage exports: by its name, else the only one. */
  get exported(): ProgrammaticClient | undefined {
    const [only] = this.programmatic.values();
    return this.programmatic.get(PROGRAMMATIC_CLIENT) ?? only;
  }

  addService(
    id: string,
    { scopes, ...lives }: ServiceClientOptions,
  ): ServiceClient {
    const { userPool, scopes: known } = this.dependencies;
    const names = known.resolveScopeNames(this.clients, id, scopes);
    const client = new ServiceClient(this.clients, this.createId(id), {
      ...lives,
      userPool,
      clientName: getServiceClientName(id),
      scopes: names.map((name) => known.getReference(name)),
    });
    this.addSecret(
      id,
      client.clientSecret,
      this.stack.config.secrets.readerRoleArns,
      {
        ...this.createSecretFields("client_credentials", client),
        scope: names.join(" "),
      },
    );
    return client;
  }

  addProgrammatic(
    id: string,
    { name = id, ...rest }: ProgrammaticClientOptions,
  ): ProgrammaticClient {
    const client = this.addUserPassword(id, name, rest);
    this.programmatic.set(id, client);
    return client;
  }

  /** A client that users sign in to by password, and that the stage does not export. */
  addUserPassword(
    id: string,
    clientName: string,
    options: Omit<ProgrammaticClientOptions, "name"> = {},
  ): ProgrammaticClient {
    const client = new ProgrammaticClient(this.clients, this.createId(id), {
      ...options,
      clientName,
      userPool: this.dependencies.userPool,
    });
    this.addSecret(
      id,
      null,
      [],
      this.createSecretFields("user_password", client),
    );
    return client;
  }

  addFrontend(id: string, options: FrontendClientOptions): FrontendClient {
    const client = new FrontendClient(this.clients, this.createId(id), {
      ...options,
      userPool: this.dependencies.userPool,
      clientName: id,
    });
    const output = getOutputName(id, "client_id");
    addOutput(this.stack, output, client.clientId, `Id of the client ${id}`);
    return client;
  }

  private createSecretFields(
    flow: "client_credentials" | "user_password",
    { clientId }: { readonly clientId: string },
  ): Record<string, string> {
    const { userPool, domain } = this.dependencies;
    return {
      flow,
      cognito_domain: domain.baseUrl,
      client_id: clientId,
      userpool_id: userPool.userPoolId,
      aws_region: this.stack.config.region,
    };
  }

  private addSecret(
    id: string,
    clientSecret: string | null,
    readerRoleArns: readonly string[],
    fields: Readonly<Record<string, string>>,
  ): void {
    const { stackName, secrets } = this.stack.config;
    const name = getSecretName(stackName, id);
    const secret = new ClientSecret(
      this.secrets,
      ensureUniqueId(this.secrets, id),
      {
        secretName: name,
        fields,
        clientSecret,
        readerRoleArns,
        recoveryDays: secrets.recoveryDays,
      },
    );
    const of = `of the secret of the client ${id}`;
    addOutput(this.stack, getOutputName(id, "secret_id"), name, `Name ${of}`);
    addOutput(
      this.stack,
      getOutputName(id, "secret_arn"),
      secret.secretArn,
      `ARN ${of}`,
    );
  }

  private createId(id: string): string {
    addValidationErrors(this.clients, check(LIMITS.clientId, id));
    return ensureUniqueId(this.clients, id);
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
