/** Names of the outputs that do not contain a name from `main.ts`. Do not change one: see {@link OutputName}. */
export const FIXED_OUTPUTS = [
  "userpool_id",
  "userpool_domain_base_url",
  "userpool_custom_domain_base_url",
  "userpool_custom_domain_target",
  "issuer",
  "jwks_url",
  "client_id",
  "identitypool_id",
  "identitypool_arn",
  "oidc_provider_arn",
  "state_bucket_name",
  "permissions_boundary_policy_name",
] as const;

/** Names of the outputs. Other deployments read them as environment variables in upper case: do not change one. */
export type OutputName =
  | (typeof FIXED_OUTPUTS)[number]
  | `${string}_plan_role_arn`
  | `${string}_apply_role_arn`
  | `${string}_rotate_role_arn`
  | `${string}_client_id`
  | `${string}_secret_id`
  | `${string}_secret_arn`;
