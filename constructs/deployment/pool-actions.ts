/** Actions that read the parts of a user pool, also of one that another stack manages. */
const USER_POOL_PART_READS = [
  "cognito-idp:DescribeIdentityProvider",
  "cognito-idp:DescribeResourceServer",
  "cognito-idp:DescribeUserPool",
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:GetGroup",
  "cognito-idp:GetUICustomization",
];

/** Actions that read a stage's pools, by resource. */
export const POOL_READS = {
  userPool: [
    ...USER_POOL_PART_READS,
    "cognito-idp:DescribeManagedLoginBranding",
    "cognito-idp:GetLogDeliveryConfiguration",
    "cognito-idp:GetUserPoolMfaConfig",
    "cognito-idp:ListTagsForResource",
  ],
  existingUserPool: USER_POOL_PART_READS,
  identityPool: [
    "cognito-identity:DescribeIdentityPool",
    "cognito-identity:GetIdentityPoolRoles",
    "cognito-identity:ListTagsForResource",
  ],
} as const;

/** Actions that list the parts of a user pool. The command `doctor` uses them, Terraform does not. */
export const USER_POOL_LISTS = [
  "cognito-idp:ListGroups",
  "cognito-idp:ListIdentityProviders",
  "cognito-idp:ListResourceServers",
  "cognito-idp:ListUserPoolClientSecrets",
  "cognito-idp:ListUserPoolClients",
];

function listWrites(nouns: readonly string[]): string[] {
  return nouns.flatMap((noun) =>
    ["Create", "Update", "Delete"].map((verb) => `cognito-idp:${verb}${noun}`),
  );
}

/** Actions that change the parts of a user pool, also of one that another stack manages. */
const USER_POOL_PART_WRITES = [
  ...listWrites([
    "UserPoolClient",
    "UserPoolDomain",
    "ResourceServer",
    "Group",
    "IdentityProvider",
  ]),
  "cognito-idp:SetUICustomization",
];

/** Actions that change a stage's pools, by resource. */
export const POOL_WRITES = {
  userPool: [
    ...USER_POOL_PART_WRITES,
    ...listWrites(["ManagedLoginBranding"]),
    "cognito-idp:AddCustomAttributes",
    "cognito-idp:DeleteUserPool",
    "cognito-idp:SetLogDeliveryConfiguration",
    "cognito-idp:SetUserPoolMfaConfig",
    "cognito-idp:TagResource",
    "cognito-idp:UntagResource",
    "cognito-idp:UpdateUserPool",
  ],
  existingUserPool: USER_POOL_PART_WRITES,
  identityPool: [
    "cognito-identity:DeleteIdentityPool",
    "cognito-identity:TagResource",
    "cognito-identity:UntagResource",
    "cognito-identity:UpdateIdentityPool",
  ],
} as const;

/** Actions that rotate the secrets of a user pool's clients. */
export const CLIENT_SECRET_ACTIONS = [
  "cognito-idp:AddUserPoolClientSecret",
  "cognito-idp:DeleteUserPoolClientSecret",
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:ListUserPoolClientSecrets",
];
