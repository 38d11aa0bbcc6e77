/** IAM actions on the user pool and the secrets that a rotation requires. */
export const ROTATION_IAM_ACTIONS = [
  "cognito-idp:AddUserPoolClientSecret",
  "cognito-idp:DeleteUserPoolClientSecret",
  "cognito-idp:DescribeUserPoolClient",
  "cognito-idp:ListUserPoolClientSecrets",
  "secretsmanager:GetSecretValue",
  "secretsmanager:ListSecretVersionIds",
  "secretsmanager:PutSecretValue",
  "secretsmanager:UpdateSecretVersionStage",
] as const;
