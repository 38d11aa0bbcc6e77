import { all, block, change, set, stored, type Json } from "../plan-edits";
import {
  addLater,
  DASHBOARD,
  LATER,
  LATER_BOOLEAN,
  LATER_LIST,
  LATER_NUMBER,
  later,
  POOL,
  resource,
  WORKFLOWS,
  type DangerousCases,
} from "./places";

const passwords = (values: Json) =>
  change(POOL, (pool) => {
    Object.assign(pool.password_policy as Json, values);
  });

/** The user pool and its clients. */
export const USER_POOL_CASES: DangerousCases = {
  "password-length-unknown": {
    edit: all(addLater(), passwords({ minimum_length: LATER_NUMBER })),
    expect: ["password_policy.minimum_length: known only after apply"],
  },
  "password-symbols-unknown": {
    edit: all(addLater(), passwords({ require_symbols: LATER_BOOLEAN })),
    expect: ["password_policy.require_symbols: known only after apply"],
  },
  "password-temporary-longer": {
    edit: passwords({ temporary_password_validity_days: 365 }),
    expect: ["temporary passwords are valid for 365 days"],
  },
  "mfa-unknown": {
    edit: later(POOL, { mfa_configuration: LATER }, "OFF"),
    expect: ["mfa_configuration: known only after apply"],
  },
  "deletion-protection-unknown": {
    edit: later(POOL, { deletion_protection: LATER }, "INACTIVE"),
    expect: ["deletion_protection: known only after apply"],
  },
  "account-recovery-phone": {
    edit: set(POOL, {
      account_recovery_setting: {
        recovery_mechanism: [{ name: "verified_phone_number", priority: 1 }],
      },
    }),
    expect: ["account recovery by phone number"],
  },
  "auto-verified-removed": {
    edit: set(POOL, { auto_verified_attributes: undefined }),
    expect: ["email addresses are no longer verified"],
  },
  "first-factors-added": {
    edit: set(POOL, {
      sign_in_policy: {
        allowed_first_auth_factors: ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
      },
    }),
    expect: ["sign-in without a password: EMAIL_OTP, SMS_OTP"],
  },
  "devices-remembered": {
    edit: set(POOL, {
      device_configuration: {
        challenge_required_on_new_device: false,
        device_only_remembered_on_user_prompt: false,
      },
    }),
    expect: ["devices are remembered"],
  },
  "email-verification-before-update-off": {
    state: stored(POOL, {
      user_attribute_update_settings: [
        { attributes_require_verification_before_update: ["email"] },
      ],
    }),
    edit: set(POOL, {
      user_attribute_update_settings: {
        attributes_require_verification_before_update: [],
      },
    }),
    expect: ["a changed email address is used before it is verified"],
  },
  "threat-protection-off": {
    state: stored(POOL, {
      user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }],
    }),
    edit: set(POOL, { user_pool_add_ons: { advanced_security_mode: "OFF" } }),
    expect: ["threat protection is off"],
  },
  "lambda-unknown": {
    edit: later(POOL, { lambda_config: { pre_token_generation: LATER } }),
    expect: ["lambda_config: known only after apply"],
  },
  "custom-sender": {
    edit: set(POOL, {
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
    edit: set(POOL, {
      email_configuration: {
        email_sending_account: "DEVELOPER",
        from_email_address: "sign-in@attacker.example",
        source_arn: "arn:aws:ses:us-west-2:111122223333:identity/a.example",
      },
    }),
    expect: ["mail with codes is sent by account 111122223333"],
  },
  "sms-by-another-role": {
    edit: set(POOL, {
      sms_configuration: {
        external_id: "x",
        sns_caller_arn: "arn:aws:iam::111122223333:role/sms",
      },
    }),
    expect: ["text messages with codes are sent by account 111122223333"],
  },
  "passkeys-of-another-site": {
    edit: set(POOL, {
      web_authn_configuration: {
        relying_party_id: "attacker.example",
        user_verification: "preferred",
      },
    }),
    expect: ["passkeys are those of attacker.example"],
  },
  "created-user-pool-weak": {
    edit: resource("aws_cognito_user_pool", "weak", {
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
    edit: later(DASHBOARD, { callback_urls: LATER_LIST }, "https://a.example/"),
    expect: ["callback_urls: known only after apply"],
  },
  "callback-unknown": {
    edit: later(DASHBOARD, {
      callback_urls: ["https://a.example/", "https://b.example/", LATER],
    }),
    expect: ["callback_urls: known only after apply"],
  },
  "callback-unsafe-schemes": {
    edit: set(DASHBOARD, {
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
    edit: set(DASHBOARD, {
      callback_urls: [
        "https://a.example/",
        "https://b.example/",
        "http://attacker.example/",
      ],
    }),
    expect: ["callback URL http://attacker.example/ is unsafe"],
  },
  "default-redirect": {
    edit: set(DASHBOARD, { default_redirect_uri: "https://b.example/" }),
    expect: ["default redirect URI https://b.example/"],
  },
  "login-flows-unknown": {
    edit: later(DASHBOARD, { explicit_auth_flows: LATER_LIST }),
    expect: ["explicit_auth_flows: known only after apply"],
  },
  "user-existence-unknown": {
    edit: later(DASHBOARD, { prevent_user_existence_errors: LATER }, "LEGACY"),
    expect: ["prevent_user_existence_errors: known only after apply"],
  },
  "token-validity-unknown": {
    edit: later(DASHBOARD, {
      refresh_token_validity: LATER_NUMBER,
      access_token_validity: LATER_NUMBER,
    }),
    expect: [
      "refresh_token_validity: known only after apply",
      "access_token_validity: known only after apply",
    ],
  },
  "token-validity-units-longer": {
    edit: set(DASHBOARD, {
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
    state: stored(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "ENABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    edit: set(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "DISABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    expect: ["refresh tokens are no longer rotated"],
  },
  "token-rotation-left-out": {
    state: stored(DASHBOARD, {
      refresh_token_rotation: [
        { feature: "ENABLED", retry_grace_period_seconds: 0 },
      ],
    }),
    expect: ["refresh tokens are no longer rotated"],
  },
  "write-attributes-added": {
    state: stored(DASHBOARD, { write_attributes: ["name"] }),
    edit: set(DASHBOARD, { write_attributes: ["email", "name"] }),
    expect: ["application veda-dashboard: may change email"],
  },
  "read-attributes-added": {
    state: stored(DASHBOARD, { read_attributes: ["name"] }),
    edit: set(DASHBOARD, {
      read_attributes: ["name", "email", "phone_number", "address"],
    }),
    expect: ["application veda-dashboard: may read address and phone_number"],
  },
  "identity-providers-added": {
    edit: set(DASHBOARD, {
      supported_identity_providers: ["COGNITO", "Login"],
    }),
    expect: ["application veda-dashboard: users of Login sign in"],
  },
  "identity-providers-unknown": {
    edit: later(DASHBOARD, { supported_identity_providers: LATER_LIST }),
    expect: ["supported_identity_providers: known only after apply"],
  },
  "scopes-unknown": {
    edit: later(WORKFLOWS, { allowed_oauth_scopes: LATER_LIST }),
    expect: ["scopes of service workflows-client: known only after apply"],
  },
  "admin-scope-added": {
    edit: change(DASHBOARD, (values) => {
      values.allowed_oauth_scopes = [
        ...(values.allowed_oauth_scopes as string[]),
        "aws.cognito.signin.user.admin",
      ];
    }),
    expect: ["application veda-dashboard: users can change their own account"],
  },
  "auth-session-longer": {
    edit: set(DASHBOARD, { auth_session_validity: 15 }),
    expect: ["sign-in challenges are valid for 15 minutes"],
  },
  "managed-client": {
    edit: resource("aws_cognito_managed_user_pool_client", "search", {
      name_prefix: "search",
      user_pool_id: "{{user_pool_id}}",
      callback_urls: ["http://attacker.example/"],
      explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"],
    }),
    expect: ["not reviewed: aws_cognito_managed_user_pool_client"],
  },
  "created-client-weak": {
    edit: (stack) => {
      resource("aws_cognito_user_pool_client", "weak", {
        ...block(stack, DASHBOARD),
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
