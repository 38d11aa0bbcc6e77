import { stageArns, stageTagCondition, type DeployScope } from "./deploy-scope";
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
 * Returns what changing a stage requires: what the stage has made, known by its name, or by its tag `Stack` if AWS gives no
 * name. Roles can be created with the boundary alone, and changed only while they have it. No statement changes a role's
 * boundary: that is an administrator's.
 */
export function createApplyStatements(scope: DeployScope): IdentityStatement[] {
  const arn = stageArns(scope);
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
      // with roles by their names, never with everybody
      Sid: "ShareSecrets",
      Effect: "Allow",
      Action: "secretsmanager:PutResourcePolicy",
      Resource: arn.secrets,
      Condition: { Bool: { "secretsmanager:BlockPublicPolicy": "true" } },
    },
    {
      // AWS may ask for tags on no pool in particular while one is created; a guard keeps them from pools without the tag
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
        ...inRegion(scope),
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
        ...CLIENTS_AND_GROUPS.flatMap(writeActions),
      ],
      Resource: arn.userPools,
      // an update of a user pool writes its tags too
      Condition: keepsStageTag(scope),
    },
    ...(scope.userPoolId === undefined
      ? []
      : [
          {
            Sid: "WriteGivenUserPool",
            Effect: "Allow",
            Action: CLIENTS_AND_GROUPS.flatMap(writeActions),
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
      Condition: stageTagCondition(scope),
    },
    {
      // AWS knows no finer resource; which roles are given is bounded by whom they may be passed to
      Sid: "AttachRoles",
      Effect: "Allow",
      Action: "cognito-identity:SetIdentityPoolRoles",
      Resource: "*",
      Condition: inRegion(scope),
    },
    {
      // never onto another stage's pool, nor away from this one's
      Sid: "TagPools",
      Effect: "Allow",
      Action: [
        "cognito-idp:TagResource",
        "cognito-idp:UntagResource",
        "cognito-identity:TagResource",
        "cognito-identity:UntagResource",
      ],
      Resource: [arn.userPools, arn.identityPools],
      Condition: keepsStageTag(scope),
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
      // a role that is being created has no tag yet, nor has one that was adopted
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
      // by name alone: a condition on the role's tags has no reliable results for iam:PassRole
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
    ...guards(scope),
  ];
}

/** Returns what stays refused, whatever another statement allows one day. */
function guards(scope: DeployScope): IdentityStatement[] {
  const arn = stageArns(scope);
  return [
    {
      Sid: "PoolsOfOthers",
      Effect: "Deny",
      Action: ["cognito-idp:TagResource", "cognito-identity:TagResource"],
      Resource: arn.poolsOfAnyRegion,
      Condition: { StringNotEquals: { "aws:ResourceTag/Stack": scope.stage } },
    },
    {
      // IAM compares keys of tags without regard to case
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

/** Only what carries the stage's own tag, and keeps it. */
function keepsStageTag(scope: DeployScope) {
  return {
    ...stageTagCondition(scope),
    StringEqualsIfExists: { "aws:RequestTag/Stack": scope.stage },
  };
}

/** Only in the stage's Region; AWS names the Region of every request. */
function inRegion(scope: DeployScope) {
  return { StringEqualsIfExists: { "aws:RequestedRegion": scope.region } };
}

function writeActions(noun: string): string[] {
  return ["Create", "Update", "Delete"].map(
    (verb) => `cognito-idp:${verb}${noun}`,
  );
}
