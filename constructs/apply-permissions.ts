import { arnsOf, ofStage, type DeployScope } from "./deploy-scope";
import { identityPoolPrincipal } from "./names";
import { planStatements } from "./plan-permissions";
import type { IdentityStatement } from "./policy-document";

const CLIENTS_AND_GROUPS = [
  "UserPoolClient",
  "UserPoolDomain",
  "ResourceServer",
  "Group",
];

/**
 * What it takes to change a stage: what it has made itself, known by its name, and where AWS gives no name, by its tag
 * `Stack`. Roles can be made and changed only while they are bounded.
 */
export function applyStatements(scope: DeployScope): IdentityStatement[] {
  const arn = arnsOf(scope);
  const bounded = {
    StringEquals: {
      "iam:PermissionsBoundary": scope.boundaryPolicyArn,
      "aws:ResourceTag/Stack": scope.stage,
    },
  };
  return [
    ...planStatements(scope),
    {
      Sid: "WriteState",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: arn.state,
    },
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
      Sid: "MakePools",
      Effect: "Allow",
      Action: [
        "cognito-idp:CreateUserPool",
        "cognito-identity:CreateIdentityPool",
      ],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestTag/Stack": scope.stage } },
    },
    {
      Sid: "WriteUserPool",
      Effect: "Allow",
      Action: [
        "cognito-idp:AddCustomAttributes",
        "cognito-idp:DeleteUserPool",
        "cognito-idp:SetUserPoolMfaConfig",
        "cognito-idp:UpdateUserPool",
        ...CLIENTS_AND_GROUPS.flatMap(writesOf),
      ],
      Resource: arn.userPools,
      // an update of a user pool writes its tags too
      Condition: staysOfStage(scope),
    },
    ...(scope.userPoolId === undefined
      ? []
      : [
          {
            Sid: "WriteInGivenUserPool",
            Effect: "Allow",
            Action: CLIENTS_AND_GROUPS.flatMap(writesOf),
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
      Condition: ofStage(scope),
    },
    {
      // AWS knows no finer resource; which roles are given is bounded by whom they may be passed to
      Sid: "GiveRolesToIdentityPools",
      Effect: "Allow",
      Action: "cognito-identity:SetIdentityPoolRoles",
      Resource: "*",
    },
    {
      // AWS may ask for it on no pool in particular while one is made; a guard keeps it from those that are there
      Sid: "TagPoolsBeingMade",
      Effect: "Allow",
      Action: ["cognito-idp:TagResource", "cognito-identity:TagResource"],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestTag/Stack": scope.stage } },
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
      Condition: staysOfStage(scope),
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
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
      ],
      Resource: arn.roles,
      Condition: bounded,
    },
    {
      Sid: "UntagRoles",
      Effect: "Allow",
      Action: "iam:UntagRole",
      Resource: arn.roles,
      Condition: ofStage(scope),
    },
    {
      // a role that is being made has no tag yet
      Sid: "TagRoles",
      Effect: "Allow",
      Action: "iam:TagRole",
      Resource: arn.roles,
      Condition: {
        StringEqualsIfExists: {
          "aws:ResourceTag/Stack": scope.stage,
          "aws:RequestTag/Stack": scope.stage,
        },
      },
    },
    {
      Sid: "GiveRolesToCognito",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource:
        scope.dataManagersRoleArn === undefined
          ? arn.roles
          : [arn.roles, scope.dataManagersRoleArn],
      Condition: {
        StringEquals: {
          "iam:PassedToService": [
            identityPoolPrincipal(scope.region),
            "cognito-idp.amazonaws.com",
          ],
        },
      },
    },
    ...guards(scope),
  ];
}

/** What stays refused, whatever is allowed beside it one day. */
function guards(scope: DeployScope): IdentityStatement[] {
  const arn = arnsOf(scope);
  return [
    {
      Sid: "PoolsOfOthersStayTheirs",
      Effect: "Deny",
      Action: ["cognito-idp:TagResource", "cognito-identity:TagResource"],
      Resource: [arn.userPools, arn.identityPools],
      Condition: { StringNotEquals: { "aws:ResourceTag/Stack": scope.stage } },
    },
    {
      Sid: "BoundaryStaysOnRoles",
      Effect: "Deny",
      Action: "iam:DeleteRolePermissionsBoundary",
      Resource: "*",
    },
    {
      Sid: "BoundaryStaysAsItIs",
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
      Sid: "RolesThatDeployStayAsTheyAre",
      Effect: "Deny",
      Action: "iam:*",
      Resource: arn.deployRoles,
    },
    {
      Sid: "StateKeepsItsVersions",
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
function staysOfStage(scope: DeployScope) {
  return {
    ...ofStage(scope),
    StringEqualsIfExists: { "aws:RequestTag/Stack": scope.stage },
  };
}

function writesOf(noun: string): string[] {
  return ["Create", "Update", "Delete"].map(
    (verb) => `cognito-idp:${verb}${noun}`,
  );
}
