import { getIdentityPoolPrincipal } from "../aws";
import { allow, deny, type IdentityStatement } from "../policy-document";
import {
  createStageTagCondition,
  type DeployScope,
  getStageArns,
} from "./deploy-scope";
import { createStageReadStatements } from "./plan-permissions";
import { POOL_READS, POOL_WRITES } from "./pool-actions";
import { createStateWriteStatements } from "./state-permissions";

/**
 * Returns the permissions to apply a stage. They cover its own resources, identified by name, or by the tag `Stack` if AWS
 * chooses the name. Roles can be created and changed only with the permissions boundary; only an administrator can change
 * the boundary.
 */
export function createApplyStatements(scope: DeployScope): IdentityStatement[] {
  const arn = getStageArns(scope);
  const retainsStageTag = {
    ...createStageTagCondition(scope),
    StringEqualsIfExists: { "aws:RequestTag/Stack": scope.stage },
  };
  const isInRegion = {
    StringEqualsIfExists: { "aws:RequestedRegion": scope.region },
  };
  return [
    ...createStateWriteStatements(scope),
    ...createStageReadStatements(scope),
    allow(
      "WriteSecrets",
      [
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:RestoreSecret",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
        "secretsmanager:UpdateSecretVersionStage",
        "secretsmanager:ValidateResourcePolicy",
      ],
      arn.secrets,
    ),
    // a policy that is not public
    allow("ShareSecrets", "secretsmanager:PutResourcePolicy", arn.secrets, {
      Bool: { "secretsmanager:BlockPublicPolicy": "true" },
    }),
    // AWS can authorize tags without a pool's ARN while it creates the pool; PoolsOfOthers protects other pools
    allow(
      "MakePools",
      [
        "cognito-idp:CreateUserPool",
        "cognito-idp:TagResource",
        "cognito-identity:CreateIdentityPool",
        "cognito-identity:TagResource",
      ],
      "*",
      {
        StringEquals: { "aws:RequestTag/Stack": scope.stage },
        ...isInRegion,
      },
    ),
    allow(
      "WriteUserPool",
      [...POOL_READS.userPool, ...POOL_WRITES.userPool],
      arn.userPools,
      // neither another stage's pool nor another stage's tag; UpdateUserPool sets tags too
      retainsStageTag,
    ),
    ...(scope.userPoolId === undefined
      ? []
      : [
          allow(
            "WriteGivenUserPool",
            [...POOL_READS.existingUserPool, ...POOL_WRITES.existingUserPool],
            arn.userPool(scope.userPoolId),
          ),
        ]),
    allow(
      "WriteIdentityPool",
      [...POOL_READS.identityPool, ...POOL_WRITES.identityPool],
      arn.identityPools,
      retainsStageTag,
    ),
    // this action has no resource-level permissions; iam:PassRole limits the roles
    allow(
      "AttachRoles",
      "cognito-identity:SetIdentityPoolRoles",
      "*",
      isInRegion,
    ),
    allow("MakeRoles", "iam:CreateRole", arn.roles, {
      StringEquals: {
        "iam:PermissionsBoundary": scope.boundaryPolicyArn,
        "aws:RequestTag/Stack": scope.stage,
      },
    }),
    allow(
      "ChangeBoundedRoles",
      [
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      arn.roles,
      {
        StringEquals: {
          "iam:PermissionsBoundary": scope.boundaryPolicyArn,
          "aws:ResourceTag/Stack": scope.stage,
        },
      },
    ),
    // new and imported roles have no tag yet
    allow("TagRoles", ["iam:TagRole", "iam:UntagRole"], arn.roles, {
      StringEqualsIfExists: {
        "aws:ResourceTag/Stack": scope.stage,
        "aws:RequestTag/Stack": scope.stage,
      },
    }),
    // limited by name, because tag conditions are not reliable for iam:PassRole
    allow(
      "PassRoles",
      "iam:PassRole",
      scope.dataManagersRoleArn === undefined
        ? arn.roles
        : [arn.roles, scope.dataManagersRoleArn],
      {
        StringEquals: {
          "iam:PassedToService": [
            getIdentityPoolPrincipal(scope.region),
            "cognito-idp.amazonaws.com",
          ],
        },
      },
    ),
    ...createDenials(scope),
  ];
}

/** Returns the denials that hold whatever other statements allow. */
function createDenials(scope: DeployScope): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    deny(
      "PoolsOfOthers",
      ["cognito-idp:TagResource", "cognito-identity:TagResource"],
      arn.poolsOfAnyRegion,
      { StringNotEquals: { "aws:ResourceTag/Stack": scope.stage } },
    ),
    // tag keys are not case-sensitive in IAM
    deny(
      "KeepStageTag",
      [
        "iam:UntagRole",
        "cognito-idp:UntagResource",
        "cognito-identity:UntagResource",
      ],
      "*",
      { "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": "Stack" } },
    ),
    deny(
      "KeepBoundaries",
      ["iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary"],
      "*",
    ),
    deny(
      "KeepBoundaryPolicy",
      [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
      ],
      scope.boundaryPolicyArn,
    ),
    deny(
      "KeepStateVersions",
      [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
      ],
      [arn.bucket, `${arn.bucket}/*`],
    ),
  ];
}
