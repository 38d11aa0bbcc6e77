import type * as cognito from "@aws-sdk/client-cognito-identity-provider";
import type * as secretsManager from "@aws-sdk/client-secrets-manager";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { explainError, ignoreAwsError } from "../aws/errors";
import { listAll } from "../aws/listings";
import { explainSecretErrors } from "../stage/secrets";

/** A version of a secret in Secrets Manager. */
export interface SecretVersion {
  readonly id: string;
  /** Staging labels, such as `AWSCURRENT`. */
  readonly labels: readonly string[];
  readonly createdAt: Date;
}

/** A version of a secret with its value, which is never printed. */
export interface SecretVersionValue extends SecretVersion {
  readonly text: string;
}

/** A live secret of a client. Cognito lists no values. */
export interface LiveSecret {
  /** `<client-id>--<epoch>` */
  readonly id: string;
  readonly createdAt: Date;
}

/** Ids that select a client. */
export interface ClientIds {
  readonly userPoolId: string;
  readonly clientId: string;
}

/** The settings of a client in Cognito that a rotation needs. */
export interface ClientDescription {
  /** The first secret, which is never printed. Absent once it was deleted, or if the client never had a secret. */
  readonly originalSecret: string | undefined;
  readonly callbackUrls: readonly string[];
}

/** The calls that read a rotation. */
export interface RotationReader {
  /**
   * Reads a version of a secret.
   *
   * @param versionId `undefined` selects AWSCURRENT
   * @returns `undefined` if the version does not exist
   * @throws UserError if the secret does not exist or has no current value
   */
  readVersion(
    secretName: string,
    versionId?: string,
  ): Promise<SecretVersionValue | undefined>;
  /** Lists the versions of a secret, or only those with labels. */
  listVersions(
    secretName: string,
    which: "labeled" | "all",
  ): Promise<readonly SecretVersion[]>;
  /** @returns `undefined` if the client or its user pool does not exist */
  describeClient(ids: ClientIds): Promise<ClientDescription | undefined>;
  listLiveSecrets(ids: ClientIds): Promise<readonly LiveSecret[]>;
}

/**
 * Sends a call of AWS.
 *
 * @param action IAM action of the call
 */
export type SendCall = <T>(
  action: string,
  send: () => Promise<T>,
) => Promise<T>;

/** Clients of the services, which all calls of one run share. */
export interface RotationClients {
  readonly cognito: typeof cognito;
  readonly cognitoClient: cognito.CognitoIdentityProviderClient;
  readonly secretsManager: typeof secretsManager;
  readonly secretsClient: secretsManager.SecretsManagerClient;
  readonly region: string;
}

export async function createRotationClients(
  target: AwsTarget,
): Promise<RotationClients> {
  const [cognitoSdk, secretsSdk] = await Promise.all([
    import("@aws-sdk/client-cognito-identity-provider"),
    import("@aws-sdk/client-secrets-manager"),
  ]);
  const [cognitoClient, secretsClient] = await Promise.all([
    createAwsClient(cognitoSdk.CognitoIdentityProviderClient, target),
    createAwsClient(secretsSdk.SecretsManagerClient, target),
  ]);
  return {
    cognito: cognitoSdk,
    cognitoClient,
    secretsManager: secretsSdk,
    secretsClient,
    region: target.region,
  };
}

/** Reads rotations with the AWS SDK. No error contains a value. */
export class SdkRotationReader implements RotationReader {
  constructor(
    protected readonly clients: RotationClients,
    protected readonly send: SendCall = (_, call) => call(),
  ) {}

  async readVersion(
    secretName: string,
    versionId?: string,
  ): Promise<SecretVersionValue | undefined> {
    const read = (): Promise<secretsManager.GetSecretValueCommandOutput> =>
      this.send("secretsmanager:GetSecretValue", () =>
        this.clients.secretsClient.send(
          new this.clients.secretsManager.GetSecretValueCommand({
            SecretId: secretName,
            ...(versionId !== undefined && { VersionId: versionId }),
          }),
        ),
      );
    const found = await this.explain(secretName, () =>
      versionId === undefined
        ? read()
        : ignoreAwsError({ names: NOT_FOUND }, read),
    );
    return found && toVersionValue(found);
  }

  async listVersions(
    secretName: string,
    which: "labeled" | "all",
  ): Promise<readonly SecretVersion[]> {
    const versions = await this.explain(secretName, () =>
      this.send("secretsmanager:ListSecretVersionIds", () =>
        listAll(
          this.clients.secretsManager.paginateListSecretVersionIds(
            { client: this.clients.secretsClient },
            { SecretId: secretName, IncludeDeprecated: which === "all" },
          ),
          ({ Versions }) => Versions,
        ),
      ),
    );
    return versions.map(toVersion);
  }

  async describeClient(ids: ClientIds): Promise<ClientDescription | undefined> {
    const { cognito: sdk, cognitoClient } = this.clients;
    const found = await ignoreAwsError({ names: NOT_FOUND }, () =>
      this.send("cognito-idp:DescribeUserPoolClient", () =>
        cognitoClient.send(new sdk.DescribeUserPoolClientCommand(toInput(ids))),
      ),
    );
    return found && toDescription(found.UserPoolClient ?? {});
  }

  async listLiveSecrets(ids: ClientIds): Promise<readonly LiveSecret[]> {
    const { cognito: sdk, cognitoClient } = this.clients;
    const secrets: LiveSecret[] = [];
    let NextToken: string | undefined;
    do {
      const page: cognito.ListUserPoolClientSecretsCommandOutput =
        await this.send("cognito-idp:ListUserPoolClientSecrets", () =>
          cognitoClient.send(
            new sdk.ListUserPoolClientSecretsCommand({
              ...toInput(ids),
              ...(NextToken !== undefined && { NextToken }),
            }),
          ),
        );
      for (const {
        ClientSecretId,
        ClientSecretCreateDate,
      } of page.ClientSecrets ?? [])
        secrets.push({
          id: ClientSecretId ?? "",
          createdAt: ClientSecretCreateDate ?? new Date(0),
        });
      NextToken = page.NextToken === "" ? undefined : page.NextToken;
    } while (NextToken !== undefined);
    return secrets;
  }

  /** Explains an error of Secrets Manager. */
  protected async explain<T>(
    secretName: string,
    call: () => Promise<T>,
  ): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw explainError(
        error,
        explainSecretErrors(
          `secret "${secretName}"`,
          this.clients.region,
          "check --stage and --service-id, or deploy the stage",
        ),
      );
    }
  }
}

const NOT_FOUND = /^ResourceNotFoundException$/;

export function toVersion({
  VersionId: id = "",
  VersionStages: labels = [],
  CreatedDate: createdAt = new Date(0),
}: Pick<
  secretsManager.SecretVersionsListEntry,
  "VersionId" | "VersionStages" | "CreatedDate"
>): SecretVersion {
  return { id, labels, createdAt };
}

export function toVersionValue(
  found: secretsManager.GetSecretValueCommandOutput,
): SecretVersionValue {
  return { ...toVersion(found), text: found.SecretString ?? "" };
}

export function toDescription({
  ClientSecret: secret = "",
  CallbackURLs: callbackUrls = [],
}: cognito.UserPoolClientType): ClientDescription {
  return { originalSecret: secret === "" ? undefined : secret, callbackUrls };
}

export function toInput({ userPoolId, clientId }: ClientIds): {
  readonly UserPoolId: string;
  readonly ClientId: string;
} {
  return { UserPoolId: userPoolId, ClientId: clientId };
}
