import { arnsOf, ofStage, type DeployScope } from "./deploy-scope";
import type { IdentityStatement } from "./policy-document";

/** What it takes to plan a stage: reading it, its settings and its state, which is locked meanwhile. */
export function planStatements(scope: DeployScope): IdentityStatement[] {
  const arn = arnsOf(scope);
  return [
    {
      Sid: "FindState",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: arn.bucket,
      // Terraform looks for workspaces, which there are none of
      Condition: { StringEquals: { "s3:prefix": [scope.stateKey, "env:/"] } },
    },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: arn.state,
    },
    {
      Sid: "LockState",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${arn.state}.tflock`,
    },
    ...(scope.stateEncryptionKeyArn === undefined
      ? []
      : [
          {
            Sid: "DecryptState",
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            Resource: scope.stateEncryptionKeyArn,
          } as const,
        ]),
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
      Condition: ofStage(scope),
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
      Condition: ofStage(scope),
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
    },
    {
      Sid: "ReadOidcProvider",
      Effect: "Allow",
      Action: "iam:GetOpenIDConnectProvider",
      Resource: arn.oidcProviders,
    },
  ];
}
