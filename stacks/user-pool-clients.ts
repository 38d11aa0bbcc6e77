import { Lazy } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  check,
  claimId,
  ClientSecret,
  type IUserPool,
  type IUserPoolDomain,
  LIMITS,
  type ProgrammaticClient,
  type ServiceClient,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import type { StageConfig } from "./config/config";
import {
  getOutputName,
  getSecretName,
  IDENTITY_PROVIDER_CLIENT,
  PROGRAMMATIC_CLIENT,
} from "./naming";

/** The clients of a stage, with their secrets and outputs. */
export class UserPoolClients {
  readonly parent: Construct;
  private readonly secrets: Construct;
  private readonly programmatic = new Map<string, ProgrammaticClient>();

  constructor(
    private readonly stack: BaseStack<StageConfig>,
    private readonly userPool: IUserPool,
    private readonly domain: IUserPoolDomain,
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

  /** Returns the first two arguments of a new client. */
  claimId(id: string): [scope: Construct, id: string] {
    addValidationErrors(this.parent, check(LIMITS.clientId, id));
    return claimId(this.parent, id);
  }

  /** Makes a programmatic client a candidate for the output `client_id`. */
  export(id: string, client: ProgrammaticClient): void {
    if (this.programmatic.size === 0) {
      this.stack.addOutput(
        "client_id",
        Lazy.stringValue({ produce: () => this.exported?.clientId }),
        Lazy.stringValue({
          produce: () =>
            `Id of the client ${this.exported?.node.id ?? ""}, with which users sign in from scripts`,
        }),
      );
    }
    this.programmatic.set(id, client);
  }

  /** Adds the secret of a client. Services parse its fields. */
  addSecret(
    flow: "client_credentials" | "user_password",
    client: ServiceClient | ProgrammaticClient,
    otherFields: Readonly<Record<string, string>> = {},
  ): void {
    const { id } = client.node;
    const { stackName, region, secrets } = this.stack.config;
    const clientSecret = "clientSecret" in client ? client.clientSecret : null;
    const secretName = getSecretName(stackName, id);
    const { secretArn } = new ClientSecret(this.secrets, id, {
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
    });
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
        secretArn,
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
