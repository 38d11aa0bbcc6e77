import { ignoreAwsError, isAwsError } from "../aws/errors";
import type { ClientSecretTester, TestedSecret } from "./client-secret-tester";
import {
  type ClientIds,
  type RotationClients,
  type RotationReader,
  SdkRotationReader,
  type SendCall,
  toInput,
} from "./rotation-reader";

/** A new version of a secret. */
export interface NewVersion {
  /** Id, which is the same for each process that writes the same version. */
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

/** The calls of a rotation. Each can be repeated. */
export interface RotationCalls extends RotationReader {
  /** @returns whether the version has this text now; a version with the same id can have another text */
  writeVersion(secretName: string, version: NewVersion): Promise<boolean>;
  /**
   * Moves a label, or removes it.
   *
   * @returns whether the label was on the version `from`; else nothing was changed
   */
  moveLabel(
    secretName: string,
    label: string,
    from: string,
    to?: string,
  ): Promise<boolean>;
  /** @returns the id of the secret, or `undefined` if the client has two live secrets already */
  addSecret(ids: ClientIds, value: string): Promise<string | undefined>;
  /** Deletes a secret that is not the last one. */
  deleteSecret(ids: ClientIds, secretId: string): Promise<void>;
  /**
   * Returns whether Cognito recognizes a client secret.
   *
   * @throws UserError if the token endpoint cannot be reached, or returns another error
   */
  testSecret(secret: TestedSecret): Promise<boolean>;
}

/** Rotates secrets with the AWS SDK. No error contains a value. */
export class SdkRotationCalls
  extends SdkRotationReader
  implements RotationCalls
{
  constructor(
    clients: RotationClients,
    private readonly test: Pick<ClientSecretTester, "run">,
    send?: SendCall,
  ) {
    super(clients, send);
  }

  async writeVersion(
    secretName: string,
    { id, text, label }: NewVersion,
  ): Promise<boolean> {
    const { secretsManager: sdk, secretsClient } = this.clients;
    try {
      await this.explain(secretName, () =>
        this.send("secretsmanager:PutSecretValue", () =>
          secretsClient.send(
            new sdk.PutSecretValueCommand({
              SecretId: secretName,
              ClientRequestToken: id,
              SecretString: text,
              VersionStages: [label],
            }),
          ),
        ),
      );
      return true;
    } catch (error) {
      if (isAwsError(error, "ResourceExistsException")) return false;
      throw error;
    }
  }

  async moveLabel(
    secretName: string,
    label: string,
    from: string,
    to?: string,
  ): Promise<boolean> {
    const { secretsManager: sdk, secretsClient } = this.clients;
    const refused = { names: /^InvalidParameterException$/ };
    const moved = await this.explain(secretName, () =>
      ignoreAwsError(refused, () =>
        this.send("secretsmanager:UpdateSecretVersionStage", () =>
          secretsClient.send(
            new sdk.UpdateSecretVersionStageCommand({
              SecretId: secretName,
              VersionStage: label,
              RemoveFromVersionId: from,
              ...(to !== undefined && { MoveToVersionId: to }),
            }),
          ),
        ),
      ),
    );
    return moved !== undefined;
  }

  async addSecret(ids: ClientIds, value: string): Promise<string | undefined> {
    const { cognito: sdk, cognitoClient } = this.clients;
    const added = await ignoreAwsError(
      { names: /^LimitExceededException$/ },
      () =>
        this.send("cognito-idp:AddUserPoolClientSecret", () =>
          cognitoClient.send(
            new sdk.AddUserPoolClientSecretCommand({
              ...toInput(ids),
              ClientSecret: value,
            }),
          ),
        ),
    );
    return added?.ClientSecretDescriptor?.ClientSecretId;
  }

  async deleteSecret(ids: ClientIds, secretId: string): Promise<void> {
    const { cognito: sdk, cognitoClient } = this.clients;
    // it was deleted in the meantime, or is the last one
    const refused = {
      names: /^(ResourceNotFoundException|InvalidParameterException)$/,
    };
    await ignoreAwsError(refused, () =>
      this.send("cognito-idp:DeleteUserPoolClientSecret", () =>
        cognitoClient.send(
          new sdk.DeleteUserPoolClientSecretCommand({
            ...toInput(ids),
            ClientSecretId: secretId,
          }),
        ),
      ),
    );
  }

  testSecret(secret: TestedSecret): Promise<boolean> {
    return this.test.run(secret);
  }
}
