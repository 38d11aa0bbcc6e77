import { awsClient, type AwsPlace } from "../aws-client";
import type { JsonObject } from "../json-object";

/** What AWS says of a resource. */
export interface Found {
  readonly key: string;
  readonly importId: string;
  readonly facts: JsonObject;
}

/** User pools, identity pools and what is in them, as AWS has them now. */
export class LivePools {
  constructor(private readonly place: AwsPlace) {}

  async userPool(UserPoolId: string): Promise<Found | undefined> {
    const { client, sdk } = await this.idp();
    const { UserPool: pool } = await client.send(
      new sdk.DescribeUserPoolCommand({ UserPoolId }),
    );
    return pool === undefined
      ? undefined
      : { key: pool.Name ?? "", importId: UserPoolId, facts: { ...pool } };
  }

  async domain(Domain: string): Promise<Found | undefined> {
    const { client, sdk } = await this.idp();
    const { DomainDescription: domain } = await client.send(
      new sdk.DescribeUserPoolDomainCommand({ Domain }),
    );
    // of a domain that is nobody's AWS describes nothing
    return domain?.UserPoolId === undefined
      ? undefined
      : { key: Domain, importId: Domain, facts: { ...domain } };
  }

  async resourceServer(UserPoolId: string, Identifier: string): Promise<Found> {
    const { client, sdk } = await this.idp();
    const { ResourceServer: server } = await client.send(
      new sdk.DescribeResourceServerCommand({ UserPoolId, Identifier }),
    );
    return {
      key: Identifier,
      importId: `${UserPoolId}|${Identifier}`,
      facts: { ...server },
    };
  }

  async client(UserPoolId: string, ClientId: string): Promise<Found> {
    const { client, sdk } = await this.idp();
    const { UserPoolClient: facts } = await client.send(
      new sdk.DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    return {
      key: facts?.ClientName ?? "",
      importId: `${UserPoolId}/${ClientId}`,
      facts: { ...facts },
    };
  }

  async group(UserPoolId: string, GroupName: string): Promise<Found> {
    const { client, sdk } = await this.idp();
    const { Group: facts } = await client.send(
      new sdk.GetGroupCommand({ UserPoolId, GroupName }),
    );
    return {
      key: GroupName,
      importId: `${UserPoolId}/${GroupName}`,
      facts: { ...facts },
    };
  }

  async identityPool(IdentityPoolId: string): Promise<Found> {
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

  async rolesAttachment(IdentityPoolId: string): Promise<Found> {
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
    return { sdk, client: await awsClient(Class, this.place) };
  }

  private async identity() {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    const Class = sdk.CognitoIdentityClient;
    return { sdk, client: await awsClient(Class, this.place) };
  }
}
