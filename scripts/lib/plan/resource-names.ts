/** AWS's words for types of resources. */
const NOUNS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "user pool",
  aws_cognito_user_pool_client: "client",
  aws_cognito_user_pool_domain: "user pool domain",
  aws_cognito_resource_server: "resource server",
  aws_cognito_user_group: "group",
  aws_cognito_identity_pool: "identity pool",
  aws_cognito_identity_pool_roles_attachment: "roles of identity pool",
  aws_iam_role: "role",
  aws_iam_role_policy: "policy of role",
  aws_iam_openid_connect_provider: "OIDC provider",
  aws_secretsmanager_secret: "secret",
  aws_secretsmanager_secret_version: "value of secret",
  aws_secretsmanager_secret_policy: "policy of secret",
};
/** Attributes that a person knows a thing by, the best first. */
const NAMES = [
  "name",
  "domain",
  "identity_pool_name",
  "identity_pool_id",
  "url",
  "secret_id",
  "secret_arn",
  "id",
];

/** What AWS calls a thing, and its name, as it is found in the console. */
export function nameOf(
  type: string,
  attributes: Readonly<Record<string, unknown>>,
): string {
  const names = NAMES.map((attribute) => attributes[attribute]);
  const name = names.find(
    (value): value is string => typeof value === "string" && value !== "",
  );
  // of an ARN, what follows its last colon tells it from others
  return `${NOUNS[type] ?? type} ${(name ?? "").replace(/^arn:.*:/, "")}`;
}
