import { type Arn, hasUserPools, parseArn } from "../aws";
import { STANDARD_ATTRIBUTES } from "./identity-provider";
import {
  createCountLimit,
  createIntegerLimit,
  createTextLimit,
  createWordLimit,
  type Limit,
} from "./limit";

/** Names of attributes that every user pool has. In a schema, AWS does not create custom attributes for them. */
const OWN_ATTRIBUTES: readonly string[] = [
  ...STANDARD_ATTRIBUTES,
  "identities",
  "sub",
];

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html */
export const USER_POOL_OPTION_LIMITS = {
  passwordLength: createIntegerLimit("minimum password length", 6, 99),
  passwordHistory: createIntegerLimit("password history", 0, 24, " passwords"),
  mfaFactor: createWordLimit("MFA factor", ["TOTP", "EMAIL"]),
  firstFactor: createWordLimit("first factor", [
    "PASSWORD",
    "EMAIL_OTP",
    "WEB_AUTHN",
  ]),
  relyingPartyId: createTextLimit(
    "relying party id",
    [1, 127],
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    "characters of a domain name in lowercase (not a URL)",
  ),
  emailIdentityArn: createArnLimit(
    "email identity ARN",
    "ses",
    /^identity\/(?:[!-?A-~]+@)?[a-zA-Z0-9.-]+$/,
    "the ARN of an Amazon SES identity, arn:<partition>:ses:<region>:<account>:identity/<domain or address>",
  ),
  emailFrom: {
    subject: "email sender",
    expected:
      "an email address, or a name of ASCII characters followed by <address>",
    allows: (value: string) =>
      /^(?:[!-?A-~]+@[a-zA-Z0-9.-]+|[ -;=?-~]+ <[!-;=?A-~]+@[a-zA-Z0-9.-]+>)$/.test(
        value,
      ),
  },
  emailReplyTo: {
    subject: "email reply address",
    expected: "an email address",
    allows: (value: string) => /^[^\s@<>]+@[^\s@<>]+$/.test(value),
  },
  configurationSet: createTextLimit(
    "configuration set",
    [1, 64],
    /^[\w-]+$/,
    "letters, digits, hyphens or underscores",
  ),
  customAttributeName: {
    subject: "name of a custom attribute",
    expected:
      "1-20 bytes without spaces, without the prefix custom: or dev:, and not the name of an attribute that every user pool has",
    allows: (value: string) =>
      /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(value) &&
      // Terraform counts bytes
      Buffer.byteLength(value) <= 20 &&
      !/^(?:custom|dev):/.test(value) &&
      !OWN_ATTRIBUTES.includes(value),
  },
  // Terraform counts the attribute email too
  customAttributesPerUserPool: createCountLimit(
    "number of custom attributes of a user pool",
    49,
  ),
  attributeLength: createIntegerLimit(
    "length of a custom attribute",
    0,
    2048,
    " characters",
  ),
  attributeNumber: {
    subject: "bound of a custom attribute",
    expected: "a whole number that JavaScript represents exactly",
    allows: (value: number) => Number.isSafeInteger(value),
  },
  triggerArn: createArnLimit(
    "trigger",
    "lambda",
    /^function:[\w-]{1,64}(?::[\w-]{1,128})?$/,
    "the ARN of a Lambda function, a version or an alias, arn:<partition>:lambda:<region>:<account>:function:<name>",
  ),
  webAclArn: createArnLimit(
    "web ACL ARN",
    "wafv2",
    /^regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/,
    "the ARN of a regional web ACL of AWS WAF, arn:<partition>:wafv2:<region>:<account>:regional/webacl/<name>/<id>",
  ),
} as const;

/** Creates the limit of an ARN that has a Region and an account. */
function createArnLimit(
  subject: string,
  service: string,
  resource: RegExp,
  expected: string,
): Limit<string> {
  return {
    subject,
    expected,
    allows: (value) => {
      const arn = parseArn(value);
      return isRegional(arn, service) && resource.test(arn.resource);
    },
  };
}

function isRegional(arn: Arn | undefined, service: string): arn is Arn {
  return (
    arn?.service === service &&
    hasUserPools(arn.partition) &&
    /^[a-z]+(?:-[a-z]+)+-\d$/.test(arn.region) &&
    /^\d{12}$/.test(arn.account)
  );
}
