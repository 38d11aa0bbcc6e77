import { findPlanBlockers } from "../../../../scripts/lib/adoption/checks/plan-blockers";
import { reviewPlan } from "../../../../scripts/lib/review/review-plan";
import { buildPlan } from "../../../support/plan-builder";

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const PROVIDER = "aws_cognito_identity_provider";

type Row = [name: string, type: string, before: object, after: object];

/** Returns the blockers of changed values, without those of the review. */
function findBlockers([, type, before, after]: Row): string[] {
  const plan = buildPlan(
    [
      {
        address: `${type}.it`,
        type,
        actions: ["update"],
        before: { name: "it", ...before },
        after: { name: "it", ...after },
      },
    ],
    { configuration: { root_module: {} } },
  );
  const review = reviewPlan(plan, {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  return findPlanBlockers(review, plan, {
    allowed: new Map(),
    createAddresses: [],
  }).map(({ message }) => message);
}

const password = (policy: object) => ({ password_policy: [policy] });
const details = (provider_details: object) => ({
  provider_name: "Keycloak",
  provider_type: "OIDC",
  provider_details,
});
const OIDC = {
  client_id: "a",
  client_secret: "CANARY-SECRET",
  oidc_issuer: "https://id.example.org",
};

describe("a sign-in feature that an adoption retains", () => {
  test.each<Row>([
    [
      "a longer password",
      POOL,
      password({ minimum_length: 8, require_symbols: false }),
      password({ minimum_length: 12, require_symbols: true }),
    ],
    [
      "the plan of an old pool",
      POOL,
      { user_pool_tier: "LITE" },
      { user_pool_tier: "ESSENTIALS" },
    ],
    [
      "threat protection that starts",
      POOL,
      { user_pool_add_ons: [] },
      { user_pool_add_ons: [{ advanced_security_mode: "AUDIT" }] },
    ],
    [
      "the older form of a trigger",
      POOL,
      {
        lambda_config: [
          {
            pre_sign_up: "",
            pre_token_generation: "arn:f",
            custom_email_sender: [],
            pre_token_generation_config: [],
          },
        ],
      },
      {
        lambda_config: [
          {
            pre_token_generation_config: [
              { lambda_arn: "arn:f", lambda_version: "V1_0" },
            ],
          },
        ],
      },
    ],
    [
      "the own users of a client that listed no provider",
      CLIENT,
      { supported_identity_providers: [] },
      { supported_identity_providers: ["COGNITO"] },
    ],
    [
      "attributes of a client that had none",
      CLIENT,
      { read_attributes: null, write_attributes: null },
      { read_attributes: ["email"], write_attributes: ["email"] },
    ],
    [
      "details that Cognito derives, and new ones",
      PROVIDER,
      details({ ...OIDC, attributes_url_add_attributes: "true" }),
      details({ ...OIDC, attributes_url_add_attributes: "false", x: "y" }),
    ],
    [
      "the attributes that every mapping of this project has",
      PROVIDER,
      { attribute_mapping: { email: "email" } },
      {
        attribute_mapping: {
          email: "email",
          email_verified: "email_verified",
          username: "sub",
        },
      },
    ],
  ])("permits %s", (...row) => {
    expect(findBlockers(row)).toEqual([]);
  });

  test.each<[...Row, expected: string]>([
    [
      "MFA",
      POOL,
      { mfa_configuration: "OPTIONAL" },
      { mfa_configuration: "OFF" },
      "mfa_configuration must not change, got a change from OPTIONAL to OFF; set MFA",
    ],
    [
      "a factor",
      POOL,
      { software_token_mfa_configuration: [{ enabled: true }] },
      { software_token_mfa_configuration: [] },
      "software_token_mfa_configuration must stay enabled, got a plan that disables it; set MFA and MFA_FACTORS",
    ],
    [
      "the length of passwords",
      POOL,
      password({ minimum_length: 16 }),
      password({ minimum_length: 12 }),
      "password_policy must require a length of at least 16, got 12; set PASSWORD_MIN_LENGTH=16",
    ],
    [
      "previous passwords",
      POOL,
      password({ password_history_size: 5 }),
      password({ password_history_size: null }),
      "password_policy must refuse a number of previous passwords of at least 5, got 0; set PASSWORD_HISTORY=5",
    ],
    [
      "characters of passwords",
      POOL,
      password({ require_symbols: true }),
      password({ require_symbols: false }),
      "password_policy must still require symbols, which the plan removes",
    ],
    [
      "the version of a trigger",
      POOL,
      {
        lambda_config: [
          {
            pre_token_generation_config: [
              { lambda_arn: "arn:f", lambda_version: "V2_0" },
            ],
          },
        ],
      },
      {
        lambda_config: [
          {
            pre_token_generation_config: [
              { lambda_arn: "arn:f", lambda_version: "V1_0" },
            ],
          },
        ],
      },
      "lambda_config must run arn:f (V2_0) on pre_token_generation, got arn:f (V1_0); set PRE_TOKEN_GENERATION_ARN, or pass triggers to AuthStack",
    ],
    [
      "a trigger that the pool does not have",
      POOL,
      { lambda_config: [] },
      { lambda_config: [{ pre_sign_up: "arn:f" }] },
      "lambda_config must run no function on pre_sign_up, got arn:f; set PRE_TOKEN_GENERATION_ARN, or pass triggers to AuthStack",
    ],
    [
      "a trigger that sends email",
      POOL,
      {
        lambda_config: [
          { custom_email_sender: [{ lambda_arn: "arn:g" }], kms_key_id: "k" },
        ],
      },
      { lambda_config: [] },
      "lambda_config must run arn:g on custom_email_sender, got no function; set PRE_TOKEN_GENERATION_ARN, or pass triggers to AuthStack",
    ],
    [
      "the plan",
      POOL,
      { user_pool_tier: "PLUS" },
      { user_pool_tier: "ESSENTIALS" },
      "user_pool_tier must stay PLUS, got ESSENTIALS; set FEATURE_PLAN",
    ],
    [
      "email",
      POOL,
      { email_configuration: [{ email_sending_account: "DEVELOPER" }] },
      { email_configuration: [{ email_sending_account: "COGNITO_DEFAULT" }] },
      "email_configuration.email_sending_account must not change, got a change from DEVELOPER to COGNITO_DEFAULT; set EMAIL_IDENTITY_ARN and EMAIL_FROM",
    ],
    [
      "the providers of a client",
      CLIENT,
      { supported_identity_providers: ["COGNITO", "Keycloak"] },
      { supported_identity_providers: ["COGNITO"] },
      "supported_identity_providers must still contain Keycloak, which the plan removes; pass the live providers in signIn of the client; addOidcIdentityProvider and addSamlIdentityProvider add them to the code",
    ],
    [
      "a provider that a client gains",
      CLIENT,
      { supported_identity_providers: ["COGNITO"] },
      { supported_identity_providers: ["COGNITO", "Keycloak"] },
      "supported_identity_providers must not contain Keycloak, whose users cannot sign in to the live client; pass the live providers in signIn of the client; addOidcIdentityProvider and addSamlIdentityProvider add them to the code",
    ],
    [
      "the passwords that a client gains",
      CLIENT,
      { supported_identity_providers: ["Keycloak"] },
      { supported_identity_providers: ["COGNITO", "Keycloak"] },
      "supported_identity_providers must not contain COGNITO, whose users cannot sign in to the live client; pass the live providers in signIn of the client; addOidcIdentityProvider and addSamlIdentityProvider add them to the code",
    ],
    [
      "attributes that users can write",
      CLIENT,
      { write_attributes: ["email"] },
      { write_attributes: ["custom:groups", "email"] },
      'write_attributes must stay ["email"], got ["custom:groups","email"]; pass writeAttributes to the client',
    ],
    [
      "a custom attribute that users can write",
      CLIENT,
      { write_attributes: null },
      { write_attributes: ["custom:groups", "email"] },
      "write_attributes must not contain custom:groups, which the client cannot write; pass writeAttributes to the client",
    ],
    [
      "a mapped attribute",
      PROVIDER,
      { attribute_mapping: { email: "mail" } },
      { attribute_mapping: { email: "mail", "custom:groups": "groups" } },
      "attribute_mapping must not contain custom:groups, which is not mapped; pass it in attributes of the provider",
    ],
    [
      "the attribute that identifies users",
      PROVIDER,
      { attribute_mapping: { email: "mail" } },
      { attribute_mapping: { email: "mail", username: "mail" } },
      "attribute_mapping must not contain username, which is not mapped; pass it in attributes of the provider",
    ],
    [
      "the domains of a provider",
      PROVIDER,
      { idp_identifiers: ["a.org"] },
      { idp_identifiers: ["a.org", "b.org"] },
      "idp_identifiers must stay a.org, got a.org, b.org; pass it in domains of the provider",
    ],
    [
      "the issuer of a provider",
      PROVIDER,
      details(OIDC),
      details({ ...OIDC, oidc_issuer: "https://other.example.org" }),
      "provider_details must still have the live value of oidc_issuer, which the plan changes; pass the live values to the provider",
    ],
    [
      "the client secret of a provider",
      PROVIDER,
      details(OIDC),
      details({ ...OIDC, client_secret: "CANARY-OTHER" }),
      "provider_details must still have the live value of client_secret, which the plan changes; pass the live values to the provider",
    ],
    [
      "the mapping of a provider",
      PROVIDER,
      { attribute_mapping: { email: "mail", name: "cn" } },
      { attribute_mapping: { email: "mail" } },
      "attribute_mapping must still contain name, which the plan removes; pass it in attributes of the provider",
    ],
  ])("blocks a change of %s", (name, type, before, after, expected) => {
    const found = findBlockers([name, type, before, after]);
    expect(found).toContain(expected);
    expect(found.join()).not.toContain("CANARY");
  });
});
