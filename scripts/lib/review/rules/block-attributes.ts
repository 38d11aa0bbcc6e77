/**
 * Attributes of the provider's blocks, separated by spaces, by resource type and block. A rule that covers a block covers these;
 * any other attribute of a block was added by a newer provider, and is reported.
 */
export const BLOCK_ATTRIBUTES: Readonly<
  Record<string, Readonly<Record<string, string>>>
> = {
  aws_cognito_identity_pool_roles_attachment: {
    "role_mapping.mapping_rule": "claim match_type role_arn value",
  },
  aws_cognito_user_pool: {
    "account_recovery_setting.recovery_mechanism": "name priority",
    "admin_create_user_config.invite_message_template":
      "email_message email_subject sms_message",
    device_configuration:
      "challenge_required_on_new_device device_only_remembered_on_user_prompt",
    email_configuration:
      "configuration_set email_sending_account from_email_address reply_to_email_address source_arn",
    email_mfa_configuration: "message subject",
    lambda_config:
      "create_auth_challenge custom_message define_auth_challenge kms_key_id post_authentication post_confirmation pre_authentication pre_sign_up pre_token_generation user_migration verify_auth_challenge_response",
    "lambda_config.custom_email_sender": "lambda_arn lambda_version",
    "lambda_config.custom_sms_sender": "lambda_arn lambda_version",
    "lambda_config.pre_token_generation_config": "lambda_arn lambda_version",
    password_policy:
      "minimum_length password_history_size require_lowercase require_numbers require_symbols require_uppercase temporary_password_validity_days",
    schema:
      "attribute_data_type developer_only_attribute mutable name required",
    "schema.number_attribute_constraints": "max_value min_value",
    "schema.string_attribute_constraints": "max_length min_length",
    sign_in_policy: "allowed_first_auth_factors",
    sms_configuration: "external_id sns_caller_arn sns_region",
    software_token_mfa_configuration: "enabled",
    user_attribute_update_settings:
      "attributes_require_verification_before_update",
    "user_pool_add_ons.advanced_security_additional_flows": "custom_auth_mode",
    user_pool_add_ons: "advanced_security_mode",
    username_configuration: "case_sensitive",
    verification_message_template:
      "default_email_option email_message email_message_by_link email_subject email_subject_by_link sms_message",
    web_authn_configuration: "relying_party_id user_verification",
  },
  aws_cognito_user_pool_client: {
    analytics_configuration:
      "application_arn application_id external_id role_arn user_data_shared",
    refresh_token_rotation: "feature retry_grace_period_seconds",
    token_validity_units: "access_token id_token refresh_token",
  },
  aws_iam_role: {
    inline_policy: "name policy",
  },
  aws_kms_key: {
    timeouts: "create",
  },
  aws_s3_bucket: {
    cors_rule:
      "allowed_headers allowed_methods allowed_origins expose_headers max_age_seconds",
    grant: "id permissions type uri",
    lifecycle_rule:
      "abort_incomplete_multipart_upload_days enabled id prefix tags",
    "lifecycle_rule.expiration": "date days expired_object_delete_marker",
    "lifecycle_rule.noncurrent_version_expiration": "days",
    "lifecycle_rule.noncurrent_version_transition": "days storage_class",
    "lifecycle_rule.transition": "date days storage_class",
    logging: "target_bucket target_prefix",
    object_lock_configuration: "object_lock_enabled",
    "object_lock_configuration.rule.default_retention": "days mode years",
    replication_configuration: "role",
    "replication_configuration.rules":
      "delete_marker_replication_status id prefix priority status",
    "replication_configuration.rules.destination.access_control_translation":
      "owner",
    "replication_configuration.rules.destination":
      "account_id bucket replica_kms_key_id storage_class",
    "replication_configuration.rules.destination.metrics": "minutes status",
    "replication_configuration.rules.destination.replication_time":
      "minutes status",
    "replication_configuration.rules.filter": "prefix tags",
    "replication_configuration.rules.source_selection_criteria.sse_kms_encrypted_objects":
      "enabled",
    "server_side_encryption_configuration.rule.apply_server_side_encryption_by_default":
      "kms_master_key_id sse_algorithm",
    "server_side_encryption_configuration.rule": "bucket_key_enabled",
    timeouts: "create delete read update",
    versioning: "enabled mfa_delete",
    website:
      "error_document index_document redirect_all_requests_to routing_rules",
  },
  aws_s3_bucket_lifecycle_configuration: {
    "rule.abort_incomplete_multipart_upload": "days_after_initiation",
    "rule.expiration": "date days expired_object_delete_marker",
    "rule.filter.and":
      "object_size_greater_than object_size_less_than prefix tags",
    "rule.filter": "object_size_greater_than object_size_less_than prefix",
    "rule.filter.tag": "key value",
    "rule.noncurrent_version_expiration":
      "newer_noncurrent_versions noncurrent_days",
    "rule.noncurrent_version_transition":
      "newer_noncurrent_versions noncurrent_days storage_class",
    "rule.transition": "date days storage_class",
    timeouts: "create update",
  },
  aws_s3_bucket_server_side_encryption_configuration: {
    "rule.apply_server_side_encryption_by_default":
      "kms_master_key_id sse_algorithm",
  },
  aws_secretsmanager_secret: {
    replica: "kms_key_id last_accessed_date region status status_message",
  },
};

/** Attributes whose keys are free, such as tags. */
export const MAP_ATTRIBUTES: readonly string[] = [
  "attribute_mapping",
  "attributes",
  "client_metadata",
  "provider_details",
  "roles",
  "supported_login_providers",
  "tags",
  "tags_all",
  "validation_data",
];
