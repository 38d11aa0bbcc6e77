/**
 * The names that other systems hang on: secrets, scopes, outputs, hosts. Pure, so that scripts share them with the
 * constructs; a change here breaks a reader somewhere else.
 */

/** Name of one stage's stack: first part of every name the stage makes. */
export function getStackName(appName: string, stage: string): string {
  return `${appName}-${stage}`;
}

/** Name of the secret that holds a client's credentials. */
export function getSecretName(stack: string, clientId: string): string {
  return `${stack}/${clientId}`;
}

/** Stage name that stands for the account: what its stages share. */
export const ACCOUNT_STAGE = "account";

/** Name of a stage's role for CI, which may look at the stage or also change it. */
export function getDeployRoleName(
  stack: string,
  may: "plan" | "apply",
): string {
  return `${stack}-${may}`;
}

/** IAM path of the roles that an account's stack makes for CI: no stage's own roles lie there. */
export function getDeployRolePath(accountStack: string): string {
  return `/${accountStack}/`;
}

/** Name of the policy that bounds every role of an app's stages, unless a setting names another. */
export function getBoundaryPolicyName(appName: string): string {
  return `${appName}-boundary`;
}

/** Alias of the customer's key that an app's states are encrypted with. */
export function getStateEncryptionKeyAlias(appName: string): string {
  return `alias/${appName}-state`;
}

/** ARN of {@link getStateEncryptionKeyAlias}. */
export function getStateEncryptionKeyArn(
  appName: string,
  region: string,
  accountId: string,
): string {
  return `arn:${getPartition(region)}:kms:${region}:${accountId}:${getStateEncryptionKeyAlias(appName)}`;
}

/** Returns the key of a stack's Terraform state, unless a setting names another. */
export function getDefaultStateKey(appName: string, stage: string): string {
  return `${appName}/${stage}/terraform.tfstate`;
}

/** Name of the secret that holds a stage's settings for CI. */
export function getEnvironmentSecretName(stage: string): string {
  return `veda-auth-${stage}-env`;
}

/** Identifier and name of a resource server: the prefix of its OAuth scopes. */
export function getResourceServerIdentifier(id: string): string {
  return `${id}-server`;
}

/** Name of the app client that a service signs in with. */
export function getServiceClientName(id: string): string {
  return `${id} Service Access`;
}

/** Name of a role that a stage makes for a group, a repository or the identity pool. */
export function getRoleName(stack: string, id: string): string {
  return `${stack}-${id}`;
}

/** Name of a stage's identity pool. */
export function getIdentityPoolName(stack: string): string {
  return `${stack} IdentityPool`;
}

/** A Terraform output's name for a caller's id: outputs are read as environment variables, which hold no hyphens. */
export function getOutputName<Suffix extends string>(
  id: string,
  suffix: Suffix,
): `${string}_${Suffix}` {
  return `${id.replaceAll("-", "_")}_${suffix}`;
}

/** Client that the output `client_id` names when a stage has more than one programmatic client. */
export const PROGRAMMATIC_CLIENT = "programmatic-client";

/** Client that only the identity pool uses. */
export const IDENTITY_PROVIDER_CLIENT = "identity-provider";

/** AWS partition of a Region: second field of every ARN there. */
export function getPartition(region: string): "aws" | "aws-us-gov" {
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/**
 * Base URL of a user pool's hosted domain: token endpoint and sign-in pages lie under it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
 */
export function getDomainBaseUrl(prefix: string, region: string): string {
  const auth = getPartition(region) === "aws-us-gov" ? "auth-fips" : "auth";
  return `https://${prefix}.${auth}.${region}.amazoncognito.com`;
}

/** Issuer of a user pool's tokens without its scheme: the name an identity pool knows the user pool by. */
export function getUserPoolProviderName(
  region: string,
  userPoolId: string,
): string {
  return `cognito-idp.${region}.amazonaws.com/${userPoolId}`;
}

/** Issuer of a user pool's tokens, as their `iss` claim has it. */
export function getUserPoolIssuer(region: string, userPoolId: string): string {
  return `https://${getUserPoolProviderName(region, userPoolId)}`;
}

/** Where the public keys lie that a user pool's tokens verify with. */
export function getUserPoolJwksUrl(region: string, userPoolId: string): string {
  return `${getUserPoolIssuer(region, userPoolId)}/.well-known/jwks.json`;
}

/**
 * Principal that identity pools assume roles as, which is also the prefix of their condition keys.
 *
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html
 */
export function getIdentityPoolPrincipal(region: string): string {
  return getPartition(region) === "aws-us-gov"
    ? "cognito-identity-us-gov.amazonaws.com"
    : "cognito-identity.amazonaws.com";
}
