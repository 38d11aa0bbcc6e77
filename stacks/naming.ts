/**
 * Names of stacks, secrets, roles, outputs and state keys. Other systems depend on them: do not change one.
 * Pure, so that scripts can use them without loading the provider.
 */
import { getPartition } from "../constructs/aws";

/** First half of the stack name, unless `APP_NAME` sets another one. */
export const DEFAULT_APP_NAME = "veda-auth-stack";

/** Returns the name of a stack, which is the first part of every name in the stack. */
export function getStackName(appName: string, stage: string): string {
  return `${appName}-${stage}`;
}

/** Returns the name of the secret with a client's credentials. */
export function getSecretName(stack: string, clientId: string): string {
  return `${stack}/${clientId}`;
}

/** Name in `STAGE` that selects the account's stack instead of a stage. */
export const ACCOUNT_STAGE = "account";

/** Actions of CI on a stage. Each has a role of its own. */
export type DeployAction = "plan" | "apply" | "rotate";

/** Returns the name of the role with which CI plans, applies or rotates a stage. */
export function getDeployRoleName(stack: string, action: DeployAction): string {
  return `${stack}-${action}`;
}

/**
 * Returns the GitHub environment of the jobs that plan or rotate, if a customized subject has the claim `environment`: GitHub
 * then issues tokens only to jobs in an environment. That of plans is not protected, because pull requests plan in it. Only
 * the branches that deploy may use that of rotations.
 */
export function getJobEnvironment(
  action: Exclude<DeployAction, "apply">,
  claimKeys: readonly string[] = [],
): string | undefined {
  return claimKeys.includes("environment") ? action : undefined;
}

/** Returns the IAM path of the roles for CI. Roles of a stage are never on it. */
export function getDeployRolePath(accountStack: string): string {
  return `/${accountStack}/`;
}

/** Returns the default name of the permissions boundary of an app's roles. */
export function getBoundaryPolicyName(appName: string): string {
  return `${appName}-boundary`;
}

/** Returns the alias of the customer managed key that encrypts an app's Terraform states. */
export function getStateEncryptionKeyAlias(appName: string): string {
  return `alias/${appName}-state`;
}

/** Returns the ARN of {@link getStateEncryptionKeyAlias}. */
export function getStateEncryptionKeyArn(
  appName: string,
  region: string,
  accountId: string,
): string {
  return `arn:${getPartition(region)}:kms:${region}:${accountId}:${getStateEncryptionKeyAlias(appName)}`;
}

/** Returns the default key of a stack's Terraform state. */
export function getDefaultStateKey(appName: string, stage: string): string {
  return `${appName}/${stage}/terraform.tfstate`;
}

/** Returns the name of the secret with a stage's settings for CI. */
export function getEnvironmentSecretName(stage: string): string {
  return `veda-auth-${stage}-env`;
}

/** Returns the identifier of a resource server, which is the prefix of its OAuth scopes. */
export function getResourceServerIdentifier(id: string): string {
  return `${id}-server`;
}

/** Returns the name of a service's app client. */
export function getServiceClientName(id: string): string {
  return `${id} Service Access`;
}

/** Returns the name of a role for a group, a repository or the identity pool. */
export function getRoleName(stack: string, id: string): string {
  return `${stack}-${id}`;
}

/** Returns the name of a stage's identity pool. */
export function getIdentityPoolName(stack: string): string {
  return `${stack} IdentityPool`;
}

/** Returns the name of an output for a client or stage. Outputs are read as environment variables, which have no hyphens. */
export function getOutputName<Suffix extends string>(
  id: string,
  suffix: Suffix,
): `${string}_${Suffix}` {
  return `${id.replaceAll("-", "_")}_${suffix}`;
}

/** Id of the client in the output `client_id` if a stage has more than one programmatic client. */
export const PROGRAMMATIC_CLIENT = "programmatic-client";

/** Id of the client that only the identity pool uses. */
export const IDENTITY_PROVIDER_CLIENT = "identity-provider";

/** Name of that client in Cognito. */
export const IDENTITY_PROVIDER_CLIENT_NAME =
  "Identity Pool Authentication Provider";

/** Ports of the callback URLs of a sign-in through the browser. The first free one is used. */
export const BROWSER_SIGN_IN_PORTS = [18_631, 18_632, 18_633] as const;

/** Returns a callback URL of a sign-in through the browser. Cognito compares it with the registered ones exactly. */
export function getBrowserCallbackUrl(port: number): string {
  return `http://127.0.0.1:${port}/callback`;
}
