import { identityPoolPrincipal, partitionOf } from "./names";
import type { IdentityStatement } from "./policy-document";

/** One stage, as far as a role that deploys it is told what is its own. */
export interface DeployScope {
  readonly region: string;
  readonly accountId: string;
  readonly stage: string;
  readonly stackName: string;
  readonly stateBucket: string;
  readonly stateKey: string;
  /** @default the state is encrypted with S3's own key, which needs no permission */
  readonly stateEncryptionKeyArn?: string;
  /** Policy that every role of the stage is bounded by. */
  readonly boundaryPolicyArn: string;
  /** IAM path that the roles for deployments lie on. */
  readonly deployPath: string;
  /** Secret with the stage's settings. */
  readonly environmentSecret: string;
  /** @default the stage makes its user pool, which is known by its tag */
  readonly userPoolId?: string;
  /** @default no group has a role that exists already */
  readonly dataManagersRoleArn?: string;
}

/** Length of what Secrets Manager adds to a secret's name in its ARN. */
const SECRET_SUFFIX = "-??????";

const CLIENTS_AND_GROUPS = [
  "UserPoolClient",
  "UserPoolDomain",
  "ResourceServer",
  "Group",
];

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

/** Only what carries the stage's own tag. */
function ofStage({ stage }: DeployScope) {
  return { StringEquals: { "aws:ResourceTag/Stack": stage } };
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

function arnsOf(scope: DeployScope) {
  const { region, accountId, stackName, stateBucket, stateKey } = scope;
  const partition = partitionOf(region);
  const regional = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const iam = (resource: string): string =>
    `arn:${partition}:iam::${accountId}:${resource}`;
  const bucket = `arn:${partition}:s3:::${stateBucket}`;
  return {
    bucket,
    state: `${bucket}/${stateKey}`,
    secrets: regional("secretsmanager", `secret:${stackName}/*`),
    environmentSecret: regional(
      "secretsmanager",
      `secret:${scope.environmentSecret}${SECRET_SUFFIX}`,
    ),
    userPools: regional("cognito-idp", "userpool/*"),
    userPool: (id: string): string => regional("cognito-idp", `userpool/${id}`),
    identityPools: regional("cognito-identity", "identitypool/*"),
    roles: iam(`role/${stackName}-*`),
    deployRoles: iam(`role${scope.deployPath}*`),
    oidcProviders: iam("oidc-provider/*"),
  };
}
