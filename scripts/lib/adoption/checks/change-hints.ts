import type { AdoptedType } from "../read/live-resources";

/** Hint for an attribute that no setting and no option of this project has. */
const NO_OPTION = "no option sets it: override it with node.defaultChild";

/** Changes of the settings or the code with which an attribute retains its live value. */
const HINTS: Partial<Record<string, Readonly<Record<string, string>>>> = {
  aws_cognito_user_pool: {
    account_recovery_setting: "set ACCOUNT_RECOVERY",
    device_configuration: NO_OPTION,
    email_configuration: "set EMAIL_IDENTITY_ARN and EMAIL_FROM",
    email_mfa_configuration: "set MFA and MFA_FACTORS",
    lambda_config:
      "set PRE_TOKEN_GENERATION_ARN, or pass triggers to AuthStack",
    mfa_configuration: "set MFA",
    schema: "pass customAttributes to AuthStack",
    sign_in_policy: "pass firstFactors to AuthStack",
    sms_configuration: NO_OPTION,
    software_token_mfa_configuration: "set MFA and MFA_FACTORS",
    user_attribute_update_settings: NO_OPTION,
    user_pool_add_ons: "set THREAT_PROTECTION",
    user_pool_tier: "set FEATURE_PLAN",
    web_authn_configuration: "pass passkeys to AuthStack",
  },
  aws_cognito_user_pool_client: {
    read_attributes: "pass readAttributes to the client",
    supported_identity_providers:
      "pass the live providers in signIn of the client; addOidcIdentityProvider and addSamlIdentityProvider add them to the code",
    write_attributes: "pass writeAttributes to the client",
  },
  aws_cognito_identity_provider: {
    attribute_mapping: "pass it in attributes of the provider",
    idp_identifiers: "pass it in domains of the provider",
    provider_details: "pass the live values to the provider",
  },
} satisfies Partial<Record<AdoptedType, Readonly<Record<string, string>>>>;

/** Returns the end of a blocker's message, such as `; set MFA`; empty if there is no hint. */
export function formatChangeHint(type: string, attribute: string): string {
  const hint = HINTS[type]?.[attribute];
  return hint === undefined ? "" : `; ${hint}`;
}
