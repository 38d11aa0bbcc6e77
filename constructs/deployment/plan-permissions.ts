import { stageArns, stageTagCondition, type DeployScope } from "./deploy-scope";
import type { IdentityStatement } from "../policy-document";
import { createStateReadStatements } from "./state-permissions";

/**
 * Returns what planning a stage requires: reading it, its settings and its state. A role with these statements writes
 * nothing, the state's lock included, so plan with `-lock=false`.
 */
export function createPlanStatements(scope: DeployScope): IdentityStatement[] {
  return [
    ...createStateReadStatements(scope),
    ...createStageReadStatements(scope),
  ];
}

/** Returns what reading a stage and its settings requires. */
export function createStageReadStatements(
  scope: DeployScope,
): IdentityStatement[] {
  const arn = stageArns(scope);
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
      Condition: stageTagCondition(scope),
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
      // a domain is looked for by its name, which may be nobody's yet
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
      Condition: stageTagCondition(scope),
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
      // a role that does not exist has no tag: reading it must fail as not found
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
