/**
 * Builds the import ids of the Terraform AWS provider that join two names.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
export const IMPORT_IDS = {
  userPoolClient: (userPoolId: string, clientId: string): string =>
    `${userPoolId}/${clientId}`,
  userPoolGroup: (userPoolId: string, groupName: string): string =>
    `${userPoolId}/${groupName}`,
  identityProvider: (userPoolId: string, providerName: string): string =>
    `${userPoolId}:${providerName}`,
  uiCustomization: (userPoolId: string, clientId: string): string =>
    `${userPoolId},${clientId}`,
  webAclAssociation: (webAclArn: string, resourceArn: string): string =>
    `${webAclArn},${resourceArn}`,
  resourceServer: (userPoolId: string, identifier: string): string =>
    `${userPoolId}|${identifier}`,
  rolePolicy: (roleName: string, policyName: string): string =>
    `${roleName}:${policyName}`,
} as const;
