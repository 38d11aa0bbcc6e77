import { allow, deny, type IdentityStatement } from "../policy-document";
import {
  createStageTagCondition,
  type DeployScope,
  getStageArns,
} from "./deploy-scope";
import { POOL_READS, USER_POOL_LISTS } from "./pool-actions";
import { createStateReadStatements } from "./state-permissions";
import { createUseReadStatements } from "./used-resources";

/**
 * Returns the permissions to plan a stage, and to check it with `doctor`: to read its resources, its settings and its state.
 * They do not allow the state lock, so plan with `-lock=false`.
 */
export function createPlanStatements(scope: DeployScope): IdentityStatement[] {
  const arn = getStageArns(scope);
  const hasStageTag = createStageTagCondition(scope);
  return [
    ...createStateReadStatements(scope),
    ...createStageReadStatements(scope),
    allow(
      "ReadUserPool",
      [...POOL_READS.userPool, ...USER_POOL_LISTS],
      arn.userPools,
      hasStageTag,
    ),
    ...(scope.userPoolId === undefined
      ? []
      : [
          allow(
            "ReadGivenUserPool",
            [...POOL_READS.existingUserPool, ...USER_POOL_LISTS],
            arn.userPool(scope.userPoolId),
          ),
        ]),
    allow(
      "ReadIdentityPool",
      POOL_READS.identityPool,
      arn.identityPools,
      hasStageTag,
    ),
    ...createUseReadStatements(scope),
    // for doctor alone
    allow("CountRoles", "iam:GetAccountSummary", "*"),
    allow("CheckStateBucket", "s3:GetBucketVersioning", arn.bucket),
  ];
}

/** Returns the permissions of both deploy roles to read a stage's resources and settings, except for its pools. */
export function createStageReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    allow(
      "ReadSecrets",
      [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ],
      [arn.secrets, arn.environmentSecret],
    ),
    // a domain is described by name and has no ARN
    allow(
      "ReadDomains",
      ["cognito-idp:DescribeUserPoolDomain", "iam:ListOpenIDConnectProviders"],
      "*",
    ),
    allow(
      "ReadRoles",
      [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
      ],
      arn.roles,
      // a missing role has no tag, and reading it must fail with not found
      { StringEqualsIfExists: { "aws:ResourceTag/Stack": scope.stage } },
    ),
    deny("NoRolesOnPaths", "iam:*", [arn.rolesOnPaths, arn.deployRoles]),
    allow(
      "ReadOidcProvider",
      "iam:GetOpenIDConnectProvider",
      arn.oidcProviders,
    ),
  ];
}
