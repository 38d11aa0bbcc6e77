import { splitWords } from "../system/words";

/** Attributes of every type in {@link COMPUTED_ATTRIBUTES}. */
const COMMON = ["id", "region"];

/** Attributes that AWS or the provider sets if the code does not, by type, apart from {@link COMMON}. */
const COMPUTED_ATTRIBUTES: Readonly<Record<string, string>> = {
  aws_cognito_identity_pool: "arn tags_all",
  aws_cognito_identity_pool_roles_attachment: "",
  aws_cognito_identity_provider: "attribute_mapping",
  aws_cognito_log_delivery_configuration: "",
  aws_cognito_managed_login_branding: "managed_login_branding_id settings_all",
  aws_cognito_resource_server: "scope_identifiers",
  aws_cognito_risk_configuration:
    "compromised_credentials_risk_configuration.event_filter",
  aws_cognito_user:
    "creation_date last_modified_date mfa_setting_list preferred_mfa_setting status sub",
  aws_cognito_user_group: "",
  aws_cognito_user_in_group: "",
  aws_cognito_user_pool: `
    arn creation_date custom_domain domain email_verification_message email_verification_subject endpoint
    estimated_number_of_users lambda_config.pre_token_generation lambda_config.pre_token_generation_config
    last_modified_date password_policy.temporary_password_validity_days sign_in_policy sms_configuration
    sms_configuration.sns_region sms_verification_message tags_all
    user_pool_add_ons.advanced_security_additional_flows.custom_auth_mode user_pool_tier
    username_configuration.case_sensitive verification_message_template.email_message
    verification_message_template.email_message_by_link verification_message_template.email_subject
    verification_message_template.email_subject_by_link verification_message_template.sms_message
  `,
  aws_cognito_user_pool_client: `
    access_token_validity allowed_oauth_flows allowed_oauth_flows_user_pool_client allowed_oauth_scopes
    analytics_configuration.role_arn analytics_configuration.user_data_shared auth_session_validity callback_urls
    client_secret default_redirect_uri enable_propagate_additional_user_context_data enable_token_revocation
    explicit_auth_flows id_token_validity logout_urls prevent_user_existence_errors read_attributes
    refresh_token_validity supported_identity_providers token_validity_units.access_token
    token_validity_units.id_token token_validity_units.refresh_token write_attributes
  `,
  aws_cognito_user_pool_domain: `
    aws_account_id cloudfront_distribution cloudfront_distribution_arn cloudfront_distribution_zone_id
    managed_login_version s3_bucket version
  `,
  aws_cognito_user_pool_ui_customization:
    "creation_date css_version image_url last_modified_date",
  aws_iam_openid_connect_provider: "arn tags_all thumbprint_list",
  aws_iam_policy: "arn attachment_count name name_prefix policy_id tags_all",
  aws_iam_role:
    "arn create_date inline_policy managed_policy_arns name name_prefix tags_all unique_id",
  aws_iam_role_policy: "name name_prefix",
  aws_iam_role_policy_attachment: "",
  aws_iam_saml_provider: "arn tags_all valid_until",
  aws_kms_alias: "arn name name_prefix target_key_arn",
  aws_kms_key:
    "arn description key_id multi_region policy rotation_period_in_days tags_all",
  aws_lambda_permission: "statement_id statement_id_prefix",
  aws_route53_record: "allow_overwrite fqdn",
  aws_s3_bucket: `
    acceleration_status acl arn bucket bucket_domain_name bucket_prefix bucket_regional_domain_name cors_rule grant
    hosted_zone_id lifecycle_rule logging object_lock_configuration object_lock_enabled policy
    replication_configuration request_payer server_side_encryption_configuration tags_all versioning website
    website_domain website_endpoint
  `,
  aws_s3_bucket_lifecycle_configuration: `
    expected_bucket_owner rule.expiration.days rule.expiration.expired_object_delete_marker
    rule.filter.and.object_size_greater_than rule.filter.and.object_size_less_than rule.filter.and.prefix
    rule.filter.object_size_greater_than rule.filter.object_size_less_than rule.filter.prefix
    rule.noncurrent_version_expiration.newer_noncurrent_versions
    rule.noncurrent_version_transition.newer_noncurrent_versions rule.prefix rule.transition.days
    transition_default_minimum_object_size
  `,
  aws_s3_bucket_logging: "target_grant.grantee.display_name",
  aws_s3_bucket_ownership_controls: "",
  aws_s3_bucket_policy: "",
  aws_s3_bucket_public_access_block: "",
  aws_s3_bucket_server_side_encryption_configuration: "",
  aws_s3_bucket_versioning: "versioning_configuration.mfa_delete",
  aws_secretsmanager_secret: `
    arn name name_prefix policy replica replica.kms_key_id replica.last_accessed_date replica.status
    replica.status_message tags_all
  `,
  aws_secretsmanager_secret_policy: "",
  aws_secretsmanager_secret_version:
    "arn has_secret_string_wo version_id version_stages",
  aws_wafv2_web_acl_association: "",
  terraform_data: "output",
};

/** Returns whether AWS or the provider sets an attribute that the code does not set. */
export function isComputed(type: string, path: string): boolean {
  const attributes = Object.hasOwn(COMPUTED_ATTRIBUTES, type)
    ? COMPUTED_ATTRIBUTES[type]
    : undefined;
  return (
    attributes !== undefined &&
    [...COMMON, ...splitWords(attributes)].includes(path)
  );
}
