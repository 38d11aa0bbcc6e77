import type { AwsTarget } from "../../aws/client";
import { findOrUndefined } from "../../aws/errors";
import type { JsonObject } from "../../system/json-object";
import {
  AccessReader,
  CognitoReader,
  type DescribedResource,
} from "./resource-readers";
import { type LiveStack, resolveText, type StackResource } from "./live-stack";

/** A resource of the stack, as AWS has it now. */
export interface LiveResource extends StackResource {
  /** Terraform's type; absent for what no stage has. */
  readonly terraformType?: string;
  /** What it is known by, whatever its logical id is. */
  readonly key: string;
  /** What Terraform imports it by. */
  readonly importId: string;
  /** Whether it is still there: somebody may have deleted it by hand. */
  readonly isThere: boolean;
  /** What AWS says of it. */
  readonly facts: JsonObject;
}

/** Terraform's types of what a stage can have from a stack. */
const TERRAFORM_TYPES: Readonly<Record<string, string>> = {
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
};

/** Reads every resource of a stack, as AWS has it now. */
export async function readLiveResources(
  stack: LiveStack,
  place: AwsTarget,
): Promise<readonly LiveResource[]> {
  const reader = new LiveReader(stack, place);
  const all: LiveResource[] = [];
  for (const resource of stack.resources) {
    const terraformType = TERRAFORM_TYPES[resource.type];
    const found = await findOrUndefined(() => reader.find(resource));
    all.push({
      ...resource,
      ...(terraformType !== undefined && { terraformType }),
      key: found?.key ?? resource.physicalId,
      importId: found?.importId ?? "",
      isThere: found !== undefined,
      facts: found?.facts ?? {},
    });
  }
  return all;
}

class LiveReader {
  private readonly pools: CognitoReader;
  private readonly roles: AccessReader;

  constructor(
    private readonly stack: LiveStack,
    place: AwsTarget,
  ) {
    this.pools = new CognitoReader(place);
    this.roles = new AccessReader(place);
  }

  find(resource: StackResource): Promise<DescribedResource | undefined> {
    const { type, physicalId: id } = resource;
    const inPool = (property: string) =>
      [
        this.poolOf(resource),
        this.property(resource, property) ?? id.replace(/^.*\|/, ""),
      ] as const;
    switch (type) {
      case "AWS::Cognito::UserPool":
        return this.pools.userPool(id);
      case "AWS::Cognito::UserPoolDomain":
        return this.pools.domain(this.property(resource, "Domain") ?? id);
      case "AWS::Cognito::UserPoolResourceServer":
        return this.pools.resourceServer(...inPool("Identifier"));
      case "AWS::Cognito::UserPoolClient":
        return this.pools.client(...inPool("ClientId"));
      case "AWS::Cognito::UserPoolGroup":
        return this.pools.group(...inPool("GroupName"));
      case "AWS::Cognito::IdentityPool":
        return this.pools.identityPool(id);
      case "AWS::Cognito::IdentityPoolRoleAttachment":
        return this.pools.rolesAttachment(
          this.property(resource, "IdentityPoolId") ?? id,
        );
      case "AWS::IAM::Role":
        return this.roles.role(id);
      case "AWS::IAM::Policy":
        return this.rolePolicy(resource);
      case "AWS::IAM::OIDCProvider":
      case "Custom::AWSCDKOpenIdConnectProvider":
        return this.roles.oidcProvider(id);
      case "AWS::SecretsManager::Secret":
        return this.roles.secret(id);
      case "AWS::SecretsManager::ResourcePolicy":
        return this.roles.secretPolicy(
          this.property(resource, "SecretId") ?? id,
        );
      default:
        return Promise.resolve({ key: id, importId: "", facts: {} });
    }
  }

  /** A policy of roles; one that is of several roles is known by the first. */
  private rolePolicy(resource: StackResource): Promise<DescribedResource> {
    const roles = this.properties(resource).Roles;
    const [roleName] = (Array.isArray(roles) ? roles : []).map((role) =>
      resolveText(role, this.stack),
    );
    if (roleName === undefined)
      return Promise.resolve({
        key: resource.physicalId,
        importId: "",
        facts: {},
      });
    return this.roles.rolePolicy(
      roleName,
      this.property(resource, "PolicyName") ?? resource.physicalId,
    );
  }

  private properties({ logicalId }: StackResource): JsonObject {
    return this.stack.template.Resources[logicalId]?.Properties ?? {};
  }

  private property(resource: StackResource, name: string): string | undefined {
    return resolveText(this.properties(resource)[name], this.stack);
  }

  /** The user pool that something is in: as its properties say, else the only one of the stack. */
  private poolOf(resource: StackResource): string {
    return (
      this.property(resource, "UserPoolId") ??
      this.stack.resources.find(({ type }) => type === "AWS::Cognito::UserPool")
        ?.physicalId ??
      ""
    );
  }
}
