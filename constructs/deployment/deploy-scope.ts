import { getPartition } from "../aws";

/** One stage, as far as a role that deploys it is told what is its own. */
export interface DeployScope {
  readonly region: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stackName: string;
  readonly stateBucket: string;
  readonly stateKey: string;
  /** @default the state is encrypted with S3's own key, which needs no permission */
  readonly stateEncryptionKeyArn?: string;
  /** Policy that every role of the stage is bounded by. */
  readonly boundaryPolicyArn: string;
  /** IAM path that the roles for deployments lie on. */
  readonly deployRolePath: string;
  /** Secret with the stage's settings. */
  readonly environmentSecretName: string;
  /** @default the stage makes its user pool, which is known by its tag */
  readonly userPoolId?: string;
  /** @default no group has a role that exists already */
  readonly dataManagersRoleArn?: string;
}

/** Length of what Secrets Manager adds to a secret's name in its ARN. */
const SECRET_SUFFIX = "-??????";

/** Only what carries the stage's own tag. */
export function stageTagCondition({ stage }: DeployScope) {
  return { StringEquals: { "aws:ResourceTag/Stack": stage } };
}

/** Returns the ARNs of what a stage is made of. */
export function stageArns(scope: DeployScope) {
  const { region, accountId, stackName, stateBucket, stateKey } = scope;
  const partition = getPartition(region);
  const regional = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const iam = (resource: string): string =>
    `arn:${partition}:iam::${accountId}:${resource}`;
  const bucket = `arn:${partition}:s3:::${stateBucket}`;
  return {
    bucket,
    state: `${bucket}/${stateKey}`,
    lock: `${bucket}/${stateKey}.tflock`,
    secrets: regional("secretsmanager", `secret:${stackName}/*`),
    environmentSecret: regional(
      "secretsmanager",
      `secret:${scope.environmentSecretName}${SECRET_SUFFIX}`,
    ),
    userPools: regional("cognito-idp", "userpool/*"),
    poolsOfAnyRegion: [
      `arn:${partition}:cognito-idp:*:${accountId}:userpool/*`,
      `arn:${partition}:cognito-identity:*:${accountId}:identitypool/*`,
    ],
    userPool: (id: string): string => regional("cognito-idp", `userpool/${id}`),
    identityPools: regional("cognito-identity", "identitypool/*"),
    roles: iam(`role/${stackName}-*`),
    deployRoles: iam(`role${scope.deployRolePath}*`),
    // a * matches a / too: a role on a path that begins like the stage's names
    rolesOnPaths: iam(`role/${stackName}-*/*`),
    oidcProviders: iam("oidc-provider/*"),
  };
}
