import { allow, deny, type IdentityStatement } from "../policy-document";
import {
  createStageTagCondition,
  type DeployScope,
  getStageArns,
} from "./deploy-scope";
import { createStateReadStatements } from "./state-permissions";

const USER_POOL_READS = [
  "cognito-idp:DescribeResourceServer",
  "cognito-idp:DescribeUserPool",
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:GetGroup",
];

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
  const hasStageTag = createStageTagCondition(scope);
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
    allow(
      "ReadUserPool",
      [
        ...USER_POOL_READS,
        "cognito-idp:GetUserPoolMfaConfig",
        "cognito-idp:ListTagsForResource",
      ],
      arn.userPools,
      hasStageTag,
    ),
    ...(scope.userPoolId === undefined
      ? []
      : [
          allow(
            "ReadGivenUserPool",
            USER_POOL_READS,
            arn.userPool(scope.userPoolId),
          ),
        ]),
    // a domain is described by name and has no ARN
    allow(
      "ReadDomains",
      ["cognito-idp:DescribeUserPoolDomain", "iam:ListOpenIDConnectProviders"],
      "*",
    ),
    allow(
      "ReadIdentityPool",
      [
        "cognito-identity:DescribeIdentityPool",
        "cognito-identity:GetIdentityPoolRoles",
        "cognito-identity:ListTagsForResource",
      ],
      arn.identityPools,
      hasStageTag,
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
