import { LIMITS } from "../../constructs/constraints";
import {
  defineSetting,
  parseFlag,
  parseNumber,
  parseText,
  parseWord,
  parseWords,
} from "./setting-row";

const parseFactors = parseWords("TOTP", "EMAIL");

/** Settings of the user pool of a stage. */
export const USER_POOL_SETTINGS = {
  userPool: {
    deletionProtection: defineSetting("DELETION_PROTECTION", {
      parse: parseFlag,
      default: true,
      description: "Protects the user pool against deletion.",
    }),
    mfa: defineSetting("MFA", {
      parse: parseWord("off", "optional", "required"),
      default: "off",
      description:
        "Multi-factor authentication of the users of the user pool: `off`, `optional` or `required`.",
    }),
    mfaFactors: defineSetting("MFA_FACTORS", {
      parse: (text) => parseFactors(text.toUpperCase()),
      default: ["TOTP"],
      description:
        "Comma-separated second factors: `TOTP` (an authenticator app) and `EMAIL`, which requires `EMAIL_IDENTITY_ARN` and `ACCOUNT_RECOVERY=admin_only`.",
      requires: ["MFA"],
    }),
    accountRecovery: defineSetting("ACCOUNT_RECOVERY", {
      parse: parseWord("verified_email", "admin_only"),
      default: "verified_email",
      description:
        "How users who forgot their passwords get a new one: `verified_email` or `admin_only`.",
    }),
    passwordLength: defineSetting("PASSWORD_MIN_LENGTH", {
      parse: parseNumber(LIMITS.passwordLength),
      default: 12,
      description: "Minimum length of a password: 6-99.",
    }),
    passwordHistory: defineSetting("PASSWORD_HISTORY", {
      parse: parseNumber(LIMITS.passwordHistory),
      description:
        "Number of previous passwords that a user cannot choose again: 0-24.",
    }),
    plan: defineSetting("FEATURE_PLAN", {
      parse: parseWord("LITE", "ESSENTIALS", "PLUS"),
      default: "ESSENTIALS",
      description:
        "Feature plan of the user pool: `LITE`, `ESSENTIALS` or `PLUS`. See [Cost](cost.md).",
    }),
    threatProtection: defineSetting("THREAT_PROTECTION", {
      parse: parseWord("OFF", "AUDIT", "ENFORCED"),
      description:
        "Threat protection: `OFF`, `AUDIT` or `ENFORCED`. The last two require `FEATURE_PLAN=PLUS`.",
    }),
    emailIdentityArn: defineSetting("EMAIL_IDENTITY_ARN", {
      parse: parseText(LIMITS.emailIdentityArn),
      description:
        "ARN of the Amazon SES identity that sends the user pool's email. Without it, Amazon Cognito sends few messages a day.",
      requires: ["EMAIL_FROM"],
    }),
    emailFrom: defineSetting("EMAIL_FROM", {
      parse: parseText(LIMITS.emailFrom),
      description:
        "Sender of the user pool's email: an address of the identity, or `Name <address>`.",
      requires: ["EMAIL_IDENTITY_ARN"],
    }),
    emailReplyTo: defineSetting("EMAIL_REPLY_TO", {
      parse: parseText(LIMITS.emailReplyTo),
      description: "Address that receives replies to the user pool's email.",
      requires: ["EMAIL_FROM"],
    }),
    preTokenGenerationArn: defineSetting("PRE_TOKEN_GENERATION_ARN", {
      parse: parseText(LIMITS.triggerArn),
      description:
        "ARN of the Lambda function that can change tokens before the user pool issues them, such as their groups.",
    }),
    preTokenGenerationVersion: defineSetting("PRE_TOKEN_GENERATION_VERSION", {
      parse: parseWord("V1_0", "V2_0", "V3_0"),
      default: "V1_0",
      description:
        "Version of the event of that function: `V1_0` changes id tokens and groups, `V2_0` also access tokens, and `V3_0` also those of service clients.",
      requires: ["PRE_TOKEN_GENERATION_ARN"],
    }),
    webAclArn: defineSetting("WEB_ACL_ARN", {
      parse: parseText(LIMITS.webAclArn),
      description:
        "ARN of the regional web ACL of AWS WAF that filters requests to the user pool.",
    }),
  },
};
