import { type AwsTarget, createAwsClient } from "../../aws/client";
import { IMPORT_IDS } from "../../aws/import-ids";
import type { JsonObject } from "../../system/json-object";
import { toText } from "./terraform-configuration";

/** What AWS says of a resource. */
export interface DescribedResource {
  readonly key: string;
  readonly importId: string;
  readonly facts: JsonObject;
}

/** User pools, identity pools and what is in them, as AWS has them now. */
export class CognitoReader {
  constructor(private readonly place: AwsTarget) {}

  async userPool(UserPoolId: string): Promise<DescribedResource | undefined> {
    const { client, sdk } = await this.idp();
    const { UserPool: pool } = await client.send(
      new sdk.DescribeUserPoolCommand({ UserPoolId }),
    );
    return pool === undefined
      ? undefined
      : { key: pool.Name ?? "", importId: UserPoolId, facts: { ...pool } };
  }

  async domain(Domain: string): Promise<DescribedResource | undefined> {
    const { client, sdk } = await this.idp();
    const { DomainDescription: domain } = await client.send(
      new sdk.DescribeUserPoolDomainCommand({ Domain }),
    );
    // of a domain that is nobody's AWS describes nothing
    return domain?.UserPoolId === undefined
      ? undefined
      : { key: Domain, importId: Domain, facts: { ...domain } };
  }

  async resourceServer(
    UserPoolId: string,
    Identifier: string,
  ): Promise<DescribedResource> {
    const { client, sdk } = await this.idp();
    const { ResourceServer: server } = await client.send(
      new sdk.DescribeResourceServerCommand({ UserPoolId, Identifier }),
    );
    return {
      key: Identifier,
      importId: IMPORT_IDS.resourceServer(UserPoolId, Identifier),
      facts: { ...server },
    };
  }

  async client(
    UserPoolId: string,
    ClientId: string,
  ): Promise<DescribedResource> {
    const { client, sdk } = await this.idp();
    const { UserPoolClient: facts } = await client.send(
      new sdk.DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    return {
      key: facts?.ClientName ?? "",
      importId: IMPORT_IDS.userPoolClient(UserPoolId, ClientId),
      facts: { ...facts },
    };
  }

  async group(
    UserPoolId: string,
    GroupName: string,
  ): Promise<DescribedResource> {
    const { client, sdk } = await this.idp();
    const { Group: facts } = await client.send(
      new sdk.GetGroupCommand({ UserPoolId, GroupName }),
    );
    return {
      key: GroupName,
      importId: IMPORT_IDS.userPoolGroup(UserPoolId, GroupName),
      facts: { ...facts },
    };
  }

  async identityPool(IdentityPoolId: string): Promise<DescribedResource> {
    const { client, sdk } = await this.identity();
    const facts = await client.send(
      new sdk.DescribeIdentityPoolCommand({ IdentityPoolId }),
    );
    return {
      key: facts.IdentityPoolName ?? "",
      importId: IdentityPoolId,
      facts: { ...facts },
    };
  }

  async rolesAttachment(IdentityPoolId: string): Promise<DescribedResource> {
    const { client, sdk } = await this.identity();
    const { Roles = {}, RoleMappings = {} } = await client.send(
      new sdk.GetIdentityPoolRolesCommand({ IdentityPoolId }),
    );
    return {
      key: IdentityPoolId,
      importId: IdentityPoolId,
      facts: { Roles, RoleMappings },
    };
  }

  private async idp() {
    const sdk = await import("@aws-sdk/client-cognito-identity-provider");
    const Class = sdk.CognitoIdentityProviderClient;
    return { sdk, client: await createAwsClient(Class, this.place) };
  }

  private async identity() {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    const Class = sdk.CognitoIdentityClient;
    return { sdk, client: await createAwsClient(Class, this.place) };
  }
}

/** Roles, OIDC providers and secrets, as AWS has them now. */
export class AccessReader {
  constructor(private readonly place: AwsTarget) {}

  async role(RoleName: string): Promise<DescribedResource> {
    const { client, sdk } = await this.iam();
    const { Role } = await client.send(new sdk.GetRoleCommand({ RoleName }));
    return { key: RoleName, importId: RoleName, facts: { ...Role } };
  }

  async rolePolicy(
    RoleName: string,
    PolicyName: string,
  ): Promise<DescribedResource> {
    const { client, sdk } = await this.iam();
    await client.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName }));
    return {
      key: PolicyName,
      importId: IMPORT_IDS.rolePolicy(RoleName, PolicyName),
      facts: { RoleName },
    };
  }

  async oidcProvider(arn: string): Promise<DescribedResource> {
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
  async secret(SecretId: string): Promise<DescribedResource | undefined> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = await createAwsClient(sdk.SecretsManagerClient, this.place);
    const facts = await client.send(
      new sdk.DescribeSecretCommand({ SecretId }),
    );
    return facts.DeletedDate === undefined
      ? {
          key: toText(facts.Name),
          importId: toText(facts.ARN),
          facts: { ...facts },
        }
      : undefined;
  }

  /** Known by the ARN of its secret. */
  async secretPolicy(SecretId: string): Promise<DescribedResource | undefined> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const client = await createAwsClient(sdk.SecretsManagerClient, this.place);
    const { ARN = "", ResourcePolicy } = await client.send(
      new sdk.GetResourcePolicyCommand({ SecretId }),
    );
    return ResourcePolicy === undefined
      ? undefined
      : { key: ARN, importId: ARN, facts: { ResourcePolicy } };
  }

  private async iam() {
    const sdk = await import("@aws-sdk/client-iam");
    return { sdk, client: await createAwsClient(sdk.IAMClient, this.place) };
  }
}
