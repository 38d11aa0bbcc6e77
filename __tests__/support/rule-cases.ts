import type { PlanResource } from "./plan-builder";
import type { RuleId } from "../../scripts/lib/review/rules/registry";
import {
  REMOVAL_TYPES,
  getRemovalRuleId,
  type RemovalRuleId,
} from "../../scripts/lib/review/rules/removal";

type Values = Readonly<Record<string, unknown>>;

/** The smallest plan in which a rule finds something, and a similar one in which it finds nothing. */
export interface RuleCase {
  readonly found: TestPlan;
  /** @default there is no plan close to it without a finding */
  readonly safe?: TestPlan;
}

export interface TestPlan {
  readonly resources: readonly PlanResource[];
  /** Other members of the plan. */
  readonly more?: Values;
}

export const POOL = "aws_cognito_user_pool";
export const CLIENT = "aws_cognito_user_pool_client";
export const SERVER = "aws_cognito_resource_server";
export const GROUP = "aws_cognito_user_group";
export const IDENTITY_POOL = "aws_cognito_identity_pool";
export const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";
export const PROVIDER = "aws_cognito_identity_provider";
export const SAML = "aws_iam_saml_provider";
const PERMISSION = "aws_lambda_permission";
const RISK = "aws_cognito_risk_configuration";
const LOG = "aws_cognito_log_delivery_configuration";
const DOMAIN = "aws_cognito_user_pool_domain";
const CUSTOMIZATION = "aws_cognito_user_pool_ui_customization";
const RECORD = "aws_route53_record";
export const OIDC = "aws_iam_openid_connect_provider";
export const ROLE = "aws_iam_role";
export const ROLE_POLICY = "aws_iam_role_policy";
export const POLICY = "aws_iam_policy";
export const SECRET = "aws_secretsmanager_secret";
export const SECRET_POLICY = "aws_secretsmanager_secret_policy";
export const VERSION = "aws_secretsmanager_secret_version";
export const BUCKET = "aws_s3_bucket";
export const KEY = "aws_kms_key";

export const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "999988887777";
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/reader`;

export function updated(
  type: string,
  before: Values,
  after: Values,
  more: Partial<PlanResource> = {},
): TestPlan {
  return {
    resources: [
      {
        type,
        before: { name: "x", ...before },
        after: { name: "x", ...before, ...after },
        actions: ["update"],
        ...more,
      },
    ],
  };
}

export function created(
  type: string,
  after: Values,
  more: Partial<PlanResource> = {},
): TestPlan {
  return { resources: [{ type, after: { name: "x", ...after }, ...more }] };
}

export function addResources(
  plan: TestPlan,
  ...others: readonly PlanResource[]
): TestPlan {
  return { ...plan, resources: [...plan.resources, ...others] };
}

/** A resource that stays as it is. */
export function unchanged(
  type: string,
  values: Values,
  address = `${type}.main`,
): PlanResource {
  return { address, type, before: values, after: values };
}

export function policyDocument(...statements: readonly Values[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const GITHUB = "token.actions.githubusercontent.com";

/** A trust of workflows of GitHub, by tests of their claims. */
export function githubTrust(condition: Values): string {
  return policyDocument({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: {
      Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`,
    },
    Condition: condition,
  });
}

export function claims(sub: string): Values {
  return {
    StringEquals: {
      [`${GITHUB}:aud`]: "sts.amazonaws.com",
      [`${GITHUB}:sub`]: sub,
    },
  };
}

/** A trust of users of an identity pool. */
export function poolTrust(amr: string): string {
  return policyDocument({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "us-west-2:1" },
      "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
    },
  });
}

export function allow(action: unknown, resource: unknown, more: Values = {}) {
  return { Effect: "Allow", Action: action, Resource: resource, ...more };
}

/** A secret with a first version, and a value that comes from other resources. */
function rotatable(
  references: readonly string[],
  hasPrecondition = true,
): TestPlan {
  const first = { secret_id: "s", version_stages: ["FIRST"] };
  const address = `${VERSION}.value`;
  return {
    resources: [
      unchanged(VERSION, first),
      {
        ...unchanged(VERSION, { secret_id: "s" }, address),
        expressions: { secret_string_wo: { references } },
      },
    ],
    more: {
      checks: hasPrecondition
        ? [{ address: { to_display: address }, status: "pass" }]
        : [],
    },
  };
}

const BRANCH = githubTrust(claims("repo:o/r:ref:refs/heads/main"));
const OWN_ROLE: Values = { name: "reader", arn: ROLE_ARN };
const OWN = unchanged(ROLE, OWN_ROLE, `${ROLE}.own`);
const BUCKET_ARN = "arn:aws:s3:::data";
const READ = allow(
  ["s3:GetObject*", "s3:List*"],
  [BUCKET_ARN, `${BUCKET_ARN}/*`],
);
const CERTIFICATE = "0123456789012345678901234567890123456789";

function trust(before: string, after: string): TestPlan {
  return updated(
    ROLE,
    { ...OWN_ROLE, assume_role_policy: before },
    { assume_role_policy: after },
  );
}

function rolePolicy(before: string, after: string): TestPlan {
  return updated(
    ROLE_POLICY,
    { role: "reader", policy: before },
    { policy: after },
  );
}

function secretPolicy(...readers: readonly string[]): string {
  return policyDocument({
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    Principal: { AWS: readers },
  });
}

const OWN_SECRET = unchanged(
  SECRET,
  { name: "s", arn: `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:s-1` },
  `${SECRET}.own`,
);

function secretReaders(...readers: readonly string[]): TestPlan {
  return addResources(
    updated(
      SECRET_POLICY,
      { secret_arn: OWN_SECRET.before?.arn, policy: secretPolicy(ROLE_ARN) },
      { policy: secretPolicy(...readers) },
    ),
    OWN_SECRET,
  );
}

const LISTS = {
  callback_urls: ["https://a.example/"],
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["code"],
  allowed_oauth_scopes: ["openid", "email"],
  explicit_auth_flows: ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
  supported_identity_providers: ["COGNITO", "Google"],
};

const EMAIL_MFA = {
  mfa_configuration: "OPTIONAL",
  email_mfa_configuration: [{ subject: "Code", message: "{####}" }],
  email_configuration: [{ email_sending_account: "DEVELOPER" }],
  user_pool_tier: "ESSENTIALS",
  account_recovery_setting: [
    { recovery_mechanism: [{ name: "admin_only", priority: 1 }] },
  ],
};
const WITHOUT_EMAIL_MFA = { email_mfa_configuration: [] };
const TOTP = { software_token_mfa_configuration: [{ enabled: true }] };
const MFA_OFF = {
  mfa_configuration: "OFF",
  software_token_mfa_configuration: [{ enabled: false }],
};
const PASSKEYS = {
  web_authn_configuration: [{ relying_party_id: "auth.example" }],
};
const ROTATION = { refresh_token_rotation: [{ feature: "ENABLED" }] };
const CALL = {
  action: "lambda:InvokeFunction",
  function_name: "tokens",
  principal: "cognito-idp.amazonaws.com",
  source_arn: `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/us-west-2_a`,
};
const CUSTOM_DOMAIN = {
  user_pool_id: "us-west-2_a",
  certificate_arn: certificate("us-east-1", "a"),
};

function firstFactors(...others: readonly string[]): Values {
  return {
    sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD", ...others] }],
  };
}

function customAttributes(count: number): Values {
  return {
    schema: Array.from({ length: count }, (_, index) => ({
      name: `a${index}`,
    })),
  };
}

function riskReaction(event_action: string): Values {
  return {
    account_takeover_risk_configuration: [
      { actions: [{ high_action: [{ event_action, notify: false }] }] },
    ],
  };
}

function riskException(list: string): Values {
  return { risk_exception_configuration: [{ [list]: ["192.0.2.0/24"] }] };
}

function riskMessage(from: string): Values {
  return {
    account_takeover_risk_configuration: [{ notify_configuration: [{ from }] }],
  };
}

function userLog(group: string): Values {
  return {
    log_configurations: [
      {
        event_source: "userNotification",
        log_level: "ERROR",
        cloud_watch_logs_configuration: [{ log_group_arn: group }],
      },
    ],
  };
}

function certificate(region: string, id: string): string {
  return `arn:aws:acm:${region}:${ACCOUNT}:certificate/${id}`;
}

/** A client whose users can write one attribute with their access tokens. */
function writableClient(attribute: string): Values {
  return { ...LISTS, write_attributes: [attribute] };
}

function mappingRule(match_type: string): Values {
  return {
    role_mapping: [
      {
        type: "Rules",
        ambiguous_role_resolution: "Deny",
        mapping_rule: [
          { claim: "custom:org", match_type, value: "a", role_arn: ROLE_ARN },
        ],
      },
    ],
  };
}

const NOTHING: TestPlan = { resources: [] };
const SAME: TestPlan = { resources: [unchanged(POOL, { name: "x" })] };

function createPlan(more: Values): TestPlan {
  return { ...SAME, more };
}

function configuration(more: Values): TestPlan {
  return createPlan({
    configuration: {
      root_module: {
        resources: [{ address: `${POOL}.main`, mode: "managed", type: POOL }],
      },
      ...more,
    },
  });
}

/** A plan whose refresh does not find a user pool of the state. */
function deletedOutside(plan: TestPlan): TestPlan {
  const change = { actions: ["delete"], before: ANY_NAME, after: null };
  const address = `${POOL}.main`;
  return {
    ...plan,
    more: {
      resource_drift: [{ address, mode: "managed", type: POOL, change }],
    },
  };
}

function rootModule(more: Values): TestPlan {
  return createPlan({ configuration: { root_module: more } });
}

const REGISTRY = "registry.terraform.io/hashicorp/aws";

/** Values that name a resource of any type. */
const ANY_NAME = {
  name: "x",
  identifier: "x",
  domain: "x",
  identity_pool_name: "x",
  provider_name: "x",
  url: "https://x.example",
  bucket: "x",
};

const REMOVAL_CASES = Object.fromEntries([
  ...REMOVAL_TYPES.flatMap((type) =>
    (["replaced", "destroyed"] as const).map((how): [string, RuleCase] => [
      getRemovalRuleId(type, how),
      {
        found: {
          resources: [
            how === "destroyed"
              ? { type, before: ANY_NAME }
              : {
                  type,
                  before: ANY_NAME,
                  after: ANY_NAME,
                  actions: ["create", "delete"],
                },
          ],
        },
        safe: { resources: [unchanged(type, ANY_NAME)] },
      },
    ]),
  ),
  [
    "resource-forgotten",
    {
      found: {
        resources: [{ type: POOL, before: ANY_NAME, actions: ["forget"] }],
      },
      safe: NOTHING,
    },
  ],
]) as unknown as Readonly<Record<RemovalRuleId, RuleCase>>;

/** A case of every rule: one without a case does not compile. */
export const RULE_CASES: Readonly<Record<RuleId, RuleCase>> = {
  ...REMOVAL_CASES,
  "adoption-change": { found: NOTHING },
  "resource-recreated": {
    found: deletedOutside(created(POOL, { id: "us-west-2_new" })),
    safe: deletedOutside({ resources: [] }),
  },

  "schema-attribute-changed": {
    found: updated(
      POOL,
      { schema: [{ name: "org", mutable: true }] },
      { schema: [] },
    ),
    safe: updated(
      POOL,
      { schema: [] },
      { schema: [{ name: "org", mutable: true }] },
    ),
  },
  "deletion-protection-off": {
    found: addResources(
      created(POOL, { deletion_protection: "INACTIVE" }),
      unchanged(POOL, { deletion_protection: "ACTIVE" }, `${POOL}.other`),
    ),
    safe: created(POOL, { deletion_protection: "INACTIVE" }),
  },
  "mfa-weakened": {
    found: updated(
      POOL,
      { mfa_configuration: "ON" },
      { mfa_configuration: "OPTIONAL" },
    ),
    safe: updated(
      POOL,
      { mfa_configuration: "OFF" },
      { mfa_configuration: "ON" },
    ),
  },
  "totp-off": {
    found: updated(
      POOL,
      { software_token_mfa_configuration: [{ enabled: true }] },
      { software_token_mfa_configuration: [] },
    ),
    safe: updated(
      POOL,
      { software_token_mfa_configuration: [] },
      { software_token_mfa_configuration: [{ enabled: true }] },
    ),
  },
  "mfa-message-changed": {
    found: updated(
      POOL,
      { sms_configuration: [{ sns_caller_arn: "a", external_id: "e" }] },
      { sms_configuration: [{ sns_caller_arn: "b", external_id: "e" }] },
    ),
    safe: updated(POOL, { sms_configuration: [] }, { sms_configuration: null }),
  },
  "email-mfa-off": {
    found: updated(
      POOL,
      { email_mfa_configuration: [{ subject: "Code" }] },
      { email_mfa_configuration: [] },
    ),
    safe: updated(
      POOL,
      { email_mfa_configuration: [{ subject: "Code" }] },
      { email_mfa_configuration: [{ subject: "Your code" }] },
    ),
  },
  "email-mfa-added": {
    found: updated(
      POOL,
      { mfa_configuration: "ON" },
      { email_mfa_configuration: [{ subject: "Code" }] },
    ),
    safe: updated(
      POOL,
      { mfa_configuration: "OFF" },
      {
        mfa_configuration: "ON",
        email_mfa_configuration: [{ subject: "Code" }],
      },
    ),
  },
  "email-mfa-too-early": {
    found: updated(
      POOL,
      { ...EMAIL_MFA, ...WITHOUT_EMAIL_MFA, email_configuration: [] },
      EMAIL_MFA,
    ),
    safe: updated(POOL, { ...EMAIL_MFA, ...WITHOUT_EMAIL_MFA }, EMAIL_MFA),
  },
  "passkeys-too-early": {
    found: updated(
      POOL,
      { user_pool_tier: "LITE" },
      { user_pool_tier: "ESSENTIALS", ...PASSKEYS },
    ),
    safe: updated(POOL, { user_pool_tier: "ESSENTIALS" }, PASSKEYS),
  },
  "required-mfa-too-early": {
    found: updated(
      POOL,
      { mfa_configuration: "OPTIONAL", ...firstFactors("EMAIL_OTP") },
      { mfa_configuration: "ON", ...firstFactors() },
    ),
    safe: updated(
      POOL,
      { mfa_configuration: "ON", ...firstFactors() },
      { mfa_configuration: "OPTIONAL", ...firstFactors("EMAIL_OTP") },
    ),
  },
  "mfa-off-with-factors": {
    found: updated(POOL, { mfa_configuration: "ON", ...TOTP }, MFA_OFF),
    safe: updated(
      POOL,
      { mfa_configuration: "ON", ...TOTP },
      { ...MFA_OFF, software_token_mfa_configuration: [] },
    ),
  },
  "custom-attributes-too-many": {
    found: updated(POOL, customAttributes(1), customAttributes(27)),
    safe: updated(POOL, customAttributes(1), customAttributes(26)),
  },
  "email-mfa-not-removed": {
    found: updated(
      POOL,
      { email_mfa_configuration: [{ subject: "Code", message: "{####}" }] },
      { email_mfa_configuration: [{ subject: "", message: null }] },
    ),
    safe: updated(
      POOL,
      { email_mfa_configuration: [{ subject: "Code", message: "{####}" }] },
      { email_mfa_configuration: [{ subject: "Code", message: null }] },
    ),
  },
  "token-rotation-off": {
    found: updated(CLIENT, ROTATION, { refresh_token_rotation: [] }),
    safe: updated(CLIENT, { refresh_token_rotation: [] }, ROTATION),
  },
  "password-policy-weakened": {
    found: created(POOL, { password_policy: [{ minimum_length: 8 }] }),
    safe: updated(
      POOL,
      { password_policy: [{ minimum_length: 12 }] },
      { password_policy: [{ minimum_length: 14 }] },
    ),
  },
  "self-sign-up-on": {
    found: updated(
      POOL,
      { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
      { admin_create_user_config: [{ allow_admin_create_user_only: false }] },
    ),
    safe: created(POOL, {
      admin_create_user_config: [{ allow_admin_create_user_only: true }],
    }),
  },
  "tier-lowered": {
    found: updated(
      POOL,
      { user_pool_tier: "PLUS" },
      { user_pool_tier: "ESSENTIALS" },
    ),
    safe: updated(POOL, { user_pool_tier: "LITE" }, { user_pool_tier: "PLUS" }),
  },
  "threat-protection-weakened": {
    found: updated(
      POOL,
      { user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }] },
      { user_pool_add_ons: [{ advanced_security_mode: "AUDIT" }] },
    ),
    safe: updated(
      POOL,
      { user_pool_add_ons: [] },
      { user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }] },
    ),
  },
  "token-trigger-changed": {
    found: updated(
      POOL,
      { lambda_config: [{ pre_token_generation: "arn:f" }] },
      { lambda_config: [{ pre_token_generation: "arn:g" }] },
    ),
    safe: updated(
      POOL,
      { lambda_config: [{ pre_token_generation: "arn:f" }] },
      { lambda_config: [{ pre_sign_up: "arn:f" }] },
    ),
  },
  "trigger-changed": {
    found: created(POOL, { lambda_config: [{ pre_sign_up: "arn:f" }] }),
    safe: updated(
      POOL,
      { lambda_config: [{ pre_sign_up: "arn:f" }] },
      { lambda_config: [{ pre_sign_up: "arn:f" }] },
    ),
  },
  "trigger-removed": {
    found: updated(
      POOL,
      { lambda_config: [{ pre_sign_up: "arn:f" }] },
      { lambda_config: [] },
    ),
    safe: updated(POOL, { lambda_config: [] }, { lambda_config: [{}] }),
  },
  "account-recovery-weakened": {
    found: created(POOL, {
      account_recovery_setting: [
        {
          recovery_mechanism: [{ name: "verified_phone_number", priority: 1 }],
        },
      ],
    }),
    safe: created(POOL, {
      account_recovery_setting: [
        { recovery_mechanism: [{ name: "verified_email", priority: 1 }] },
      ],
    }),
  },
  "verified-attributes-changed": {
    found: updated(
      POOL,
      { auto_verified_attributes: ["email"] },
      { auto_verified_attributes: [] },
    ),
    safe: updated(
      POOL,
      { auto_verified_attributes: [] },
      { auto_verified_attributes: ["email"] },
    ),
  },
  "first-factor-added": {
    found: updated(
      POOL,
      { sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }] },
      {
        sign_in_policy: [
          { allowed_first_auth_factors: ["PASSWORD", "SMS_OTP"] },
        ],
      },
    ),
    safe: updated(
      POOL,
      {
        sign_in_policy: [
          { allowed_first_auth_factors: ["PASSWORD", "SMS_OTP"] },
        ],
      },
      { sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }] },
    ),
  },
  "first-factor-removed": {
    found: updated(POOL, firstFactors("WEB_AUTHN"), firstFactors()),
    safe: updated(POOL, firstFactors(), firstFactors("WEB_AUTHN")),
  },
  "passkey-settings-changed": {
    found: updated(
      POOL,
      { web_authn_configuration: [{ relying_party_id: "a.example" }] },
      { web_authn_configuration: [{ relying_party_id: "b.example" }] },
    ),
    safe: updated(
      POOL,
      { web_authn_configuration: [{ user_verification: "preferred" }] },
      { web_authn_configuration: [{ user_verification: "required" }] },
    ),
  },
  "remembered-devices-changed": {
    found: updated(
      POOL,
      {},
      {
        device_configuration: [{ device_only_remembered_on_user_prompt: true }],
      },
    ),
    safe: updated(POOL, {}, { device_configuration: [] }),
  },
  "email-sender-changed": {
    found: updated(
      POOL,
      {},
      { email_configuration: [{ from_email_address: "a@b.example" }] },
    ),
    safe: updated(
      POOL,
      {
        email_configuration: [{ email_sending_account: "COGNITO_DEFAULT" }],
      },
      { email_configuration: [] },
    ),
  },
  "message-changed": {
    found: updated(
      POOL,
      { verification_message_template: [{ email_message: "{####}" }] },
      {
        verification_message_template: [
          { email_message: "{####} https://elsewhere.example" },
        ],
      },
    ),
    safe: created(POOL, {
      verification_message_template: [{ email_message: "{####}" }],
    }),
  },

  "function-permission-wide": {
    found: created(PERMISSION, { ...CALL, source_arn: null }),
    safe: addResources(
      created(PERMISSION, CALL),
      unchanged(POOL, { arn: CALL.source_arn }),
    ),
  },
  "risk-reaction-weakened": {
    found: updated(RISK, riskReaction("BLOCK"), riskReaction("NO_ACTION")),
    safe: updated(RISK, riskReaction("NO_ACTION"), riskReaction("BLOCK")),
  },
  "risk-exception-added": {
    found: created(RISK, riskException("skipped_ip_range_list")),
    safe: created(RISK, riskException("blocked_ip_range_list")),
  },
  "risk-message-changed": {
    found: updated(
      RISK,
      riskMessage("a@b.example"),
      riskMessage("c@d.example"),
    ),
    safe: created(RISK, riskMessage("a@b.example")),
  },
  "user-log-changed": {
    found: updated(LOG, userLog("group-a"), userLog("group-b")),
    safe: created(LOG, userLog("group-a")),
  },
  "domain-certificate-region": {
    found: created(DOMAIN, { certificate_arn: certificate("eu-west-1", "a") }),
    safe: created(DOMAIN, { certificate_arn: certificate("us-east-1", "a") }),
  },
  "domain-certificate-changed": {
    found: updated(
      DOMAIN,
      { certificate_arn: certificate("us-east-1", "a") },
      { certificate_arn: certificate("us-east-1", "b") },
    ),
    safe: created(DOMAIN, { certificate_arn: certificate("us-east-1", "b") }),
  },
  "managed-login-version-changed": {
    found: updated(
      DOMAIN,
      { managed_login_version: 1 },
      { managed_login_version: 2 },
    ),
    safe: created(DOMAIN, { managed_login_version: 2 }),
  },
  "sign-in-page-changed": {
    found: addResources(
      created(CUSTOMIZATION, { css: ".banner {}" }),
      unchanged(POOL, {}),
    ),
    safe: created(CUSTOMIZATION, { css: ".banner {}" }),
  },
  "passkeys-moved": {
    found: addResources(
      created(DOMAIN, CUSTOM_DOMAIN),
      unchanged(POOL, { id: "us-west-2_a", ...firstFactors("WEB_AUTHN") }),
    ),
    safe: addResources(
      created(DOMAIN, CUSTOM_DOMAIN),
      unchanged(POOL, {
        id: "us-west-2_a",
        ...firstFactors("WEB_AUTHN"),
        ...PASSKEYS,
      }),
    ),
  },
  "dns-record-changed": {
    found: created(RECORD, { alias: [{ name: "elsewhere.example" }] }),
    safe: addResources(
      created(RECORD, { alias: [{ name: "d1.cloudfront.net" }] }),
      unchanged(DOMAIN, { cloudfront_distribution: "d1.cloudfront.net" }),
    ),
  },
  "dns-record-overwritten": {
    found: created(RECORD, { allow_overwrite: true }),
    safe: created(RECORD, { allow_overwrite: false }),
  },

  "callback-url-removed": {
    found: updated(CLIENT, LISTS, { callback_urls: [] }),
    safe: updated(CLIENT, LISTS, {
      callback_urls: ["https://b.example/", "https://a.example/"],
    }),
  },
  "callback-url-unsafe": {
    found: created(CLIENT, { callback_urls: ["javascript:/alert(1)"] }),
    safe: created(CLIENT, {
      callback_urls: ["https://a.example/", "http://127.0.0.1:3000/"],
    }),
  },
  "default-redirect-changed": {
    found: updated(
      CLIENT,
      { default_redirect_uri: "https://a.example/" },
      { default_redirect_uri: "https://b.example/" },
    ),
    safe: created(CLIENT, { default_redirect_uri: "https://a.example/" }),
  },
  "logout-url-removed": {
    found: updated(
      CLIENT,
      { logout_urls: ["https://a.example/"] },
      { logout_urls: [] },
    ),
    safe: updated(
      CLIENT,
      { logout_urls: [] },
      { logout_urls: ["https://a.example/"] },
    ),
  },
  "logout-url-unsafe": {
    found: updated(
      CLIENT,
      { logout_urls: [] },
      { logout_urls: ["http://a.example/"] },
    ),
    safe: updated(
      CLIENT,
      { logout_urls: [] },
      { logout_urls: ["https://a.example/"] },
    ),
  },
  "client-scope-removed": {
    found: updated(CLIENT, LISTS, { allowed_oauth_scopes: ["openid"] }),
    safe: updated(CLIENT, LISTS, {
      allowed_oauth_scopes: ["email", "openid", "profile"],
    }),
  },
  "user-admin-scope-added": {
    found: updated(CLIENT, LISTS, {
      allowed_oauth_scopes: [
        "openid",
        "email",
        "aws.cognito.signin.user.admin",
      ],
    }),
    safe: updated(CLIENT, LISTS, {
      allowed_oauth_scopes: ["openid", "email", "phone"],
    }),
  },
  "oauth-flow-removed": {
    found: updated(CLIENT, LISTS, { allowed_oauth_flows: [] }),
    safe: updated(CLIENT, LISTS, { allowed_oauth_flows: ["code"] }),
  },
  "oauth-flow-added": {
    found: created(CLIENT, { allowed_oauth_flows: ["implicit"] }),
    safe: created(CLIENT, { allowed_oauth_flows: ["code"] }),
  },
  "oauth-off": {
    found: updated(CLIENT, LISTS, {
      allowed_oauth_flows_user_pool_client: false,
    }),
    safe: updated(CLIENT, LISTS, {
      allowed_oauth_flows_user_pool_client: true,
    }),
  },
  "auth-flow-removed": {
    found: updated(CLIENT, LISTS, {
      explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"],
    }),
    safe: updated(CLIENT, LISTS, {}),
  },
  "auth-flow-added": {
    found: updated(CLIENT, LISTS, {
      explicit_auth_flows: [
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
      ],
    }),
    safe: created(CLIENT, { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] }),
  },
  "client-identity-provider-removed": {
    found: updated(CLIENT, LISTS, {
      supported_identity_providers: ["COGNITO"],
    }),
    safe: updated(CLIENT, LISTS, {}),
  },
  "client-identity-provider-added": {
    found: created(CLIENT, { supported_identity_providers: ["Google"] }),
    safe: created(CLIENT, { supported_identity_providers: ["COGNITO"] }),
  },
  "token-validity-longer": {
    found: updated(
      CLIENT,
      {
        access_token_validity: 60,
        token_validity_units: [{ access_token: "minutes" }],
      },
      { token_validity_units: [{ access_token: "hours" }] },
    ),
    safe: updated(
      CLIENT,
      { refresh_token_validity: 30 },
      { refresh_token_validity: 1 },
    ),
  },
  "auth-session-longer": {
    found: created(CLIENT, { auth_session_validity: 15 }),
    safe: created(CLIENT, { auth_session_validity: 3 }),
  },
  "token-revocation-off": {
    found: created(CLIENT, { enable_token_revocation: false }),
    safe: created(CLIENT, { enable_token_revocation: true }),
  },
  "refresh-token-rotation-changed": {
    found: updated(
      CLIENT,
      { refresh_token_rotation: [{ feature: "ENABLED" }] },
      { refresh_token_rotation: [{ feature: "DISABLED" }] },
    ),
    safe: updated(
      CLIENT,
      { refresh_token_rotation: [] },
      { refresh_token_rotation: [{ feature: "ENABLED" }] },
    ),
  },
  "user-existence-revealed": {
    found: created(CLIENT, { prevent_user_existence_errors: "LEGACY" }),
    safe: created(CLIENT, { prevent_user_existence_errors: "ENABLED" }),
  },
  "write-attributes-changed": {
    found: updated(
      CLIENT,
      { write_attributes: ["name"] },
      { write_attributes: ["name", "email"] },
    ),
    safe: updated(
      CLIENT,
      { write_attributes: ["name", "email"] },
      { write_attributes: ["name"] },
    ),
  },
  "read-attributes-changed": {
    found: updated(
      CLIENT,
      { read_attributes: ["name"] },
      { read_attributes: [] },
    ),
    safe: updated(
      CLIENT,
      { read_attributes: [] },
      { read_attributes: ["name"] },
    ),
  },
  "client-context-changed": {
    found: updated(
      CLIENT,
      {},
      { enable_propagate_additional_user_context_data: true },
    ),
    safe: updated(
      CLIENT,
      {},
      { enable_propagate_additional_user_context_data: false },
    ),
  },

  "group-precedence-changed": {
    found: updated(GROUP, { precedence: 1 }, { precedence: 2 }),
    safe: created(GROUP, { precedence: 2 }),
  },
  "group-role-changed": {
    found: updated(
      GROUP,
      { role_arn: ROLE_ARN },
      { role_arn: `arn:aws:iam::${ACCOUNT}:role/admin` },
    ),
    safe: addResources(created(GROUP, { role_arn: ROLE_ARN }), OWN),
  },
  "user-disabled": {
    found: updated("aws_cognito_user", { enabled: true }, { enabled: false }),
    safe: updated("aws_cognito_user", { enabled: false }, { enabled: true }),
  },
  "user-credentials-set": {
    found: updated("aws_cognito_user", {}, { attributes: { email: "a@b" } }),
    safe: updated("aws_cognito_user", {}, { client_metadata: { a: "b" } }),
  },
  "group-member-added": {
    found: created("aws_cognito_user_in_group", {
      username: "u",
      group_name: "writers",
    }),
    safe: {
      resources: [
        unchanged("aws_cognito_user_in_group", {
          username: "u",
          group_name: "writers",
        }),
      ],
    },
  },

  "scope-removed": {
    found: updated(
      SERVER,
      {
        identifier: "api",
        scope: [{ scope_name: "read", scope_description: "Read" }],
      },
      { scope: [] },
    ),
    safe: updated(
      SERVER,
      {
        identifier: "api",
        scope: [{ scope_name: "read", scope_description: "Read" }],
      },
      { scope: [{ scope_name: "read", scope_description: "Read data" }] },
    ),
  },
  "scope-renamed": {
    found: updated(
      SERVER,
      {
        identifier: "api",
        scope: [{ scope_name: "read", scope_description: "Read" }],
      },
      { scope: [{ scope_name: "get", scope_description: "Read" }] },
    ),
    safe: updated(
      SERVER,
      {
        identifier: "api",
        scope: [{ scope_name: "read", scope_description: "Read" }],
      },
      {
        scope: [
          { scope_name: "read", scope_description: "Read" },
          { scope_name: "write", scope_description: "Write" },
        ],
      },
    ),
  },

  "unauthenticated-identities-on": {
    found: created(IDENTITY_POOL, { allow_unauthenticated_identities: true }),
    safe: created(IDENTITY_POOL, { allow_unauthenticated_identities: false }),
  },
  "classic-flow-on": {
    found: updated(
      IDENTITY_POOL,
      { allow_classic_flow: false },
      { allow_classic_flow: true },
    ),
    safe: updated(
      IDENTITY_POOL,
      { allow_classic_flow: true },
      { allow_classic_flow: false },
    ),
  },
  "token-check-off": {
    found: created(IDENTITY_POOL, {
      cognito_identity_providers: [
        { client_id: "c", server_side_token_check: false },
      ],
    }),
    safe: created(IDENTITY_POOL, {
      cognito_identity_providers: [
        { client_id: "c", server_side_token_check: true },
      ],
    }),
  },
  "identity-pool-provider-added": {
    found: updated(
      IDENTITY_POOL,
      {},
      { supported_login_providers: { "accounts.google.com": "1" } },
    ),
    safe: updated(IDENTITY_POOL, {}, { supported_login_providers: {} }),
  },
  "identity-pool-provider-removed": {
    found: updated(
      IDENTITY_POOL,
      { saml_provider_arns: ["arn:s"] },
      { saml_provider_arns: [] },
    ),
    safe: updated(
      IDENTITY_POOL,
      { saml_provider_arns: ["arn:s"] },
      { saml_provider_arns: ["arn:s"] },
    ),
  },
  "ambiguous-role-allowed": {
    found: updated(
      ATTACHMENT,
      { role_mapping: [{ type: "Token", ambiguous_role_resolution: "Deny" }] },
      {
        role_mapping: [
          { type: "Token", ambiguous_role_resolution: "AuthenticatedRole" },
        ],
      },
    ),
    safe: created(ATTACHMENT, {
      role_mapping: [{ type: "Token", ambiguous_role_resolution: "Deny" }],
    }),
  },
  "role-mapping-changed": {
    found: created(ATTACHMENT, {
      role_mapping: [{ type: "Rules", ambiguous_role_resolution: "Deny" }],
    }),
    safe: created(ATTACHMENT, {
      role_mapping: [{ type: "Token", ambiguous_role_resolution: "Deny" }],
    }),
  },
  "default-role-changed": {
    found: created(ATTACHMENT, { roles: { unauthenticated: ROLE_ARN } }),
    safe: addResources(
      created(ATTACHMENT, { roles: { authenticated: ROLE_ARN } }),
      OWN,
    ),
  },
  "role-claim-writable": {
    found: addResources(
      updated(CLIENT, writableClient("name"), writableClient("custom:org")),
      unchanged(ATTACHMENT, mappingRule("Equals")),
    ),
    safe: addResources(
      updated(CLIENT, writableClient("name"), writableClient("email")),
      unchanged(ATTACHMENT, mappingRule("Equals")),
    ),
  },
  "role-mapping-imprecise": {
    found: created(ATTACHMENT, mappingRule("Contains")),
    safe: created(ATTACHMENT, mappingRule("Equals")),
  },
  "identity-mapping-trusted": {
    found: updated(
      PROVIDER,
      { attribute_mapping: { email: "email" } },
      { attribute_mapping: { email: "email", "custom:groups": "groups" } },
    ),
    safe: created(PROVIDER, {
      attribute_mapping: { email: "email", username: "sub" },
    }),
  },
  "saml-metadata-changed": {
    found: updated(
      SAML,
      { saml_metadata_document: "<a/>" },
      { saml_metadata_document: "<b/>" },
    ),
    safe: created(SAML, { saml_metadata_document: "<a/>" }),
  },
  "identity-provider-added": {
    found: created(PROVIDER, { provider_name: "Google" }),
    safe: {
      resources: [unchanged(PROVIDER, { provider_name: "Google" })],
    },
  },
  "identity-provider-changed": {
    found: updated(
      PROVIDER,
      { provider_details: { authorize_scopes: "email" } },
      { provider_details: { authorize_scopes: "email groups" } },
    ),
    safe: updated(
      PROVIDER,
      { provider_details: { authorize_scopes: "email" } },
      { provider_details: { authorize_scopes: "email" } },
    ),
  },
  "audience-removed": {
    found: updated(
      OIDC,
      { client_id_list: ["sts.amazonaws.com", "b"] },
      { client_id_list: ["b"] },
    ),
    safe: created(OIDC, { client_id_list: ["sts.amazonaws.com"] }),
  },
  "audience-added": {
    found: created(OIDC, { client_id_list: ["sts.amazonaws.com", "b"] }),
    safe: created(OIDC, { client_id_list: ["sts.amazonaws.com"] }),
  },
  "thumbprint-changed": {
    found: updated(
      OIDC,
      { thumbprint_list: [] },
      { thumbprint_list: [CERTIFICATE] },
    ),
    safe: created(OIDC, { thumbprint_list: [CERTIFICATE] }),
  },

  "boundary-removed": {
    found: updated(
      ROLE,
      { permissions_boundary: "arn:b" },
      { permissions_boundary: "" },
    ),
    safe: updated(
      ROLE,
      { permissions_boundary: "" },
      { permissions_boundary: "arn:b" },
    ),
  },
  "boundary-changed": {
    found: updated(
      ROLE,
      { permissions_boundary: "arn:b" },
      { permissions_boundary: "arn:c" },
    ),
    safe: updated(
      ROLE,
      { permissions_boundary: "arn:b" },
      { permissions_boundary: "arn:b" },
    ),
  },
  "boundary-missing": {
    found: addResources(
      created(ROLE, { name: "new" }),
      unchanged(
        ROLE,
        { name: "old", permissions_boundary: "arn:b" },
        `${ROLE}.old`,
      ),
    ),
    safe: addResources(
      created(ROLE, { name: "new", permissions_boundary: "arn:b" }),
      unchanged(
        ROLE,
        { name: "old", permissions_boundary: "arn:b" },
        `${ROLE}.old`,
      ),
    ),
  },
  "role-session-longer": {
    found: updated(
      ROLE,
      { max_session_duration: 3600 },
      { max_session_duration: 43_200 },
    ),
    safe: created(ROLE, { max_session_duration: 3600 }),
  },

  "recovery-window-shorter": {
    found: addResources(
      created(SECRET, { recovery_window_in_days: 0 }),
      unchanged(SECRET, { recovery_window_in_days: 7 }, `${SECRET}.other`),
    ),
    safe: addResources(
      created(SECRET, { recovery_window_in_days: 0 }),
      unchanged(SECRET, { recovery_window_in_days: 0 }, `${SECRET}.other`),
    ),
  },
  "secret-encryption-changed": {
    found: updated(SECRET, { kms_key_id: "k" }, { kms_key_id: "" }),
    safe: created(SECRET, { kms_key_id: "k" }),
  },
  "secret-copied": {
    found: updated(SECRET, {}, { replica: [{ region: "us-east-1" }] }),
    safe: updated(SECRET, {}, { replica: [] }),
  },
  "secret-value-in-state": {
    found: created(VERSION, { secret_id: "s", secret_string: "v4lue" }),
    safe: created(VERSION, { secret_id: "s", secret_string_wo_version: 1 }),
  },
  "secret-version-stage-changed": {
    found: updated(
      VERSION,
      { version_stages: ["AWSCURRENT"] },
      { version_stages: ["AWSPREVIOUS"] },
    ),
    safe: created(VERSION, { version_stages: ["AWSCURRENT"] }),
  },
  "secret-read-removed": {
    found: rotatable(["aws_cognito_user_pool_client.main.client_secret"]),
    safe: rotatable(["local.secrets_main_live_00000000"]),
  },
  "secret-check-removed": {
    found: rotatable(["local.secrets_main_live_00000000"], false),
    safe: rotatable(["local.secrets_main_live_00000000"]),
  },
  "public-policy-allowed": {
    found: updated(
      SECRET_POLICY,
      { block_public_policy: true },
      { block_public_policy: false },
    ),
    safe: updated(
      SECRET_POLICY,
      { block_public_policy: false },
      { block_public_policy: true },
    ),
  },
  "versioning-off": {
    found: created("aws_s3_bucket_versioning", {
      versioning_configuration: [{ status: "Suspended" }],
    }),
    safe: created("aws_s3_bucket_versioning", {
      versioning_configuration: [{ status: "Enabled" }],
    }),
  },
  "public-access-allowed": {
    found: created("aws_s3_bucket_public_access_block", {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: false,
    }),
    safe: created("aws_s3_bucket_public_access_block", {
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    }),
  },
  "ownership-changed": {
    found: created("aws_s3_bucket_ownership_controls", {
      rule: [{ object_ownership: "ObjectWriter" }],
    }),
    safe: created("aws_s3_bucket_ownership_controls", {
      rule: [{ object_ownership: "BucketOwnerEnforced" }],
    }),
  },
  "encryption-weakened": {
    found: updated(
      "aws_s3_bucket_server_side_encryption_configuration",
      encryption("aws:kms"),
      encryption("AES256"),
    ),
    safe: updated(
      "aws_s3_bucket_server_side_encryption_configuration",
      encryption("AES256"),
      encryption("aws:kms"),
    ),
  },
  "lifecycle-deletes": {
    found: created("aws_s3_bucket_lifecycle_configuration", {
      rule: [{ id: "r", status: "Enabled", expiration: [{ days: 1 }] }],
    }),
    safe: created("aws_s3_bucket_lifecycle_configuration", {
      rule: [
        {
          id: "r",
          status: "Enabled",
          noncurrent_version_expiration: [{ noncurrent_days: 90 }],
        },
      ],
    }),
  },
  "lifecycle-archives": {
    found: created("aws_s3_bucket_lifecycle_configuration", {
      rule: [
        {
          id: "r",
          status: "Enabled",
          transition: [{ days: 1, storage_class: "GLACIER" }],
        },
      ],
    }),
    safe: created("aws_s3_bucket_lifecycle_configuration", {
      rule: [
        {
          id: "r",
          status: "Disabled",
          transition: [{ days: 1, storage_class: "GLACIER" }],
        },
      ],
    }),
  },
  "bucket-settings-changed": {
    found: updated(BUCKET, {}, { force_destroy: true }),
    safe: updated(BUCKET, {}, { force_destroy: false }),
  },
  "key-disabled": {
    found: updated(KEY, { is_enabled: true }, { is_enabled: false }),
    safe: updated(KEY, { is_enabled: false }, { is_enabled: true }),
  },
  "key-rotation-off": {
    found: created(KEY, { enable_key_rotation: false }),
    safe: created(KEY, { enable_key_rotation: true }),
  },
  "key-deletion-sooner": {
    found: updated(
      KEY,
      { deletion_window_in_days: 30 },
      { deletion_window_in_days: 7 },
    ),
    safe: updated(
      KEY,
      { deletion_window_in_days: 7 },
      { deletion_window_in_days: 30 },
    ),
  },
  "key-settings-changed": {
    found: updated(
      "aws_kms_alias",
      { target_key_id: "a" },
      { target_key_id: "b" },
    ),
    safe: created("aws_kms_alias", { target_key_id: "a" }),
  },

  "access-public": {
    found: created(ROLE, {
      assume_role_policy: policyDocument({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: "*",
      }),
    }),
    safe: created(ROLE, { assume_role_policy: BRANCH }),
  },
  "access-foreign-account": {
    found: secretReaders(ROLE_ARN, `arn:aws:iam::${OTHER_ACCOUNT}:role/r`),
    safe: secretReaders(ROLE_ARN),
  },
  "access-unauthenticated": {
    found: trust(poolTrust("authenticated"), poolTrust("unauthenticated")),
    safe: addResources(
      created(ROLE, { assume_role_policy: poolTrust("authenticated") }),
      unchanged(IDENTITY_POOL, { id: "us-west-2:1" }),
    ),
  },
  "trust-unbound": {
    found: trust(
      BRANCH,
      githubTrust({
        StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
        StringLike: { [`${GITHUB}:sub`]: "repo:o/r:*" },
      }),
    ),
    safe: created(ROLE, { assume_role_policy: BRANCH }),
  },
  "trust-widened": {
    found: trust(
      BRANCH,
      githubTrust(claims("repo:other/r:ref:refs/heads/main")),
    ),
    safe: trust(BRANCH, BRANCH),
  },
  "permissions-widened": {
    found: addResources(
      rolePolicy(policyDocument(READ), policyDocument(READ, allow("*", "*"))),
      OWN,
    ),
    safe: addResources(
      rolePolicy(
        policyDocument(READ),
        policyDocument(READ, allow("s3:PutObject", "arn:aws:s3:::other/*")),
      ),
      OWN,
    ),
  },
  "managed-policy-attached": {
    found: addResources(
      created("aws_iam_role_policy_attachment", {
        role: "reader",
        policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
      OWN,
    ),
    safe: addResources(
      created("aws_iam_role_policy_attachment", {
        role: "reader",
        policy_arn: `arn:aws:iam::${ACCOUNT}:policy/own`,
      }),
      OWN,
      unchanged(POLICY, {
        name: "own",
        arn: `arn:aws:iam::${ACCOUNT}:policy/own`,
        policy: policyDocument(READ),
      }),
    ),
  },
  "role-policies-removed": {
    found: updated(
      ROLE,
      { managed_policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
      { managed_policy_arns: [] },
    ),
    safe: updated(
      ROLE,
      { managed_policy_arns: [] },
      { managed_policy_arns: [] },
    ),
  },
  "boundary-widened": {
    found: updated(
      POLICY,
      { policy: policyDocument(allow("s3:GetObject", `${BUCKET_ARN}/*`)) },
      { policy: policyDocument(allow("s3:*", `${BUCKET_ARN}/*`)) },
    ),
    safe: updated(
      POLICY,
      { policy: policyDocument(allow("s3:*", `${BUCKET_ARN}/*`)) },
      { policy: policyDocument(allow("s3:GetObject", `${BUCKET_ARN}/*`)) },
    ),
  },
  "deny-removed": {
    found: addResources(
      rolePolicy(
        policyDocument(READ, { ...allow("s3:*", "*"), Effect: "Deny" }),
        policyDocument(READ),
      ),
      OWN,
    ),
    safe: addResources(
      rolePolicy(
        policyDocument(READ),
        policyDocument(READ, { ...allow("s3:*", "*"), Effect: "Deny" }),
      ),
      OWN,
    ),
  },
  "resource-access-widened": {
    found: addResources(
      secretReaders(ROLE_ARN, `arn:aws:iam::${ACCOUNT}:role/other`),
      OWN,
    ),
    safe: secretReaders(ROLE_ARN),
  },
  "policy-not-readable": {
    found: addResources(rolePolicy(policyDocument(READ), "{"), OWN),
    safe: addResources(rolePolicy("{", policyDocument(READ)), OWN),
  },
  "policy-too-large": {
    found: addResources(
      rolePolicy(
        policyDocument(READ),
        policyDocument(
          allow(
            Array.from({ length: 700 }, (_, index) => `s3:Get${index}*`),
            "*",
          ),
        ),
      ),
      OWN,
    ),
    safe: addResources(
      rolePolicy(policyDocument(READ), policyDocument(READ)),
      OWN,
    ),
  },

  "value-unknown": {
    found: updated(
      IDENTITY_POOL,
      { allow_classic_flow: false },
      { allow_classic_flow: null },
      {
        changeMembers: { after_unknown: { allow_classic_flow: true } },
        expressions: {
          allow_classic_flow: { references: ["terraform_data.later.output"] },
        },
      },
    ),
    safe: updated(
      CLIENT,
      {},
      { client_secret: null },
      { changeMembers: { after_unknown: { client_secret: true } } },
    ),
  },
  "value-hidden": {
    found: created(
      IDENTITY_POOL,
      { allow_unauthenticated_identities: true },
      {
        changeMembers: {
          after_sensitive: { allow_unauthenticated_identities: true },
        },
      },
    ),
    safe: created(
      IDENTITY_POOL,
      { allow_unauthenticated_identities: false },
      { changeMembers: { after_sensitive: { name: true } } },
    ),
  },
  "type-not-reviewed": {
    found: created("aws_s3_bucket_notification", {}),
    safe: { resources: [unchanged("aws_s3_bucket_notification", {})] },
  },
  "attribute-not-reviewed": {
    found: created(POOL, { passwordless_for_all: true }),
    safe: created(POOL, { passwordless_for_all: null }),
  },
  "provider-not-reviewed": {
    found: configuration({
      provider_config: {
        aws: {
          name: "aws",
          full_name: REGISTRY,
          expressions: { assume_role: [{ role_arn: { constant_value: "r" } }] },
        },
      },
    }),
    safe: configuration({
      provider_config: {
        aws: {
          name: "aws",
          full_name: REGISTRY,
          expressions: { region: { constant_value: "us-west-2" } },
        },
      },
    }),
  },
  "data-source-not-reviewed": {
    found: rootModule({
      resources: [
        { address: "data.external.x", mode: "data", type: "external" },
      ],
    }),
    safe: rootModule({
      resources: [
        {
          address: "data.aws_caller_identity.x",
          mode: "data",
          type: "aws_caller_identity",
        },
      ],
    }),
  },
  "module-not-reviewed": {
    found: rootModule({
      module_calls: { auth: { source: "git::https://m.example/auth" } },
    }),
    safe: rootModule({ module_calls: { auth: { source: "./modules/auth" } } }),
  },
  "provisioner-not-reviewed": {
    found: rootModule({
      resources: [
        {
          address: `${POOL}.main`,
          mode: "managed",
          type: POOL,
          provisioners: [{ type: "local-exec" }],
        },
      ],
    }),
    safe: rootModule({
      resources: [{ address: `${POOL}.main`, mode: "managed", type: POOL }],
    }),
  },
  "action-not-reviewed": {
    found: createPlan({
      action_invocations: [
        { address: "action.aws_lambda_invoke.x", type: "aws_lambda_invoke" },
      ],
    }),
    safe: createPlan({ action_invocations: [] }),
  },
  "change-deferred": {
    found: createPlan({
      deferred_changes: [
        {
          reason: "provider_config_unknown",
          resource_change: { address: `${POOL}.later` },
        },
      ],
    }),
    safe: createPlan({ deferred_changes: [] }),
  },
  "check-failed": {
    found: createPlan({
      checks: [
        {
          address: { to_display: "check.health" },
          status: "fail",
          instances: [{ problems: [{ message: "it is down" }] }],
        },
      ],
    }),
    safe: createPlan({
      checks: [{ address: { to_display: "check.health" }, status: "pass" }],
    }),
  },
  "plan-partial": {
    found: createPlan({ complete: false }),
    safe: createPlan({ complete: true }),
  },
  "output-exposes-secret": {
    found: rootModule({
      outputs: {
        id: {
          expression: {
            references: [`${CLIENT}.x.client_secret`, `${CLIENT}.x`],
          },
        },
      },
    }),
    safe: rootModule({
      outputs: {
        id: {
          expression: { references: [`${CLIENT}.x.id`, `${CLIENT}.x`] },
        },
        secret: {
          sensitive: true,
          expression: {
            references: [`${CLIENT}.x.client_secret`, `${CLIENT}.x`],
          },
        },
      },
    }),
  },
  "plan-not-reviewed": {
    found: createPlan({ surprises: [] }),
    safe: createPlan({ timestamp: "2026-01-01T00:00:00Z" }),
  },
  "stack-tag-changed": {
    found: updated(
      ROLE,
      { tags_all: { Stack: "dev" } },
      { tags_all: { Stack: "prod" } },
    ),
    safe: updated(
      ROLE,
      { tags_all: { Stack: "dev", Owner: "a" } },
      { tags_all: { Stack: "dev", Owner: "b" } },
    ),
  },
};

function encryption(sse_algorithm: string): Values {
  return {
    rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm }] }],
  };
}
