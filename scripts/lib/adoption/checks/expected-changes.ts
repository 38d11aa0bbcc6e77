import type { RuleId } from "../../review/rules/registry";
import {
  CDK_DEFAULT_SCOPES,
  checkAuthFlows,
  checkCallbackUrls,
  anyChange,
  onlyFromUnset,
  hasRealCallbackUrl,
  onlyAdditions,
  onlyTo,
  checkRoleTags,
  checkAccountRecovery,
  checkTemporaryPasswords,
  checkTokenValidity,
  checkTrustedClients,
  type ChangeCheck,
} from "./change-checks";
import { checkPermissions, checkTrust } from "./policy-changes";

/**
 * Attributes that an adoption changes in place, by type: what the stage's code has otherwise than the CDK app had. A
 * change of any other was made by hand, and would go.
 */
export const EXPECTED_CHANGES: Readonly<
  Record<string, Readonly<Record<string, ChangeCheck>>>
> = {
  aws_cognito_user_pool: {
    account_recovery_setting: checkAccountRecovery,
    deletion_protection: onlyTo("deletion_protection", "ACTIVE"),
    password_policy: checkTemporaryPasswords,
    software_token_mfa_configuration: ({
      software_token_mfa_configuration: was,
    }) =>
      JSON.stringify(was).includes('"enabled":true')
        ? ["it was switched on"]
        : [],
    tags: anyChange,
    user_pool_add_ons: ({ user_pool_add_ons: was }) =>
      JSON.stringify(was).includes('"OFF"') ? [] : ["it was switched on"],
    user_pool_tier: anyChange,
  },
  aws_cognito_user_pool_client: {
    access_token_validity: checkTokenValidity,
    id_token_validity: checkTokenValidity,
    refresh_token_validity: checkTokenValidity,
    token_validity_units: checkTokenValidity,
    allowed_oauth_flows: onlyAdditions("allowed_oauth_flows", (before) =>
      hasRealCallbackUrl(before) ? [] : ["code", "implicit"],
    ),
    allowed_oauth_flows_user_pool_client: anyChange,
    allowed_oauth_scopes: onlyAdditions("allowed_oauth_scopes", (before) =>
      hasRealCallbackUrl(before) ? [] : CDK_DEFAULT_SCOPES,
    ),
    callback_urls: checkCallbackUrls,
    explicit_auth_flows: checkAuthFlows,
    prevent_user_existence_errors: onlyTo(
      "prevent_user_existence_errors",
      "ENABLED",
    ),
    enable_token_revocation: onlyTo("enable_token_revocation", true),
    auth_session_validity: onlyFromUnset("auth_session_validity"),
    supported_identity_providers: onlyAdditions("supported_identity_providers"),
  },
  aws_cognito_resource_server: { scope: anyChange },
  aws_cognito_user_group: { description: anyChange },
  aws_cognito_identity_pool: {
    cognito_identity_providers: checkTrustedClients,
    tags: anyChange,
  },
  aws_iam_role: {
    assume_role_policy: (before, after) =>
      checkTrust(before.assume_role_policy, after.assume_role_policy),
    description: anyChange,
    permissions_boundary: onlyFromUnset("permissions_boundary"),
    tags: checkRoleTags,
  },
  aws_iam_role_policy: {
    policy: (before, after) => checkPermissions(before.policy, after.policy),
  },
  aws_iam_openid_connect_provider: {
    client_id_list: onlyAdditions("client_id_list"),
    tags: anyChange,
    thumbprint_list: anyChange,
  },
  aws_secretsmanager_secret: {
    description: anyChange,
    recovery_window_in_days: onlyFromUnset("recovery_window_in_days"),
    tags: anyChange,
  },
};

/** Rules of a review whose findings the {@link EXPECTED_CHANGES} changes decide, or that have no meaning for what was just imported. */
export const CHECKED_ELSEWHERE: readonly RuleId[] = [
  "auth-flow-added",
  "auth-flow-removed",
  "callback-url-removed",
  "client-scope-removed",
  "oauth-flow-removed",
  "oauth-off",
  "recovery-window-shorter",
];
