import {
  getStageArns,
  createStageTagCondition,
  type DeployScope,
} from "./deploy-scope";
import type { IdentityStatement } from "../policy-document";
import { createStateReadStatements } from "./state-permissions";

/**
 * Returns the permissions to plan a stage: to read its resources, its settings and its state. They do not allow the state
 * lock, so plan with `-lock=false`.
 */
export function createPlanStatements(scope: DeployScope): IdentityStatement[] {
  return [
    ...createStateReadStatements(scope),
    ...createStageReadStatements(scope),
  ];
}

/** Returns the permissions to read a stage's resources and settings. */
export function createStageReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const arn = getStageArns(scope);
  return [
    {
      Sid: "ReadSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
      ],
      Resource: [arn.secrets, arn.environmentSecret],
    },
    {
      Sid: "ReadUserPool",
      Effect: "Allow",
      Action: [
        "cognito-idp:DescribeResourceServer",
        "cognito-idp:DescribeUserPool",
        "cognito-idp:DescribeUserPoolClient",
        "cognito-idp:GetGroup",
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListTagsForResource",
      ],
      Resource: arn.userPools,
      Condition: createStageTagCondition(scope),
    },
    ...(scope.userPoolId === undefined
      ? []
      : [
          {
            Sid: "ReadGivenUserPool",
            Effect: "Allow",
            Action: [
              "cognito-idp:DescribeResourceServer",
              "cognito-idp:DescribeUserPool",
              "cognito-idp:DescribeUserPoolClient",
              "cognito-idp:GetGroup",
            ],
            Resource: arn.userPool(scope.userPoolId),
          } as const,
        ]),
    {
      // a domain is described by name and has no ARN
      Sid: "ReadDomains",
      Effect: "Allow",
      Action: [
        "cognito-idp:DescribeUserPoolDomain",
        "iam:ListOpenIDConnectProviders",
      ],
      Resource: "*",
    },
    {
      Sid: "ReadIdentityPool",
      Effect: "Allow",
      Action: [
        "cognito-identity:DescribeIdentityPool",
        "cognito-identity:GetIdentityPoolRoles",
        "cognito-identity:ListTagsForResource",
      ],
      Resource: arn.identityPools,
      Condition: createStageTagCondition(scope),
    },
    {
      Sid: "ReadRoles",
      Effect: "Allow",
      Action: [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListInstanceProfilesForRole",
        "iam:ListRolePolicies",
        "iam:ListRoleTags",
      ],
      Resource: arn.roles,
      // a missing role has no tag, and reading it must fail with not found
      Condition: {
        StringEqualsIfExists: { "aws:ResourceTag/Stack": scope.stage },
      },
    },
    {
      Sid: "NoRolesOnPaths",
      Effect: "Deny",
      Action: "iam:*",
      Resource: [arn.rolesOnPaths, arn.deployRoles],
    },
    {
      Sid: "ReadOidcProvider",
      Effect: "Allow",
      Action: "iam:GetOpenIDConnectProvider",
      Resource: arn.oidcProviders,
    },
  ];
}
