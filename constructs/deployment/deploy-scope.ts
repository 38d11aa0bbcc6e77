import { getPartition } from "../aws";

/** Resources outside a stage that its user pool uses. Deploy roles have access to these only. */
export interface UsedResources {
  /**
   * ARNs of the Lambda functions that the user pool invokes.
   *
   * @default the user pool invokes no function
   */
  readonly triggerArns?: readonly string[] | undefined;
  /** @default the user pool has no web ACL */
  readonly webAclArn?: string | undefined;
  /** @default the user pool has a prefix domain only */
  readonly customDomain?: UsedDomain | undefined;
  /** Whether the user pool sends email with Amazon SES. @default false */
  readonly usesSes?: boolean | undefined;
  /**
   * ARN of the log group, bucket or delivery stream that receives the logs of the user pool.
   *
   * @default the user pool delivers no logs
   */
  readonly logDestinationArn?: string | undefined;
}

/** Custom domain of a user pool. */
export interface UsedDomain {
  readonly domain: string;
  /** Id of the Route 53 hosted zone in which the stage creates the record. @default the stage creates no record */
  readonly zoneId?: string | undefined;
}

/** Names and ARNs that limit a role for CI to one stage. */
export interface DeployScope extends UsedResources {
  readonly region: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stackName: string;
  readonly stateBucket: string;
  readonly stateKey: string;
  /** Customer managed key that encrypts the state; `null` for an S3 managed key, which requires no permission. */
  readonly stateEncryptionKeyArn: string | null;
  /** Permissions boundary of the stage's roles. */
  readonly boundaryPolicyArn: string;
  /** IAM path of the roles for CI. */
  readonly deployRolePath: string;
  /** Name of the secret with the stage's settings. */
  readonly environmentSecretName: string;
  /** @default the stage creates its user pool, which is identified by its tag */
  readonly userPoolId?: string | undefined;
  /** @default no group has an existing role */
  readonly dataManagersRoleArn?: string | undefined;
}

/** Pattern of the characters that Secrets Manager appends to a secret's name in its ARN. */
const SECRET_SUFFIX = "-??????";

/** Returns the condition that a resource has the stage's tag. */
export function createStageTagCondition({ stage }: DeployScope) {
  return { StringEquals: { "aws:ResourceTag/Stack": stage } };
}

/** Returns the ARNs of a stage's resources. */
export function getStageArns(scope: DeployScope) {
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
    // * also matches /: these roles are on a path that starts like the stage's name
    rolesOnPaths: iam(`role/${stackName}-*/*`),
    oidcProviders: iam("oidc-provider/*"),
    serviceLinkedRoles: (principal: string): string =>
      iam(`role/aws-service-role/${principal}/*`),
    webAcls: regional("wafv2", "regional/webacl/*/*"),
    // Route 53 has no Regions and no accounts in its ARNs
    hostedZone: (id: string): string =>
      `arn:${partition}:route53:::hostedzone/${id}`,
    zoneChanges: `arn:${partition}:route53:::change/*`,
  };
}
