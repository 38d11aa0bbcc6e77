import { type AwsTarget, createAwsClient } from "../../aws/client";

/** Clients of the AWS SDK, each loaded on first use. */
export class AwsClients {
  constructor(private readonly target: AwsTarget) {}

  async userPools() {
    const sdk = await import("@aws-sdk/client-cognito-identity-provider");
    return createAwsClient(sdk.CognitoIdentityProvider, this.target);
  }

  async identityPools() {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    return createAwsClient(sdk.CognitoIdentity, this.target);
  }

  async iam() {
    const sdk = await import("@aws-sdk/client-iam");
    return createAwsClient(sdk.IAM, this.target);
  }

  async secrets() {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    return createAwsClient(sdk.SecretsManager, this.target);
  }
}
