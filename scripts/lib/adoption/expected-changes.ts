import type { RuleId } from "../review/rules/registry";
import {
  DEFAULT_SCOPES,
  authFlows,
  callbackUrls,
  fine,
  fromUnset,
  isSignedInTo,
  loses,
  only,
  principalTags,
  recovery,
  temporaryPasswords,
  tokenLives,
  trustedClients,
  type Judge,
} from "./change-judges";
import { permissionChanges, trustChanges } from "./policy-checks";

/**
 * Attributes that an adoption changes in place, by type: what the stage's code has otherwise than the CDK app had. A
 * change of any other was made by hand, and would go.
 */
export const EXPECTED: Readonly<
  Record<string, Readonly<Record<string, Judge>>>
> = {
  aws_cognito_user_pool: {
    account_recovery_setting: recovery,
    deletion_protection: only("deletion_protection", "ACTIVE"),
    password_policy: temporaryPasswords,
    software_token_mfa_configuration: ({
      software_token_mfa_configuration: was,
    }) =>
      JSON.stringify(was).includes('"enabled":true')
        ? ["it was switched on"]
        : [],
    tags: fine,
    user_pool_add_ons: ({ user_pool_add_ons: was }) =>
      JSON.stringify(was).includes('"OFF"') ? [] : ["it was switched on"],
    user_pool_tier: fine,
  },
  aws_cognito_user_pool_client: {
    access_token_validity: tokenLives,
    id_token_validity: tokenLives,
    refresh_token_validity: tokenLives,
    token_validity_units: tokenLives,
    allowed_oauth_flows: loses("allowed_oauth_flows", (before) =>
      isSignedInTo(before) ? [] : ["code", "implicit"],
    ),
    allowed_oauth_flows_user_pool_client: fine,
    allowed_oauth_scopes: loses("allowed_oauth_scopes", (before) =>
      isSignedInTo(before) ? [] : DEFAULT_SCOPES,
    ),
    callback_urls: callbackUrls,
    explicit_auth_flows: authFlows,
    prevent_user_existence_errors: only(
      "prevent_user_existence_errors",
      "ENABLED",
    ),
    enable_token_revocation: only("enable_token_revocation", true),
    auth_session_validity: fromUnset("auth_session_validity"),
    supported_identity_providers: loses("supported_identity_providers"),
  },
  aws_cognito_resource_server: { scope: fine },
  aws_cognito_user_group: { description: fine },
  aws_cognito_identity_pool: {
    cognito_identity_providers: trustedClients,
    tags: fine,
  },
  aws_iam_role: {
    assume_role_policy: (before, after) =>
      trustChanges(before.assume_role_policy, after.assume_role_policy),
    description: fine,
    permissions_boundary: fromUnset("permissions_boundary"),
    tags: principalTags,
  },
  aws_iam_role_policy: {
    policy: (before, after) => permissionChanges(before.policy, after.policy),
  },
  aws_iam_openid_connect_provider: {
    client_id_list: loses("client_id_list"),
    tags: fine,
    thumbprint_list: fine,
  },
  aws_secretsmanager_secret: {
    description: fine,
    recovery_window_in_days: fromUnset("recovery_window_in_days"),
    tags: fine,
  },
};

/** Rules of a review whose findings the {@link EXPECTED} changes decide, or that have no meaning for what was just imported. */
export const CHECKED_ELSEWHERE: readonly RuleId[] = [
  "auth-flow-added",
  "auth-flow-removed",
  "callback-url-removed",
  "client-scope-removed",
  "oauth-flow-removed",
  "oauth-off",
  "recovery-window-shorter",
];
