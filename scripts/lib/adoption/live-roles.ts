import { awsClient, type AwsPlace } from "../aws-client";
import type { Found } from "./live-pools";
import { textFrom } from "./stage-code";

/** Roles, OIDC providers and secrets, as AWS has them now. */
export class LiveRoles {
  constructor(private readonly place: AwsPlace) {}

  async role(RoleName: string): Promise<Found> {
    const { client, sdk } = await this.iam();
    const { Role } = await client.send(new sdk.GetRoleCommand({ RoleName }));
    return { key: RoleName, importId: RoleName, facts: { ...Role } };
  }

  async rolePolicy(RoleName: string, PolicyName: string): Promise<Found> {
    const { client, sdk } = await this.iam();
    await client.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName }));
    return {
      key: PolicyName,
      importId: `${RoleName}:${PolicyName}`,
      facts: { RoleName },
    };
  }

  async oidcProvider(arn: string): Promise<Found> {
    const { client, sdk } = await this.iam();
    const facts = await client.send(
      new sdk.GetOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: arn,
      }),
    );
    return {
      key: arn.replace(/^.*:oidc-provider\//, ""),
      importId: arn,
      facts: { ...facts },
    };
  }

  /** One that is marked for deletion is no longer there. */
  async secret(SecretId: string): Promise<Found | undefined> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = await awsClient(sdk.SecretsManagerClient, this.place);
    const facts = await client.send(
      new sdk.DescribeSecretCommand({ SecretId }),
    );
    return facts.DeletedDate === undefined
      ? {
          key: textFrom(facts.Name),
          importId: textFrom(facts.ARN),
          facts: { ...facts },
        }
      : undefined;
  }

  /** Known by the ARN of its secret. */
  async secretPolicy(SecretId: string): Promise<Found | undefined> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = await awsClient(sdk.SecretsManagerClient, this.place);
    const { ARN = "", ResourcePolicy } = await client.send(
      new sdk.GetResourcePolicyCommand({ SecretId }),
    );
    return ResourcePolicy === undefined
      ? undefined
      : { key: ARN, importId: ARN, facts: { ResourcePolicy } };
  }

  private async iam() {
    const sdk = await import("@aws-sdk/client-iam");
    return { sdk, client: await awsClient(sdk.IAMClient, this.place) };
  }
}
