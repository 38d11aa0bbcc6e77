import { toJsonObject } from "../../system/json-object";
import { AwsClients } from "../read/aws-clients";
import type { LiveResource } from "../read/live-resources";
import { toText } from "../read/terraform-configuration";
import { describeUserPoolDomain } from "../read/user-pool-resources";
import { toFirstBlock } from "./change-check";
import type { SettingsFinder } from "./settings-finder";

const USER_POOL = "aws_cognito_user_pool";

/** Adds the settings of the adopted user pool: an apply would reset what the configuration does not have. */
export const addUserPool: SettingsFinder = ({ matching }, add) => {
  const pool = matching.adopted.find(
    ({ configured }) => configured.type === USER_POOL,
  );
  if (pool === undefined) return;
  const { attributes } = pool.live;
  const { values } = pool.configured;
  const addIfDifferent = (
    name: string,
    live: string,
    configured: string,
    reason: string,
  ): void => {
    if (live !== configured) add(name, live, `the live user pool ${reason}`);
  };
  const mode = toMfaSetting(attributes.MfaConfiguration);
  if (mode !== "") {
    addIfDifferent(
      "MFA",
      mode,
      toMfaSetting(values.mfa_configuration),
      "has MFA",
    );
    addIfDifferent(
      "MFA_FACTORS",
      listLiveFactors(attributes),
      listConfiguredFactors(values),
      "has these factors",
    );
  }
  if (attributes.UserPoolTier === "PLUS")
    addIfDifferent(
      "FEATURE_PLAN",
      "PLUS",
      toText(values.user_pool_tier),
      "has this plan",
    );
  const { AdvancedSecurityMode: protection } = toJsonObject(
    attributes.UserPoolAddOns,
  );
  const { advanced_security_mode: configuredProtection } = toFirst(
    values.user_pool_add_ons,
  );
  if (protection !== "OFF")
    addIfDifferent(
      "THREAT_PROTECTION",
      toText(protection),
      toText(configuredProtection),
      "has threat protection",
    );
  addPasswordPolicy(attributes, values, add);
  addEmail(attributes, values, add);
  addTrigger(attributes, values, add);
};

type Add = Parameters<SettingsFinder>[1];
type Attributes = LiveResource["attributes"];

function addPasswordPolicy(live: Attributes, values: Attributes, add: Add) {
  const policy = toJsonObject(toJsonObject(live.Policies).PasswordPolicy);
  const configured = toFirst(values.password_policy);
  for (const [name, attribute, key] of [
    ["PASSWORD_MIN_LENGTH", "MinimumLength", "minimum_length"],
    ["PASSWORD_HISTORY", "PasswordHistorySize", "password_history_size"],
  ] as const) {
    const number = Number(policy[attribute] ?? 0);
    if (number > Number(configured[key] ?? 0))
      add(name, String(number), "the live user pool has this password policy");
  }
}

function addEmail(live: Attributes, values: Attributes, add: Add) {
  const email = toJsonObject(live.EmailConfiguration);
  const { source_arn: configured } = toFirst(values.email_configuration);
  if (
    email.EmailSendingAccount !== "DEVELOPER" ||
    configured === email.SourceArn
  )
    return;
  const identity = toText(email.SourceArn);
  const reason = "the live user pool sends email with Amazon SES";
  add("EMAIL_IDENTITY_ARN", identity, reason);
  // without a sender, Cognito sends as the identity
  const sender = toText(email.From) || identity.replace(/^.*identity\//, "");
  add("EMAIL_FROM", sender.includes("@") ? sender : "", reason);
  add("EMAIL_REPLY_TO", toText(email.ReplyToEmailAddress), reason);
}

function addTrigger(live: Attributes, values: Attributes, add: Add) {
  const triggers = toJsonObject(live.LambdaConfig);
  const trigger = toJsonObject(triggers.PreTokenGenerationConfig);
  const arn = toText(trigger.LambdaArn) || toText(triggers.PreTokenGeneration);
  const configured = toFirst(values.lambda_config);
  const { lambda_arn: configuredArn } = toFirst(
    configured.pre_token_generation_config,
  );
  if (arn === configuredArn || arn === configured.pre_token_generation) return;
  const reason = "the live user pool has this trigger";
  add("PRE_TOKEN_GENERATION_ARN", arn, reason);
  const version = toText(trigger.LambdaVersion);
  add(
    "PRE_TOKEN_GENERATION_VERSION",
    version === "V1_0" ? "" : version,
    reason,
  );
}

/** Adds the custom domain of the user pool, which an adoption otherwise leaves unmanaged. */
export const addCustomDomain: SettingsFinder = async (
  { stageTarget, resources, configuration },
  add,
) => {
  const pool = resources.find((one) => one.terraformType === USER_POOL);
  const domain = toText(pool?.attributes.CustomDomain);
  const isConfigured = configuration
    .getResources("aws_cognito_user_pool_domain")
    .some(({ values }) => values.domain === domain);
  if (domain === "" || isConfigured) return;
  const reason = "the live user pool has this custom domain";
  add("CUSTOM_DOMAIN", domain, reason);
  const description = await describeUserPoolDomain(
    domain,
    new AwsClients(stageTarget.awsTarget),
  );
  const { CertificateArn } = toJsonObject(
    description?.attributes.CustomDomainConfig,
  );
  add("CUSTOM_DOMAIN_CERTIFICATE_ARN", toText(CertificateArn), reason);
};

function toMfaSetting(configuration: unknown): string {
  switch (configuration) {
    case "ON":
      return "required";
    case "OPTIONAL":
      return "optional";
    default:
      return "";
  }
}

function listLiveFactors(attributes: Attributes): string {
  const { SoftwareTokenMfaConfiguration: token, EmailMfaConfiguration: email } =
    attributes;
  return [
    ...(toJsonObject(token).Enabled === true ? ["TOTP"] : []),
    ...(email === undefined ? [] : ["EMAIL"]),
  ].join();
}

function listConfiguredFactors(values: Attributes): string {
  const { software_token_mfa_configuration: token } = values;
  return [
    ...(toFirst(token).enabled === true ? ["TOTP"] : []),
    ...(values.email_mfa_configuration === undefined ? [] : ["EMAIL"]),
  ].join();
}

/** Returns the only block of an attribute: cdktf writes it as an object. */
function toFirst(value: unknown): Attributes {
  return Array.isArray(value) ? toFirstBlock(value) : toJsonObject(value);
}
