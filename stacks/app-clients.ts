import { Construct } from "constructs";
import { ClientSecret } from "../constructs/client-secret";
import {
  FrontendClient,
  type FrontendClientProps,
} from "../constructs/frontend-client";
import { LIMITS } from "../constructs/limits";
import {
  outputName,
  PROGRAMMATIC_CLIENT,
  secretName,
  serviceClientName,
} from "../constructs/names";
import { ProgrammaticClient } from "../constructs/programmatic-client";
import type { OAuthScope } from "../constructs/resource-server";
import { ServiceClient } from "../constructs/service-client";
import type { IUserPool } from "../constructs/user-pool";
import type { TokenLives } from "../constructs/user-pool-client";
import type { IUserPoolDomain } from "../constructs/user-pool-domain";
import { check, reportProblems } from "../constructs/validation";
import type { ApiScopes } from "./api-scopes";
import type { StageConfig } from "./config";
import { addOutput } from "./outputs";
import type { StageStack } from "./stage-stack";
import { uniqueId } from "./unique-id";

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

export type FrontendClientOptions = Omit<
  FrontendClientProps,
  "userPool" | "clientName"
>;

/** What clients are made in. */
export interface ClientSurroundings {
  readonly userPool: IUserPool;
  readonly domain: IUserPoolDomain;
  readonly scopes: ApiScopes;
}

/** The app clients of a stage, with their secrets and outputs. */
export class AppClients {
  private readonly clients: Construct;
  private readonly secrets: Construct;
  private readonly programmatic = new Map<string, ProgrammaticClient>();

  constructor(
    private readonly stack: StageStack<StageConfig>,
    private readonly surroundings: ClientSurroundings,
  ) {
    this.clients = new Construct(stack, "clients");
    this.secrets = new Construct(stack, "secrets");
    this.clients.node.addValidation({ validate: () => this.exportProblems() });
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
    const { userPool, scopes: known } = this.surroundings;
    const names = known.namesOf(this.clients, id, scopes);
    const client = new ServiceClient(this.clients, this.newId(id), {
      ...lives,
      userPool,
      clientName: serviceClientName(id),
      scopes: names.map((name) => known.reference(name)),
    });
    this.addSecret(id, client.clientSecret, this.stack.stage.secretRoleAccess, {
      ...this.fields("client_credentials", client),
      scope: names.join(" "),
    });
    return client;
  }

  addProgrammatic(
    id: string,
    { name = id, ...rest }: ProgrammaticClientOptions,
  ): ProgrammaticClient {
    const client = this.addPassword(id, name, rest);
    this.programmatic.set(id, client);
    return client;
  }

  /** A client that users sign in to by password, and that the stage does not export. */
  addPassword(
    id: string,
    clientName: string,
    options: Omit<ProgrammaticClientOptions, "name"> = {},
  ): ProgrammaticClient {
    const client = new ProgrammaticClient(this.clients, this.newId(id), {
      ...options,
      clientName,
      userPool: this.surroundings.userPool,
    });
    this.addSecret(id, null, [], this.fields("user_password", client));
    return client;
  }

  addFrontend(id: string, options: FrontendClientOptions): FrontendClient {
    const client = new FrontendClient(this.clients, this.newId(id), {
      ...options,
      userPool: this.surroundings.userPool,
      clientName: id,
    });
    const output = outputName(id, "client_id");
    addOutput(this.stack, output, client.clientId, `Id of the client ${id}`);
    return client;
  }

  private fields(
    flow: "client_credentials" | "user_password",
    { clientId }: { readonly clientId: string },
  ): Record<string, string> {
    const { userPool, domain } = this.surroundings;
    return {
      flow,
      cognito_domain: domain.baseUrl,
      client_id: clientId,
      userpool_id: userPool.userPoolId,
      aws_region: this.stack.stage.region,
    };
  }

  private addSecret(
    id: string,
    clientSecret: string | null,
    readerRoleArns: readonly string[],
    fields: Readonly<Record<string, string>>,
  ): void {
    const { stackName, secretRecoveryDays } = this.stack.stage;
    const name = secretName(stackName, id);
    const secret = new ClientSecret(this.secrets, uniqueId(this.secrets, id), {
      secretName: name,
      fields,
      clientSecret,
      readerRoleArns,
      recoveryDays: secretRecoveryDays,
    });
    const of = `of the secret of the client ${id}`;
    addOutput(this.stack, outputName(id, "secret_id"), name, `Name ${of}`);
    addOutput(
      this.stack,
      outputName(id, "secret_arn"),
      secret.secretArn,
      `ARN ${of}`,
    );
  }

  private newId(id: string): string {
    reportProblems(this.clients, check(LIMITS.clientId, id));
    return uniqueId(this.clients, id);
  }

  private exportProblems(): string[] {
    const ids = [...this.programmatic.keys()];
    return ids.length < 2 || ids.includes(PROGRAMMATIC_CLIENT)
      ? []
      : [
          `one of several programmatic clients must be "${PROGRAMMATIC_CLIENT}", got ${ids.join(", ")}`,
        ];
  }
}
