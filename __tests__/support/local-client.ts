import * as cognito from "@aws-sdk/client-cognito-identity-provider";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CURRENT_LABEL,
  FIRST_LABEL,
  isSecretIdLabel,
  TERRAFORM_LABEL,
} from "../../constructs/secret-labels";
import { ignoreAwsError } from "../../scripts/lib/aws/errors";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { ClientSecretTester } from "../../scripts/lib/rotation/client-secret-tester";
import { SdkRotationCalls } from "../../scripts/lib/rotation/rotation-calls";
import type { RotationContext } from "../../scripts/lib/rotation/rotation-steps";

const SCOPES = ["server/read", "server/write"];

/** Fields of a client's secret. */
type Fields = Readonly<Record<string, string>>;

/** The state of a rotation in AWS, with names instead of ids and values. */
export interface RotationSnapshot {
  /** Number of live secrets. */
  readonly live: number;
  /** Names of the secrets that Cognito recognizes. */
  readonly accepted: readonly string[];
  /** Name of the secret in AWSCURRENT. */
  readonly current: string;
  /** Other fields of AWSCURRENT. */
  readonly fields: Fields;
  /** Labels of each version. */
  readonly labels: readonly string[];
}

/** Options of {@link LocalClient.createContext}. */
export interface ContextOptions {
  /** @default that of the local AWS */
  readonly endpoint?: string;
  /** Attempts of the AWS SDK for each call. @default 1 */
  readonly attempts?: number;
  /** Factor of pauses. @default 0.02 */
  readonly speed?: number;
}

/** A service client in the local AWS, with its secret as a deployment writes it. */
export class LocalClient {
  /** Secrets that AWSCURRENT held, the first one first. */
  private readonly values: string[];
  private readonly cognitoClient: cognito.CognitoIdentityProviderClient;
  private readonly secretsClient: secretsManager.SecretsManagerClient;

  private constructor(
    readonly endpoint: string,
    readonly secretName: string,
    private readonly userPoolId: string,
    private readonly clientId: string,
    /** The secret that Cognito generated with the client. */
    readonly firstSecret: string,
  ) {
    const config = createClientConfig({ endpoint });
    this.cognitoClient = new cognito.CognitoIdentityProviderClient(config);
    this.secretsClient = new secretsManager.SecretsManagerClient(config);
    this.values = [firstSecret];
  }

  /** Creates a user pool for clients. */
  static async createPool(endpoint: string): Promise<string> {
    const pools = new cognito.CognitoIdentityProviderClient(
      createClientConfig({ endpoint }),
    );
    const { UserPool } = await pools.send(
      new cognito.CreateUserPoolCommand({ PoolName: "pool" }),
    );
    await pools.send(
      new cognito.CreateResourceServerCommand({
        UserPoolId: UserPool?.Id,
        Identifier: "server",
        Name: "server",
        Scopes: SCOPES.map((scope) => ({
          ScopeName: scope.replace("server/", ""),
          ScopeDescription: scope,
        })),
      }),
    );
    return UserPool?.Id ?? "";
  }

  static async create(
    endpoint: string,
    userPoolId: string,
    secretName: string,
  ): Promise<LocalClient> {
    const pools = new cognito.CognitoIdentityProviderClient(
      createClientConfig({ endpoint }),
    );
    const { UserPoolClient } = await pools.send(
      new cognito.CreateUserPoolClientCommand({
        UserPoolId: userPoolId,
        ClientName: "service",
        GenerateSecret: true,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthScopes: SCOPES,
      }),
    );
    const { ClientId = "", ClientSecret = "" } = UserPoolClient ?? {};
    const client = new LocalClient(
      endpoint,
      secretName,
      userPoolId,
      ClientId,
      ClientSecret,
    );
    await client.secretsClient.send(
      new secretsManager.CreateSecretCommand({ Name: secretName }),
    );
    await client.put({}, FIRST_LABEL);
    await client.put(
      {
        flow: "client_credentials",
        cognito_domain: "https://stack.auth.us-west-2.amazoncognito.com",
        client_id: ClientId,
        userpool_id: userPoolId,
        aws_region: "us-west-2",
        scope: SCOPES.join(" "),
        client_secret: ClientSecret,
      },
      CURRENT_LABEL,
      TERRAFORM_LABEL,
    );
    return client;
  }

  /** Returns what a rotation needs, with calls that are not sent again and pauses that are short. */
  createContext({
    endpoint = this.endpoint,
    attempts = 1,
    speed = 0.02,
  }: ContextOptions = {}): RotationContext {
    const config = {
      ...createClientConfig({ endpoint }),
      maxAttempts: attempts,
    };
    const pause = (milliseconds: number) => sleep(milliseconds * speed);
    const clients = {
      cognito,
      cognitoClient: new cognito.CognitoIdentityProviderClient(config),
      secretsManager,
      secretsClient: new secretsManager.SecretsManagerClient(config),
      region: config.region,
    };
    const start = Date.now();
    return {
      calls: new SdkRotationCalls(
        clients,
        new ClientSecretTester(
          { COGNITO_DOMAIN_ENDPOINT: endpoint },
          { log: () => undefined, pause },
        ),
      ),
      secretName: this.secretName,
      clock: {
        now: () => start + (Date.now() - start) / speed,
        sleep: pause,
      },
      log: () => undefined,
      formatRotate: (...options) => ["rotate-secret", ...options].join(" "),
      requireUnlockedState: () => Promise.resolve(),
      dropsUnknown: false,
      replacesInvalid: false,
    };
  }

  /** Reads the fields of AWSCURRENT. */
  async readFields(): Promise<Fields> {
    const { SecretString = "{}" } = await this.secretsClient.send(
      new secretsManager.GetSecretValueCommand({ SecretId: this.secretName }),
    );
    return JSON.parse(SecretString) as Fields;
  }

  /** Writes a version of the secret. */
  async put(fields: Fields, ...labels: string[]): Promise<void> {
    await this.secretsClient.send(
      new secretsManager.PutSecretValueCommand({
        SecretId: this.secretName,
        SecretString: JSON.stringify(fields),
        VersionStages: labels,
      }),
    );
  }

  /** Requests a token, and returns whether Cognito recognizes a secret. */
  async isAccepted(clientSecret: string): Promise<boolean> {
    const basic = Buffer.from(`${this.clientId}:${clientSecret}`);
    const { status } = await fetch(`${this.endpoint}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${basic.toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    return status === 200;
  }

  /** Returns whether Cognito recognizes the secret in AWSCURRENT. */
  async isCurrentAccepted(): Promise<boolean> {
    const { client_secret: secret = "" } = await this.readFields();
    return this.isAccepted(secret);
  }

  /** Writes AWSCURRENT as an apply does that changes fields, and removes AWSPREVIOUS from the version that it replaces. */
  async apply(fields: Fields): Promise<void> {
    const versions = await this.listVersions();
    const replaced = versions.find(({ labels }) =>
      labels.includes(TERRAFORM_LABEL),
    );
    await this.put(fields, CURRENT_LABEL, TERRAFORM_LABEL);
    const previous = (await this.listVersions()).find(({ labels }) =>
      labels.includes("AWSPREVIOUS"),
    );
    if (previous === undefined || previous.id !== replaced?.id) return;
    // a rotation can move the label at the same time
    await ignoreAwsError({ names: /^InvalidParameterException$/ }, () =>
      this.secretsClient.send(
        new secretsManager.UpdateSecretVersionStageCommand({
          SecretId: this.secretName,
          VersionStage: "AWSPREVIOUS",
          RemoveFromVersionId: previous.id,
        }),
      ),
    );
  }

  /** Describes the rotation. */
  async describe(): Promise<RotationSnapshot> {
    const { client_secret: value = "", ...fields } = await this.readFields();
    if (!this.values.includes(value)) this.values.push(value);
    const { ClientSecrets = [] } = await this.cognitoClient.send(
      new cognito.ListUserPoolClientSecretsCommand({
        UserPoolId: this.userPoolId,
        ClientId: this.clientId,
      }),
    );
    const accepted = await Promise.all(
      this.values.map((one) => this.isAccepted(one)),
    );
    const nameLabel = (label: string): string => {
      const index = ClientSecrets.findIndex(
        ({ ClientSecretId }) => ClientSecretId === label,
      );
      if (index >= 0) return `live secret ${index + 1}`;
      return isSecretIdLabel(label, this.clientId) ? "deleted secret" : label;
    };
    return {
      live: ClientSecrets.length,
      accepted: accepted.flatMap((is, index) =>
        is ? [nameSecret(index)] : [],
      ),
      current: nameSecret(this.values.indexOf(value)),
      fields: { ...fields, client_id: "id", userpool_id: "id" },
      labels: (await this.listVersions())
        .map(({ labels }) => labels.map(nameLabel).sort().join(" "))
        .sort(),
    };
  }

  private async listVersions(): Promise<
    readonly { readonly id: string; readonly labels: readonly string[] }[]
  > {
    const { Versions = [] } = await this.secretsClient.send(
      new secretsManager.ListSecretVersionIdsCommand({
        SecretId: this.secretName,
      }),
    );
    return Versions.map(({ VersionId = "", VersionStages = [] }) => ({
      id: VersionId,
      labels: VersionStages,
    }));
  }
}

function nameSecret(index: number): string {
  return `secret ${index + 1}`;
}

/** Sets the time until the local AWS recognizes a new client secret, and until it refuses a deleted one. */
export async function setSecretDelay(
  endpoint: string,
  delaySeconds: number,
): Promise<void> {
  await fetch(`${endpoint}/_ministack/client-secrets`, {
    method: "POST",
    body: JSON.stringify({ delaySeconds }),
  });
}
