import {
  getStageArns,
  createStageTagCondition,
  type DeployScope,
} from "./deploy-scope";
import { getIdentityPoolPrincipal } from "../aws";
import { createStageReadStatements } from "./plan-permissions";
import type { IdentityStatement } from "../policy-document";
import { createStateWriteStatements } from "./state-permissions";

const CLIENTS_AND_GROUPS = [
  "UserPoolClient",
  "UserPoolDomain",
  "ResourceServer",
  "Group",
];

/**
 * Returns the permissions to apply a stage. They cover its own resources, identified by name, or by the tag `Stack` if AWS
 * chooses the name. Roles can be created and changed only with the permissions boundary; only an administrator can change
 * the boundary.
 */
export function createApplyStatements(scope: DeployScope): IdentityStatement[] {
  const arn = getStageArns(scope);
  const bounded = {
    StringEquals: {
      "iam:PermissionsBoundary": scope.boundaryPolicyArn,
      "aws:ResourceTag/Stack": scope.stage,
    },
  };
  return [
    ...createStateWriteStatements(scope),
    ...createStageReadStatements(scope),
    {
      Sid: "WriteSecrets",
      Effect: "Allow",
      Action: [
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
      Resource: arn.secrets,
    },
    {
      // a policy that is not public
      Sid: "ShareSecrets",
      Effect: "Allow",
      Action: "secretsmanager:PutResourcePolicy",
      Resource: arn.secrets,
      Condition: { Bool: { "secretsmanager:BlockPublicPolicy": "true" } },
    },
    {
      // AWS can authorize tags without a pool's ARN while it creates the pool; PoolsOfOthers protects other pools
      Sid: "MakePools",
      Effect: "Allow",
      Action: [
        "cognito-idp:CreateUserPool",
        "cognito-idp:TagResource",
        "cognito-identity:CreateIdentityPool",
        "cognito-identity:TagResource",
      ],
      Resource: "*",
      Condition: {
        StringEquals: { "aws:RequestTag/Stack": scope.stage },
        ...createRegionCondition(scope),
      },
    },
    {
      Sid: "WriteUserPool",
      Effect: "Allow",
      Action: [
        "cognito-idp:AddCustomAttributes",
        "cognito-idp:DeleteUserPool",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:UpdateUserPool",
        ...CLIENTS_AND_GROUPS.flatMap(listWriteActions),
      ],
      Resource: arn.userPools,
      // UpdateUserPool also sets the pool's tags
      Condition: createRetainedTagCondition(scope),
    },
    ...(scope.userPoolId === undefined
      ? []
      : [
          {
            Sid: "WriteGivenUserPool",
            Effect: "Allow",
            Action: CLIENTS_AND_GROUPS.flatMap(listWriteActions),
            Resource: arn.userPool(scope.userPoolId),
          } as const,
        ]),
    {
      Sid: "WriteIdentityPool",
      Effect: "Allow",
      Action: [
        "cognito-identity:DeleteIdentityPool",
        "cognito-identity:UpdateIdentityPool",
      ],
      Resource: arn.identityPools,
      Condition: createStageTagCondition(scope),
    },
    {
      // this action has no resource-level permissions; iam:PassRole limits the roles
      Sid: "AttachRoles",
      Effect: "Allow",
      Action: "cognito-identity:SetIdentityPoolRoles",
      Resource: "*",
      Condition: createRegionCondition(scope),
    },
    {
      // neither on another stage's pool nor with another stage's tag
      Sid: "TagPools",
      Effect: "Allow",
      Action: [
        "cognito-idp:TagResource",
        "cognito-idp:UntagResource",
        "cognito-identity:TagResource",
        "cognito-identity:UntagResource",
      ],
      Resource: [arn.userPools, arn.identityPools],
      Condition: createRetainedTagCondition(scope),
    },
    {
      Sid: "MakeRoles",
      Effect: "Allow",
      Action: "iam:CreateRole",
      Resource: arn.roles,
      Condition: {
        StringEquals: {
          "iam:PermissionsBoundary": scope.boundaryPolicyArn,
          "aws:RequestTag/Stack": scope.stage,
        },
      },
    },
    {
      Sid: "ChangeBoundedRoles",
      Effect: "Allow",
      Action: [
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      Resource: arn.roles,
      Condition: bounded,
    },
    {
      // new and imported roles have no tag yet
      Sid: "TagRoles",
      Effect: "Allow",
      Action: ["iam:TagRole", "iam:UntagRole"],
      Resource: arn.roles,
      Condition: {
        StringEqualsIfExists: {
          "aws:ResourceTag/Stack": scope.stage,
          "aws:RequestTag/Stack": scope.stage,
        },
      },
    },
    {
      // limited by name, because tag conditions are not reliable for iam:PassRole
      Sid: "PassRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource:
        scope.dataManagersRoleArn === undefined
          ? arn.roles
          : [arn.roles, scope.dataManagersRoleArn],
      Condition: {
        StringEquals: {
          "iam:PassedToService": [
            getIdentityPoolPrincipal(scope.region),
            "cognito-idp.amazonaws.com",
          ],
        },
      },
    },
    ...createGuards(scope),
  ];
}

/** Returns the denials that hold whatever other statements allow. */
function createGuards(scope: DeployScope): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    {
      Sid: "PoolsOfOthers",
      Effect: "Deny",
      Action: ["cognito-idp:TagResource", "cognito-identity:TagResource"],
      Resource: arn.poolsOfAnyRegion,
      Condition: { StringNotEquals: { "aws:ResourceTag/Stack": scope.stage } },
    },
    {
      // tag keys are not case-sensitive in IAM
      Sid: "KeepStageTag",
      Effect: "Deny",
      Action: [
        "iam:UntagRole",
        "cognito-idp:UntagResource",
        "cognito-identity:UntagResource",
      ],
      Resource: "*",
      Condition: {
        "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": "Stack" },
      },
    },
    {
      Sid: "KeepBoundaries",
      Effect: "Deny",
      Action: [
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
      ],
      Resource: "*",
    },
    {
      Sid: "KeepBoundaryPolicy",
      Effect: "Deny",
      Action: [
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
      ],
      Resource: scope.boundaryPolicyArn,
    },
    {
      Sid: "KeepStateVersions",
      Effect: "Deny",
      Action: [
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:DeleteObjectVersion",
        "s3:PutBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
      ],
      Resource: [arn.bucket, `${arn.bucket}/*`],
    },
  ];
}

/** Returns the condition that a resource has the stage's tag and retains it. */
function createRetainedTagCondition(scope: DeployScope) {
  return {
    ...createStageTagCondition(scope),
    StringEqualsIfExists: { "aws:RequestTag/Stack": scope.stage },
  };
}

/** Returns the condition that the request is for the stage's Region. */
function createRegionCondition(scope: DeployScope) {
  return { StringEqualsIfExists: { "aws:RequestedRegion": scope.region } };
}

function listWriteActions(noun: string): string[] {
  return ["Create", "Update", "Delete"].map(
    (verb) => `cognito-idp:${verb}${noun}`,
  );
}
