import {
  combineEdits,
  findBlock,
  editBlock,
  setAttributes,
  setStateAttributes,
  type Json,
} from "../plan-edits";
import {
  addUnknownSource,
  DASHBOARD,
  UNKNOWN_TEXT,
  UNKNOWN_BOOLEAN,
  UNKNOWN_LIST,
  UNKNOWN_NUMBER,
  setUnknown,
  POOL,
  addResource,
  WORKFLOWS,
  type DangerousCases,
} from "./resources";

const passwords = (values: Json) =>
  editBlock(POOL, (pool) => {
    Object.assign(pool.password_policy as Json, values);
  });

/** The user pool and its clients. */
export const USER_POOL_CASES: DangerousCases = {
  "password-length-unknown": {
    edit: combineEdits(
      addUnknownSource(),
      passwords({ minimum_length: UNKNOWN_NUMBER }),
    ),
    expect: ["password_policy.minimum_length: known only after apply"],
  },
  "password-symbols-unknown": {
    edit: combineEdits(
      addUnknownSource(),
      passwords({ require_symbols: UNKNOWN_BOOLEAN }),
    ),
    expect: ["password_policy.require_symbols: known only after apply"],
  },
  "password-temporary-longer": {
    edit: passwords({ temporary_password_validity_days: 365 }),
    expect: ["temporary passwords are valid for 365 days"],
  },
  "mfa-unknown": {
    edit: setUnknown(POOL, { mfa_configuration: UNKNOWN_TEXT }, "OFF"),
    expect: ["mfa_configuration: known only after apply"],
  },
  "deletion-protection-unknown": {
    edit: setUnknown(POOL, { deletion_protection: UNKNOWN_TEXT }, "INACTIVE"),
    expect: ["deletion_protection: known only after apply"],
  },
  "account-recovery-phone": {
    edit: setAttributes(POOL, {
      account_recovery_setting: {
        recovery_mechanism: [{ name: "verified_phone_number", priority: 1 }],
      },
    }),
    expect: ["account recovery by phone number"],
  },
  "auto-verified-removed": {
    edit: setAttributes(POOL, { auto_verified_attributes: undefined }),
    expect: ["email addresses are no longer verified"],
  },
  "first-factors-added": {
    edit: setAttributes(POOL, {
      sign_in_policy: {
        allowed_first_auth_factors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
      },
    }),
    expect: ["sign-in without a password: EMAIL_OTP, SMS_OTP"],
  },
  "devices-remembered": {
    edit: setAttributes(POOL, {
      device_configuration: {
        challenge_required_on_new_device: false,
        device_only_remembered_on_user_prompt: false,
      },
    }),
    expect: ["devices are remembered"],
  },
  "email-verification-before-update-off": {
    state: setStateAttributes(POOL, {
      user_attribute_update_settings: [
        { attributes_require_verification_before_update: ["email"] },
      ],
    }),
    edit: setAttributes(POOL, {
      user_attribute_update_settings: {
        attributes_require_verification_before_update: [],
      },
    }),
    expect: ["a changed email address is used before it is verified"],
  },
  "threat-protection-off": {
    state: setStateAttributes(POOL, {
      user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }],
    }),
    edit: setAttributes(POOL, {
      user_pool_add_ons: { advanced_security_mode: "OFF" },
    }),
    expect: ["threat protection is off"],
  },
  "lambda-unknown": {
    edit: setUnknown(POOL, {
      lambda_config: { pre_token_generation: UNKNOWN_TEXT },
    }),
    expect: ["lambda_config: known only after apply"],
  },
  "custom-sender": {
    edit: setAttributes(POOL, {
      lambda_config: {
        kms_key_id: "arn:aws:kms:us-west-2:000000000000:key/k",
        custom_email_sender: {
          lambda_arn: "arn:aws:lambda:us-west-2:111122223333:function:mail",
          lambda_version: "V1_0",
        },
      },
    }),
    expect: ["a Lambda function of account 111122223333 receives the codes"],
  },
  "mail-from-another-account": {
    edit: setAttributes(POOL, {
      email_configuration: {
        email_sending_account: "DEVELOPER",
        from_email_address: "sign-in@attacker.example",
        source_arn: "arn:aws:ses:us-west-2:111122223333:identity/a.example",
      },
    }),
    expect: ["mail with codes is sent by account 111122223333"],
  },
  "sms-by-another-role": {
    edit: setAttributes(POOL, {
      sms_configuration: {
        external_id: "x",
        sns_caller_arn: "arn:aws:iam::111122223333:role/sms",
      },
    }),
    expect: ["text messages with codes are sent by account 111122223333"],
  },
  "passkeys-of-another-site": {
    edit: setAttributes(POOL, {
      web_authn_configuration: {
        relying_party_id: "attacker.example",
        user_verification: "preferred",
      },
    }),
    expect: ["passkeys are those of attacker.example"],
  },
  "created-user-pool-weak": {
    edit: addResource("aws_cognito_user_pool", "weak", {
      name: "weak",
      mfa_configuration: "OFF",
      deletion_protection: "INACTIVE",
      password_policy: { minimum_length: 6, require_symbols: false },
    }),
    expect: [
      "new user pool weak: passwords of 6 characters",
      "new user pool weak: no deletion protection",
      "new user pool weak: users can sign up themselves",
    ],
  },
  "callbacks-unknown": {
    edit: setUnknown(
      DASHBOARD,
      { callback_urls: UNKNOWN_LIST },
      "https://a.example/",
    ),
    expect: ["callback_urls: known only after apply"],
  },
  "callback-unknown": {
    edit: setUnknown(DASHBOARD, {
      callback_urls: ["https://a.example/", "https://b.example/", UNKNOWN_TEXT],
    }),
    expect: ["callback_urls: known only after apply"],
  },
  "callback-unsafe-schemes": {
    edit: setAttributes(DASHBOARD, {
      callback_urls: [
        "https://a.example/",
        "https://b.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
      ],
    }),
    expect: ["callback URLs javascript:, data: and file: are unsafe"],
  },
  "callback-plain-http": {
    edit: setAttributes(DASHBOARD, {
      callback_urls: [
        "https://a.example/",
        "https://b.example/",
        "http://attacker.example/",
      ],
    }),
    expect: ["callback URL http://attacker.example/ is unsafe"],
  },
  "default-redirect": {
    edit: setAttributes(DASHBOARD, {
      default_redirect_uri: "https://b.example/",
    }),
    expect: ["default redirect URI https://b.example/"],
  },
  "login-flows-unknown": {
    edit: setUnknown(DASHBOARD, { explicit_auth_flows: UNKNOWN_LIST }),
    expect: ["explicit_auth_flows: known only after apply"],
  },
  "user-existence-unknown": {
    edit: setUnknown(
      DASHBOARD,
      { prevent_user_existence_errors: UNKNOWN_TEXT },
      "LEGACY",
    ),
    expect: ["prevent_user_existence_errors: known only after apply"],
  },
  "token-validity-unknown": {
    edit: setUnknown(DASHBOARD, {
      refresh_token_validity: UNKNOWN_NUMBER,
      access_token_validity: UNKNOWN_NUMBER,
    }),
    expect: [
      "refresh_token_validity: known only after apply",
      "access_token_validity: known only after apply",
    ],
  },
  "token-validity-units-longer": {
    edit: setAttributes(DASHBOARD, {
      token_validity_units: [
        {
          access_token: "minutes",
          id_token: "minutes",
          refresh_token: "days",
        },
      ],
      access_token_validity: 1440,
      refresh_token_validity: 3650,
    }),
    expect: ["access tokens are valid for 1 day, refresh tokens for 10 years"],
  },
  "token-rotation-off": {
    state: setStateAttributes(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "ENABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    edit: setAttributes(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "DISABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    expect: ["refresh tokens are no longer rotated"],
  },
  "token-rotation-left-out": {
    state: setStateAttributes(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "ENABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    expect: ["refresh tokens are no longer rotated"],
  },
  "write-attributes-added": {
    state: setStateAttributes(DASHBOARD, { write_attributes: ["name"] }),
    edit: setAttributes(DASHBOARD, { write_attributes: ["email", "name"] }),
    expect: ["application veda-dashboard: may change email"],
  },
  "read-attributes-added": {
    state: setStateAttributes(DASHBOARD, { read_attributes: ["name"] }),
    edit: setAttributes(DASHBOARD, {
      read_attributes: ["name", "email", "phone_number", "address"],
    }),
    expect: ["application veda-dashboard: may read address and phone_number"],
  },
  "identity-providers-added": {
    edit: setAttributes(DASHBOARD, {
      supported_identity_providers: ["COGNITO", "Login"],
    }),
    expect: ["application veda-dashboard: users of Login sign in"],
  },
  "identity-providers-unknown": {
    edit: setUnknown(DASHBOARD, { supported_identity_providers: UNKNOWN_LIST }),
    expect: ["supported_identity_providers: known only after apply"],
  },
  "scopes-unknown": {
    edit: setUnknown(WORKFLOWS, { allowed_oauth_scopes: UNKNOWN_LIST }),
    expect: ["scopes of service workflows-client: known only after apply"],
  },
  "admin-scope-added": {
    edit: editBlock(DASHBOARD, (values) => {
      values.allowed_oauth_scopes = [
        ...(values.allowed_oauth_scopes as string[]),
        "aws.cognito.signin.user.admin",
      ];
    }),
    expect: ["application veda-dashboard: users can change their own account"],
  },
  "auth-session-longer": {
    edit: setAttributes(DASHBOARD, { auth_session_validity: 15 }),
    expect: ["sign-in challenges are valid for 15 minutes"],
  },
  "managed-client": {
    edit: addResource("aws_cognito_managed_user_pool_client", "search", {
      name_prefix: "search",
      user_pool_id: "{{user_pool_id}}",
      callback_urls: ["http://attacker.example/"],
      explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"],
    }),
    expect: ["not reviewed: aws_cognito_managed_user_pool_client"],
  },
  "created-client-weak": {
    edit: (stack) => {
      addResource("aws_cognito_user_pool_client", "weak", {
        ...findBlock(stack, DASHBOARD),
        name: "weak",
        enable_token_revocation: false,
        prevent_user_existence_errors: "LEGACY",
        explicit_auth_flows: [
          "ALLOW_REFRESH_TOKEN_AUTH",
          "ALLOW_USER_PASSWORD_AUTH",
        ],
        allowed_oauth_flows: ["code", "implicit"],
        callback_urls: ["http://attacker.example/"],
        refresh_token_validity: 3650,
      })(stack);
    },
    expect: [
      "new application weak: tokens cannot be revoked",
      "new application weak: user existence is revealed",
      "new application weak: password sign-in, implicit flow",
      "new application weak: callback URL http://attacker.example/",
      "new application weak: refresh tokens are valid for 10 years",
    ],
  },
};
