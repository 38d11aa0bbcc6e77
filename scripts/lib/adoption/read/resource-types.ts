import { type AwsTarget, createAwsClient } from "../../aws/client";
import { IMPORT_IDS } from "../../aws/import-ids";
import type { JsonObject } from "../../system/json-object";
import {
  getProperties,
  type LiveStack,
  resolveText,
  type StackResource,
} from "./live-stack";
import { toText } from "./terraform-configuration";

/** What AWS returns for a resource. */
export interface ResourceDescription {
  /** Name or other natural key, independent of the logical id. */
  readonly key: string;
  /** Id for `terraform import`; empty if the resource is not imported. */
  readonly importId: string;
  /** Attributes by the names of AWS's API. */
  readonly attributes: JsonObject;
}

/** Reads the attributes of a user pool. */
export async function readUserPool(
  UserPoolId: string,
  aws: AwsClients,
): Promise<JsonObject | undefined> {
  const { sdk, client } = await aws.userPools();
  const { UserPool } = await client.send(
    new sdk.DescribeUserPoolCommand({ UserPoolId }),
  );
  return UserPool && { ...UserPool };
}

/** Reads the resource policy of a secret; its key is the secret's ARN. */
export async function describeSecretPolicy(
  SecretId: string,
  aws: AwsClients,
): Promise<ResourceDescription | undefined> {
  const { sdk, client } = await aws.secrets();
  const { ARN = "", ResourcePolicy } = await client.send(
    new sdk.GetResourcePolicyCommand({ SecretId }),
  );
  return ResourcePolicy === undefined
    ? undefined
    : toDescription(ARN, ARN, { ResourcePolicy });
}

/** Returns the ARN of the account's OIDC provider of an issuer. */
export async function findOidcProvider(
  issuer: string,
  target: AwsTarget,
): Promise<string | undefined> {
  if (issuer === "") return undefined;
  const { sdk, client } = await new AwsClients(target).iam();
  const { OpenIDConnectProviderList: list = [] } = await client.send(
    new sdk.ListOpenIDConnectProvidersCommand({}),
  );
  return list.find(({ Arn = "" }) => parseOidcIssuer(Arn) === issuer)?.Arn;
}

/** Returns the issuer of an OIDC provider's ARN, without `https://`. */
export function parseOidcIssuer(arn: string): string {
  return arn.replace(/^.*?:oidc-provider\//, "");
}

/** Clients of the AWS SDK, each loaded on first use. */
export class AwsClients {
  constructor(private readonly target: AwsTarget) {}

  async userPools() {
    const sdk = await import("@aws-sdk/client-cognito-identity-provider");
    const Client = sdk.CognitoIdentityProviderClient;
    return { sdk, client: await createAwsClient(Client, this.target) };
  }

  async identityPools() {
    const sdk = await import("@aws-sdk/client-cognito-identity");
    const Client = sdk.CognitoIdentityClient;
    return { sdk, client: await createAwsClient(Client, this.target) };
  }

  async iam() {
    const sdk = await import("@aws-sdk/client-iam");
    return { sdk, client: await createAwsClient(sdk.IAMClient, this.target) };
  }

  async secrets() {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    const Client = sdk.SecretsManagerClient;
    return { sdk, client: await createAwsClient(Client, this.target) };
  }
}

/** Ids by which AWS describes a resource of the stack. */
export class ResourceIds {
  readonly id: string;

  constructor(
    private readonly resource: StackResource,
    private readonly stack: LiveStack,
  ) {
    this.id = resource.physicalId;
  }

  /** Returns a property of the template, if it can be resolved. */
  getProperty(name: string): string | undefined {
    const { logicalId } = this.resource;
    return resolveText(getProperties(this.stack, logicalId)[name], this.stack);
  }

  /** Returns the id of a resource in a user pool, whose physical id may be `{pool}|{id}`. */
  getIdInPool(name: string): string {
    return this.getProperty(name) ?? this.id.replace(/^.*\|/, "");
  }

  /** The user pool that contains the resource: by its properties, else the only one of the stack. */
  get userPoolId(): string {
    const only = this.stack.resources.find(
      ({ type }) => type === "AWS::Cognito::UserPool",
    );
    return this.getProperty("UserPoolId") ?? only?.physicalId ?? "";
  }

  /** The first role of an IAM policy. */
  get roleName(): string | undefined {
    const { Roles } = getProperties(this.stack, this.resource.logicalId);
    return Array.isArray(Roles) ? resolveText(Roles[0], this.stack) : undefined;
  }
}

type ResourceType = readonly [terraformType: string, describe: Describe];

type Describe = (
  ids: ResourceIds,
  aws: AwsClients,
) => Promise<ResourceDescription | undefined> | ResourceDescription;

/** Describes a resource that is not imported. */
export function describeOther({ id }: ResourceIds): ResourceDescription {
  return toDescription(id, "", {});
}

async function describeOidcProvider({ id }: ResourceIds, aws: AwsClients) {
  const { sdk, client } = await aws.iam();
  const provider = await client.send(
    new sdk.GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: id }),
  );
  return toDescription(parseOidcIssuer(id), id, provider);
}

/** Terraform type and description of each CloudFormation type that a stage can have. */
export const RESOURCE_TYPES: Readonly<
  Record<string, readonly [string, Describe]>
> = {
  "AWS::Cognito::UserPool": [
    "aws_cognito_user_pool",
    async ({ id }, aws) => {
      const pool = await readUserPool(id, aws);
      return pool && toDescription(pool.Name, id, pool);
    },
  ],
  "AWS::Cognito::UserPoolDomain": [
    "aws_cognito_user_pool_domain",
    async (ids, aws) => {
      const Domain = ids.getProperty("Domain") ?? ids.id;
      const { sdk, client } = await aws.userPools();
      const { DomainDescription: domain } = await client.send(
        new sdk.DescribeUserPoolDomainCommand({ Domain }),
      );
      // Cognito returns an empty description for an unused domain
      return domain?.UserPoolId === undefined
        ? undefined
        : toDescription(Domain, Domain, domain);
    },
  ],
  "AWS::Cognito::UserPoolResourceServer": [
    "aws_cognito_resource_server",
    async (ids, aws) => {
      const { userPoolId: UserPoolId } = ids;
      const Identifier = ids.getIdInPool("Identifier");
      const { sdk, client } = await aws.userPools();
      const { ResourceServer: server } = await client.send(
        new sdk.DescribeResourceServerCommand({ UserPoolId, Identifier }),
      );
      return toDescription(
        Identifier,
        IMPORT_IDS.resourceServer(UserPoolId, Identifier),
        server,
      );
    },
  ],
  "AWS::Cognito::UserPoolClient": [
    "aws_cognito_user_pool_client",
    async (ids, aws) => {
      const { userPoolId: UserPoolId } = ids;
      const ClientId = ids.getIdInPool("ClientId");
      const { sdk, client } = await aws.userPools();
      const { UserPoolClient: found } = await client.send(
        new sdk.DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
      );
      return toDescription(
        found?.ClientName,
        IMPORT_IDS.userPoolClient(UserPoolId, ClientId),
        found,
      );
    },
  ],
  "AWS::Cognito::UserPoolGroup": [
    "aws_cognito_user_group",
    async (ids, aws) => {
      const { userPoolId: UserPoolId } = ids;
      const GroupName = ids.getIdInPool("GroupName");
      const { sdk, client } = await aws.userPools();
      const { Group: group } = await client.send(
        new sdk.GetGroupCommand({ UserPoolId, GroupName }),
      );
      return toDescription(
        GroupName,
        IMPORT_IDS.userPoolGroup(UserPoolId, GroupName),
        group,
      );
    },
  ],
  "AWS::Cognito::IdentityPool": [
    "aws_cognito_identity_pool",
    async ({ id: IdentityPoolId }, aws) => {
      const { sdk, client } = await aws.identityPools();
      const pool = await client.send(
        new sdk.DescribeIdentityPoolCommand({ IdentityPoolId }),
      );
      return toDescription(pool.IdentityPoolName, IdentityPoolId, pool);
    },
  ],
  "AWS::Cognito::IdentityPoolRoleAttachment": [
    "aws_cognito_identity_pool_roles_attachment",
    async (ids, aws) => {
      const id = ids.getProperty("IdentityPoolId") ?? ids.id;
      const { sdk, client } = await aws.identityPools();
      const { Roles = {}, RoleMappings = {} } = await client.send(
        new sdk.GetIdentityPoolRolesCommand({ IdentityPoolId: id }),
      );
      return toDescription(id, id, { Roles, RoleMappings });
    },
  ],
  "AWS::IAM::Role": [
    "aws_iam_role",
    async ({ id: RoleName }, aws) => {
      const { sdk, client } = await aws.iam();
      const { Role } = await client.send(new sdk.GetRoleCommand({ RoleName }));
      return toDescription(RoleName, RoleName, Role);
    },
  ],
  "AWS::IAM::Policy": [
    "aws_iam_role_policy",
    async (ids, aws) => {
      const { roleName: RoleName } = ids;
      if (RoleName === undefined) return describeOther(ids);
      const PolicyName = ids.getProperty("PolicyName") ?? ids.id;
      const { sdk, client } = await aws.iam();
      await client.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName }));
      const importId = IMPORT_IDS.rolePolicy(RoleName, PolicyName);
      return toDescription(PolicyName, importId, { RoleName });
    },
  ],
  "AWS::IAM::OIDCProvider": [
    "aws_iam_openid_connect_provider",
    describeOidcProvider,
  ],
  "Custom::AWSCDKOpenIdConnectProvider": [
    "aws_iam_openid_connect_provider",
    describeOidcProvider,
  ],
  "AWS::SecretsManager::Secret": [
    "aws_secretsmanager_secret",
    async ({ id: SecretId }, aws) => {
      const { sdk, client } = await aws.secrets();
      const secret = await client.send(
        new sdk.DescribeSecretCommand({ SecretId }),
      );
      // a secret that is marked for deletion cannot be imported
      return secret.DeletedDate === undefined
        ? toDescription(secret.Name, toText(secret.ARN), secret)
        : undefined;
    },
  ],
  "AWS::SecretsManager::ResourcePolicy": [
    "aws_secretsmanager_secret_policy",
    (ids, aws) =>
      describeSecretPolicy(ids.getProperty("SecretId") ?? ids.id, aws),
  ],
} as const satisfies Readonly<Record<string, ResourceType>>;

function toDescription(
  key: unknown,
  importId: string,
  attributes: object | undefined,
): ResourceDescription {
  return { key: toText(key), importId, attributes: { ...attributes } };
}

/** Terraform types of the resources that an adoption matches. */
export type AdoptedType =
  (typeof RESOURCE_TYPES)[keyof typeof RESOURCE_TYPES][0];

/** Returns the type of a CloudFormation resource; `undefined` if a stage has no such resource. */
export function getResourceType(type: string): ResourceType | undefined {
  return Object.hasOwn(RESOURCE_TYPES, type) ? RESOURCE_TYPES[type] : undefined;
}
