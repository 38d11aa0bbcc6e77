import type { AwsTarget } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import { IMPORT_IDS } from "../../aws/import-ids";
import { AwsClients } from "./aws-clients";
import {
  getProperties,
  type LiveStack,
  resolveText,
  type StackResource,
} from "./live-stack";
import {
  type ResourceDescription,
  toDescription,
} from "./resource-description";
import { toText } from "./terraform-configuration";
import {
  describeIdentityProvider,
  describeUiCustomization,
  describeUserPoolDomain,
  readUserPool,
} from "./user-pool-resources";

/** A resource of the stack, as AWS describes it. */
export interface LiveResource extends StackResource, ResourceDescription {
  /** Absent if a stage has no resource of this type. */
  readonly terraformType?: AdoptedType;
  /** Whether AWS has the resource: it may have been deleted outside CloudFormation. */
  readonly isPresent: boolean;
}

/** Terraform types of the resources that a stage can have. */
const TERRAFORM_TYPES = {
  "AWS::Cognito::UserPool": "aws_cognito_user_pool",
  "AWS::Cognito::UserPoolDomain": "aws_cognito_user_pool_domain",
  "AWS::Cognito::UserPoolResourceServer": "aws_cognito_resource_server",
  "AWS::Cognito::UserPoolClient": "aws_cognito_user_pool_client",
  "AWS::Cognito::UserPoolGroup": "aws_cognito_user_group",
  "AWS::Cognito::UserPoolIdentityProvider": "aws_cognito_identity_provider",
  "AWS::Cognito::UserPoolUICustomizationAttachment":
    "aws_cognito_user_pool_ui_customization",
  "AWS::WAFv2::WebACLAssociation": "aws_wafv2_web_acl_association",
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
    case "AWS::Cognito::UserPoolDomain":
      return describeUserPoolDomain(getText("Domain") ?? id, aws);
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
    case "AWS::Cognito::UserPoolIdentityProvider":
      return describeIdentityProvider(
        UserPoolId,
        getIdInPool("ProviderName"),
        aws,
      );
    case "AWS::Cognito::UserPoolUICustomizationAttachment":
      return describeUiCustomization(UserPoolId, getText("ClientId"), aws);
    case "AWS::WAFv2::WebACLAssociation": {
      const [webAcl, pool] = ["WebACLArn", "ResourceArn"].map(getText);
      // a template can compute both
      if (webAcl === undefined || pool === undefined)
        return toDescription(id, "");
      const importId = IMPORT_IDS.webAclAssociation(webAcl, pool);
      return toDescription(webAcl, importId);
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
