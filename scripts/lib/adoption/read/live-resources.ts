import { type AwsTarget, createAwsClient } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import { IMPORT_IDS } from "../../aws/import-ids";
import type { JsonObject } from "../../system/json-object";
import {
  getProperties,
  type LiveStack,
  resolveText,
  type StackResource,
} from "./live-stack";
import { toText } from "./terraform-configuration";

/** A resource of the stack, as AWS describes it. */
export interface LiveResource extends StackResource, ResourceDescription {
  /** Absent if a stage has no resource of this type. */
  readonly terraformType?: AdoptedType;
  /** Whether AWS has the resource: it may have been deleted outside CloudFormation. */
  readonly isPresent: boolean;
}

interface ResourceDescription {
  /** Name or other natural key, independent of the logical id. */
  readonly key: string;
  /** Id for `terraform import`; empty if the resource is not imported. */
  readonly importId: string;
  /** Attributes by the names of AWS's API. */
  readonly attributes: JsonObject;
}

/** Terraform types of the resources that a stage can have. */
const TERRAFORM_TYPES = {
  "AWS::Cognito::UserPool": "aws_cognito_user_pool",
  "AWS::Cognito::UserPoolDomain": "aws_cognito_user_pool_domain",
  "AWS::Cognito::UserPoolResourceServer": "aws_cognito_resource_server",
  "AWS::Cognito::UserPoolClient": "aws_cognito_user_pool_client",
  "AWS::Cognito::UserPoolGroup": "aws_cognito_user_group",
  "AWS::Cognito::IdentityPool": "aws_cognito_identity_pool",
  "AWS::Cognito::IdentityPoolRoleAttachment":
    "aws_cognito_identity_pool_roles_attachment",
  "AWS::IAM::Role": "aws_iam_role",
  "AWS::IAM::Policy": "aws_iam_role_policy",
  "AWS::IAM::OIDCProvider": "aws_iam_openid_connect_provider",
  "Custom::AWSCDKOpenIdConnectProvider": "aws_iam_openid_connect_provider",
  "AWS::SecretsManager::Secret": "aws_secretsmanager_secret",
  "AWS::SecretsManager::ResourcePolicy": "aws_secretsmanager_secret_policy",
} as const;
export type AdoptedType =
  (typeof TERRAFORM_TYPES)[keyof typeof TERRAFORM_TYPES];

/** Reads every resource of a stack from AWS. */
export async function readLiveResources(
  stack: LiveStack,
  target: AwsTarget,
): Promise<readonly LiveResource[]> {
  const aws = new AwsClients(target);
  const types: Partial<Record<string, AdoptedType>> = TERRAFORM_TYPES;
  const all: LiveResource[] = [];
  for (const resource of stack.resources) {
    const terraformType = types[resource.type];
    const found = await findOrUndefined(() => describe(resource, stack, aws));
    all.push({
      ...resource,
      ...(terraformType !== undefined && { terraformType }),
      ...(found ?? toDescription(resource.physicalId, "")),
      isPresent: found !== undefined,
    });
  }
  return all;
}

async function describe(
  { type, logicalId, physicalId: id }: StackResource,
  stack: LiveStack,
  aws: AwsClients,
): Promise<ResourceDescription | undefined> {
  const properties = getProperties(stack, logicalId);
  const getText = (name: string) => resolveText(properties[name], stack);
  // the physical id of a resource in a user pool may be `{pool}|{id}`
  const getIdInPool = (name: string) =>
    getText(name) ?? id.replace(/^.*\|/, "");
  const onlyPool = stack.resources.find(
    (resource) => resource.type === "AWS::Cognito::UserPool",
  );
  const UserPoolId = getText("UserPoolId") ?? onlyPool?.physicalId ?? "";
  switch (type as keyof typeof TERRAFORM_TYPES) {
    case "AWS::Cognito::UserPool": {
      const pool = await readUserPool(id, aws);
      return pool && toDescription(pool.Name, id, pool);
    }
    case "AWS::Cognito::UserPoolDomain": {
      const Domain = getText("Domain") ?? id;
      const users = await aws.userPools();
      const { DomainDescription: domain } = await users.describeUserPoolDomain({
        Domain,
      });
      // Cognito returns an empty description for an unused domain
      return domain?.UserPoolId === undefined
        ? undefined
        : toDescription(Domain, Domain, domain);
    }
    case "AWS::Cognito::UserPoolResourceServer": {
      const ids = { UserPoolId, Identifier: getIdInPool("Identifier") };
      const users = await aws.userPools();
      const { ResourceServer } = await users.describeResourceServer(ids);
      const importId = IMPORT_IDS.resourceServer(UserPoolId, ids.Identifier);
      return toDescription(ids.Identifier, importId, ResourceServer);
    }
    case "AWS::Cognito::UserPoolClient": {
      const ids = { UserPoolId, ClientId: getIdInPool("ClientId") };
      const users = await aws.userPools();
      const { UserPoolClient } = await users.describeUserPoolClient(ids);
      const importId = IMPORT_IDS.userPoolClient(UserPoolId, ids.ClientId);
      return toDescription(
        UserPoolClient?.ClientName,
        importId,
        UserPoolClient,
      );
    }
    case "AWS::Cognito::UserPoolGroup": {
      const ids = { UserPoolId, GroupName: getIdInPool("GroupName") };
      const users = await aws.userPools();
      const { Group } = await users.getGroup(ids);
      const importId = IMPORT_IDS.userPoolGroup(UserPoolId, ids.GroupName);
      return toDescription(ids.GroupName, importId, Group);
    }
    case "AWS::Cognito::IdentityPool": {
      const identity = await aws.identityPools();
      const pool = await identity.describeIdentityPool({ IdentityPoolId: id });
      return toDescription(pool.IdentityPoolName, id, pool);
    }
    case "AWS::Cognito::IdentityPoolRoleAttachment": {
      const IdentityPoolId = getText("IdentityPoolId") ?? id;
      const identity = await aws.identityPools();
      const { Roles = {}, RoleMappings = {} } =
        await identity.getIdentityPoolRoles({ IdentityPoolId });
      const attributes = { Roles, RoleMappings };
      return toDescription(IdentityPoolId, IdentityPoolId, attributes);
    }
    case "AWS::IAM::Role": {
      const iam = await aws.iam();
      const { Role } = await iam.getRole({ RoleName: id });
      return toDescription(id, id, Role);
    }
    case "AWS::IAM::Policy": {
      // a policy of several roles has the import id of the first
      const { Roles: roles } = properties;
      const RoleName = Array.isArray(roles)
        ? resolveText(roles[0], stack)
        : undefined;
      if (RoleName === undefined) return toDescription(id, "");
      const PolicyName = getText("PolicyName") ?? id;
      const iam = await aws.iam();
      await iam.getRolePolicy({ RoleName, PolicyName });
      const importId = IMPORT_IDS.rolePolicy(RoleName, PolicyName);
      return toDescription(PolicyName, importId, { RoleName });
    }
    case "AWS::IAM::OIDCProvider":
    case "Custom::AWSCDKOpenIdConnectProvider": {
      const iam = await aws.iam();
      const provider = await iam.getOpenIDConnectProvider({
        OpenIDConnectProviderArn: id,
      });
      return toDescription(parseOidcIssuer(id), id, provider);
    }
    case "AWS::SecretsManager::Secret": {
      const secrets = await aws.secrets();
      const secret = await secrets.describeSecret({ SecretId: id });
      // a secret that is marked for deletion cannot be imported
      return secret.DeletedDate === undefined
        ? toDescription(secret.Name, toText(secret.ARN), secret)
        : undefined;
    }
    case "AWS::SecretsManager::ResourcePolicy":
      return describeSecretPolicy(getText("SecretId") ?? id, aws);
    default:
      return toDescription(id, "");
  }
}

/** Reads the attributes of a user pool. */
export async function readUserPool(
  UserPoolId: string,
  aws: AwsClients,
): Promise<JsonObject | undefined> {
  const users = await aws.userPools();
  const { UserPool } = await users.describeUserPool({ UserPoolId });
  return UserPool && { ...UserPool };
}

/** Reads the resource policy of a secret; its key is the secret's ARN. */
export async function describeSecretPolicy(
  SecretId: string,
  aws: AwsClients,
): Promise<ResourceDescription | undefined> {
  const secrets = await aws.secrets();
  const { ARN = "", ResourcePolicy } = await secrets.getResourcePolicy({
    SecretId,
  });
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
  const iam = await new AwsClients(target).iam();
  const { OpenIDConnectProviderList: list = [] } =
    await iam.listOpenIDConnectProviders();
  return list.find(({ Arn = "" }) => parseOidcIssuer(Arn) === issuer)?.Arn;
}

/** Returns the issuer in the ARN or URL of an OIDC provider, without `https://`. */
export function parseOidcIssuer(arnOrUrl: string): string {
  return arnOrUrl.replace(/^(.*?:oidc-provider|https:\/)\//, "");
}

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

function toDescription(
  key: unknown,
  importId: string,
  attributes: object = {},
): ResourceDescription {
  return { key: toText(key), importId, attributes: { ...attributes } };
}
