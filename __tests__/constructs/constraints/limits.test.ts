import * as fc from "fast-check";
import {
  formatValue,
  type Limit,
  LIMITS,
  STANDARD_ATTRIBUTES,
  validate,
} from "../../../constructs/constraints";
import { ANY_CHARACTER } from "../../support/any-character";

type Limits = typeof LIMITS;
type Key = keyof Limits;
type ValueOf<K extends Key> = Parameters<Limits[K]["allows"]>[0];

interface Cases<T> {
  readonly accepted: readonly T[];
  readonly refused: readonly T[];
}

/** Creates a text of `count` characters. */
function long(count: number, around: (filling: string) => string = String) {
  return around("a".repeat(count - around("").length));
}

function createCountCases(max: number): Cases<number> {
  return { accepted: [0, 1, max], refused: [max + 1, NaN] };
}

function createIntegerCases(min: number, max: number): Cases<number> {
  return {
    accepted: [min, min + 1, max],
    refused: [min - 1, max + 1, min + 0.5, -1, NaN, Infinity],
  };
}

const COGNITO_NAMES: Cases<string> = {
  accepted: ["a", "A name_1 +=,.@-", long(128)],
  refused: [
    "",
    long(129),
    "a/b",
    "a!*",
    "a:b",
    "a#b",
    "é",
    "a\u00a0b",
    "a\u2003b",
  ],
};
const ROLE = "arn:aws:iam::123456789012:role/";
const POLICY = "arn:aws:iam::123456789012:policy/";
const SES = "arn:aws:ses:us-west-2:123456789012:identity/";
const FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:";
const WEB_ACL = "arn:aws:wafv2:us-west-2:123456789012:regional/webacl/";
const UUID = "12345678-90ab-cdef-1234-567890abcdef";
const LOGS = "arn:aws:logs:us-west-2:123456789012:";
const STREAM = "arn:aws:firehose:us-west-2:123456789012:deliverystream/";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/";
const USER_POOL = "arn:aws:cognito-idp:us-west-2:123456789012:userpool/";
const POOL = "arn:aws:cognito-identity:us-west-2:123456789012:identitypool/";

const CASES: { readonly [K in Key]: Cases<ValueOf<K>> } = {
  userPoolName: COGNITO_NAMES,
  userPoolId: {
    accepted: [
      "us-west-2_Abc123",
      "us-gov-west-1_a",
      long(55, (filling) => `us-west-2_${filling}`),
    ],
    refused: [
      "",
      "us-west-2",
      "us-west-2_",
      "_Abc",
      "us-west-2_a-b",
      "us west_a",
      long(56, (filling) => `us-west-2_${filling}`),
    ],
  },
  oidcAudience: {
    accepted: ["sts.amazonaws.com", "https://a.example/b", "é", long(255)],
    refused: ["", "*", "a*", "a?", "a b", "a\n", "日本", long(256)],
  },
  audiencesPerOidcProvider: createCountCases(100),
  userPoolArn: {
    accepted: [
      `${USER_POOL}us-west-2_Abc123`,
      "arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/us-gov-west-1_a",
    ],
    refused: [
      "",
      "us-west-2_Abc123",
      USER_POOL,
      `${USER_POOL}us-west-2_`,
      `${USER_POOL}us-west-2_a-b`,
      `${USER_POOL}eu-west-1_Abc123`,
      `${USER_POOL}us-west-2_Abc123/client/a`,
      `${USER_POOL.replace("123456789012", "1")}us-west-2_Abc123`,
      `${USER_POOL.replace("cognito-idp", "cognito-identity")}us-west-2_Abc123`,
      `${USER_POOL.replace("aws", "aws-cn")}us-west-2_Abc123`,
    ],
  },
  userPoolClientId: {
    accepted: ["a", "1example23456789", "a_b+c", long(128)],
    refused: ["", "a-b", "a b", "a&b", long(129)],
  },
  clientName: COGNITO_NAMES,
  clientId: {
    accepted: ["a", "Workflows", "workflows-client", "a_1", long(113)],
    refused: ["", long(114), "1a", "-a", "_a", "a b", "a/b", "a.b"],
  },
  resourceServerIdentifier: {
    accepted: ["!", "~", "veda-server", "https://a.example/[b]", long(256)],
    refused: ["", long(257), "a b", 'a"b', "a\\b", "a|b", "a\tb", "é", "a\x7f"],
  },
  resourceServerName: {
    accepted: ["a", "A name_1 +=,.@-", long(256)],
    refused: ["", long(257), "a/b", "a!*", "a:b", "é"],
  },
  scopeName: {
    accepted: ["!", "~", "stac:register", "a.b-c_d[e]", long(256)],
    refused: ["", long(257), "a/b", "a/b c", "a b", 'a"b', "a\\b", "é"],
  },
  scopeDescription: {
    accepted: ["a", "List STAC ingestions", "“é” – 日本", long(256)],
    refused: ["", long(257), "a\nb", "a\0b"],
  },
  oauthScope: {
    accepted: ["a", "openid", "!/[~]", "server/stac:register", long(256)],
    refused: ["", long(257), "a/b c", 'a/"b"', "a\\b", "a/é"],
  },
  serviceScope: {
    accepted: ["api/read", "https://api.example/v1/read", "a/b:c"],
    refused: ["", "openid", "read", "/read", "api/"],
  },
  signInScope: {
    accepted: [
      "openid",
      "email",
      "phone",
      "profile",
      "aws.cognito.signin.user.admin",
      "api/read",
    ],
    refused: ["", "OpenID", "address", "offline_access", "/read", "api/"],
  },
  identityPoolName: COGNITO_NAMES,
  groupName: {
    accepted: ["a", "veda-readers", "a/b:c!*", "日本", "e\u0301€²", long(128)],
    refused: ["", long(129), "veda readers", "a\tb", "a\nb", "a\u00a0b"],
  },
  groupDescription: {
    accepted: ["", "Users that have read/write-access", long(2048)],
    refused: [long(2049)],
  },
  precedence: createIntegerCases(1, 2_147_483_647),
  customDomain: {
    accepted: [
      "auth.example.org",
      "a.b.cd",
      "x--1.a-b.c0",
      "auth.xn--bcher-kva.example",
      "aws.cognito.example.org",
      "amazoncognito.com.example.org",
      "notamazoncognito.com.org",
      "auth.notamazoncognito.com",
      long(63, (filling) => `${filling}.example.org`),
    ],
    refused: [
      "",
      "org",
      "example.org",
      long(64, (filling) => `${filling}.example.org`),
      "https://auth.example.org",
      "auth.example.org/",
      "auth.example.org.",
      ".example.org",
      "auth..example.org",
      "auth.example.org:443",
      "*.example.org",
      "Auth.example.org",
      "-auth.example.org",
      "auth-.example.org",
      "auth_1.example.org",
      "bücher.example.org",
      "auth .example.org",
      "10.0.0.1",
      "auth.example.o",
      "auth.example.1a",
      "veda.auth.us-west-2.amazoncognito.com",
      "auth.amazoncognito.com",
      "veda.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu",
      "a.us-west-2.amazonaws.com",
      "d111111abcdef8.cloudfront.net",
    ],
  },
  certificateArn: {
    accepted: [
      `${CERTIFICATE}12345678-1234-1234-1234-123456789012`,
      `${CERTIFICATE.replace("us-east-1", "eu-west-1")}a`,
      `${CERTIFICATE.replace("aws", "aws-eusc")}a`,
    ],
    refused: [
      "",
      CERTIFICATE,
      `${CERTIFICATE}a/b`,
      `${CERTIFICATE}a b`,
      `${CERTIFICATE}*`,
      `${CERTIFICATE.replace("acm", "iam")}a`,
      `${CERTIFICATE.replace("aws", "aws-cn")}a`,
      `${CERTIFICATE.replace("us-east-1", "")}a`,
      `${CERTIFICATE.replace("123456789012", "")}a`,
      `${CERTIFICATE.replace("123456789012", "12345678901")}a`,
      `${CERTIFICATE.replace("123456789012", "1234567890123")}a`,
      "arn:aws:iam::123456789012:server-certificate/a",
    ],
  },
  hostedZoneId: {
    accepted: ["Z1", "Z0123456789ABCDEFGHIJ", `Z${"A".repeat(31)}`],
    refused: [
      "",
      "Z",
      `Z${"A".repeat(32)}`,
      "/hostedzone/Z1",
      "z1",
      "A1",
      "Z1a",
      "example.org",
    ],
  },
  classicCss: { accepted: ["", long(131_072)], refused: [long(131_073)] },
  classicSelector: {
    accepted: [
      ".background-customizable",
      ".banner-customizable",
      ".errorMessage-customizable",
      ".idpButton-customizable",
      ".idpButton-customizable:hover",
      ".idpDescription-customizable",
      ".inputField-customizable",
      ".inputField-customizable:focus",
      ".label-customizable",
      ".legalText-customizable",
      ".logo-customizable",
      ".passwordCheck-notValid-customizable",
      ".passwordCheck-valid-customizable",
      ".redirect-customizable",
      ".socialButton-customizable",
      ".submitButton-customizable",
      ".submitButton-customizable:hover",
      ".textDescription-customizable",
    ],
    refused: [
      "",
      "body",
      "submitButton-customizable",
      ".submitbutton-customizable",
      ".submitButton-customizable:focus",
      ".label-customizable .logo-customizable",
      "*",
    ],
  },
  classicLogoBytes: createCountCases(102_400),
  classicRequestBytes: createCountCases(138_240),
  brandingSettings: {
    accepted: ["{}", '{"a":1}'],
    refused: ["", "[]", "null", '"{}"'],
  },
  brandingAssets: createCountCases(40),
  brandingAssetBytes: createCountCases(1_000_000),
  brandingRequestBytes: createCountCases(2_097_152),
  logGroupArn: {
    accepted: [
      `${LOGS}log-group:/aws/vendedlogs/auth`,
      `${LOGS}log-group:${"a".repeat(512)}`,
    ],
    refused: [
      "",
      `${LOGS}log-group:`,
      `${LOGS}log-group:a:*`,
      `${LOGS}log-group:a#b`,
      `${LOGS}log-group:${"a".repeat(513)}`,
      `${LOGS}log-stream:a`,
      `${LOGS.replace("123456789012", "")}log-group:a`,
      `${LOGS.replace("123456789012", "12345678901")}log-group:a`,
      `${LOGS.replace("123456789012", "1234567890123")}log-group:a`,
      `${LOGS.replace("us-west-2", "")}log-group:a`,
      `${LOGS.replace(":aws:", ":aws-cn:")}log-group:a`,
      `${LOGS.replace(":logs:", ":s3:")}log-group:a`,
      "arn:aws:s3:::a-bucket",
    ],
  },
  logStreamArn: {
    accepted: [`${STREAM}a.B_1-2`, `${STREAM}${"a".repeat(64)}`],
    refused: [
      "",
      STREAM,
      `${STREAM}${"a".repeat(65)}`,
      `${STREAM}a/b`,
      "arn:aws:s3:::a",
    ],
  },
  logBucketArn: {
    accepted: [
      "arn:aws:s3:::our-logs",
      "arn:aws-us-gov:s3:::our.logs",
      "arn:aws:s3:::abc",
      `arn:aws:s3:::${"a".repeat(63)}`,
    ],
    refused: [
      "arn:aws:s3:::ab",
      `arn:aws:s3:::${"a".repeat(64)}`,
      "",
      "our-logs",
      "arn:aws:s3:::",
      "arn:aws:s3:::Our",
      "arn:aws:s3:::our-logs/*",
      "arn:aws-cn:s3:::our-logs",
      "arn:aws:s3:us-west-2::our-logs",
      "arn:aws:s3::123456789012:our-logs",
      "arn:aws:iam:::our-logs",
    ],
  },
  domainPrefix: {
    accepted: ["a", "1", "a-b", "a--b", "veda-auth-stack-dev", long(63)],
    refused: [
      "",
      long(64),
      "-a",
      "a-",
      "-",
      "My_App",
      "A",
      "a.b",
      "a b",
      "aws",
      "my-aws-pool",
      "draws",
      "amazon",
      "theamazons",
      "cognito",
      "my-cognito-1",
      "my-aws-cognito",
    ],
  },
  callbackUrl: {
    accepted: [
      "https://a.example",
      "https://a.example:8443/callback?x=1",
      "http://localhost",
      "http://localhost:3000/callback",
      "http://127.0.0.1:3000/callback",
      "http://[::1]:3000/callback",
      "myapp://callback",
      "com.example.app:/callback",
      long(1024, (filling) => `https://a.example/${filling}`),
    ],
    refused: [
      "",
      "/callback",
      "a.example/callback",
      "https://",
      "https://a.example/#fragment",
      "https://a.example/#",
      "http://localhost/#fragment",
      "myapp://callback#fragment",
      "http://evil.com",
      "http://localhost.evil.com",
      "http://evil.com/localhost",
      "http://127.0.0.2",
      "https://*.a.example",
      "https://a.example/a b",
      "https://a.example/\n",
      " https://a.example",
      "localhost:3000/callback",
      "a.example:443/callback",
      "https:a.example",
      "vbscript:/a",
      "about:/blank",
      "data:/a",
      "blob:/a",
      "mailto:/a@a.example",
      "javascript:alert(1)",
      "data:text/html,a",
      "file:///etc/passwd",
      "ftp://a.example",
      "ws://a.example",
      "wss://a.example",
      long(1025, (filling) => `https://a.example/${filling}`),
    ],
  },
  accessTokenMinutes: createIntegerCases(5, 1440),
  idTokenMinutes: createIntegerCases(5, 1440),
  refreshTokenDays: createIntegerCases(1, 3650),
  gracePeriodSeconds: createIntegerCases(0, 60),
  passwordLength: createIntegerCases(6, 99),
  passwordHistory: createIntegerCases(0, 24),
  relyingPartyId: {
    accepted: ["a", "localhost", "auth.example.org", "a--1.b", long(127)],
    refused: [
      "",
      long(128),
      "https://auth.example.org",
      "auth.example.org:443",
      "auth.example.org/",
      "auth..example.org",
      ".example.org",
      "example.org.",
      "-a.example.org",
      "a-.example.org",
      "a.-b",
      "a.b-",
      "Auth.example.org",
      "*.example.org",
      "a b",
    ],
  },
  emailIdentityArn: {
    accepted: [
      `${SES}example.org`,
      `${SES}no-reply+a@mail.example.org`,
      "arn:aws-us-gov:ses:us-gov-west-1:123456789012:identity/a.gov",
    ],
    refused: [
      "",
      "example.org",
      SES,
      `${SES}@example.org`,
      `${SES}a@b@example.org`,
      `${SES}a b`,
      `x${SES}a.org`,
      "arn:aws:ses:us-west-2:123456789012:configuration-set/a",
      "arn:aws:ses:us-west-2:123456789012:xidentity/a.org",
      "arn:aws:ses::123456789012:identity/a.org",
      "arn:aws:ses:us-west:123456789012:identity/a.org",
      "arn:aws:ses:us-west-2:12345678901:identity/a.org",
      "arn:aws:ses:us-west-2:1234567890123:identity/a.org",
      "arn:aws:sns:us-west-2:123456789012:identity/a.org",
      "arn:aws-cn:ses:us-west-2:123456789012:identity/a.org",
    ],
  },
  emailFrom: {
    accepted: [
      "no-reply@example.org",
      "VEDA <no-reply@example.org>",
      "VEDA (Auth) <a+b@mail.example.org>",
    ],
    refused: [
      "",
      "example.org",
      "@example.org",
      "a@",
      "a@b@c",
      "a b@example.org",
      "<a@example.org>",
      "VEDA<a@example.org>",
      "VEDA <a@example.org",
      "VEDA a@example.org",
      "Données <a@example.org>",
      "a@example.org, b@example.org",
      "A <a@example.org>\nBcc: b",
    ],
  },
  emailReplyTo: {
    accepted: ["help@example.org", "é@example.org"],
    refused: ["", "help", "@a", "a@", "a@b@c", "A <a@example.org>", "a @b"],
  },
  mfaFactor: {
    accepted: ["TOTP", "EMAIL"],
    refused: ["", "totp", "SMS", "EMAIL_OTP"],
  },
  firstFactor: {
    accepted: ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"],
    refused: ["", "password", "SMS_OTP", "TOTP"],
  },
  configurationSet: {
    accepted: ["a", "Auth_mail-1", long(64)],
    refused: ["", long(65), "a b", "a/b", "é"],
  },
  customAttributeName: {
    accepted: [
      "a",
      "groups",
      "orcid_id",
      "é",
      "a:b",
      long(20),
      "é".repeat(10),
      "emails",
    ],
    refused: [
      "",
      long(21),
      "é".repeat(11),
      "a b",
      "custom:groups",
      "dev:groups",
      ...STANDARD_ATTRIBUTES,
      "sub",
      "identities",
    ],
  },
  customAttributesPerUserPool: createCountCases(49),
  attributeLength: createIntegerCases(0, 2048),
  attributeNumber: {
    accepted: [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    refused: [0.5, 2 ** 53, -(2 ** 53), NaN, Infinity],
  },
  triggerArn: {
    accepted: [
      `${FUNCTION}a`,
      `${FUNCTION}pre-token_1:live`,
      `${FUNCTION}a:12`,
      `${FUNCTION}${long(64)}:${long(128)}`,
    ],
    refused: [
      "",
      "a",
      FUNCTION,
      `${FUNCTION}a:`,
      `${FUNCTION}a:$LATEST`,
      `${FUNCTION}a:b:c`,
      `${FUNCTION}a b`,
      `${FUNCTION}${long(65)}`,
      `${FUNCTION}a:${long(129)}`,
      `x${FUNCTION}a`,
      "arn:aws:lambda:us-west-2:123456789012:layer:a",
      "arn:aws:lambda::123456789012:function:a",
      "arn:aws:s3:us-west-2:123456789012:function:a",
    ],
  },
  webAclArn: {
    accepted: [
      `${WEB_ACL}auth/${UUID}`,
      `${WEB_ACL}${long(128)}/${long(36)}`,
      `arn:aws-us-gov:wafv2:us-gov-west-1:123456789012:regional/webacl/a/${UUID}`,
    ],
    refused: [
      "",
      "auth",
      `${WEB_ACL}auth`,
      `${WEB_ACL}auth/`,
      `${WEB_ACL}/a`,
      `${WEB_ACL}a b/a`,
      `${WEB_ACL}${long(129)}/a`,
      `${WEB_ACL}a/${long(37)}`,
      `x${WEB_ACL}a/a`,
      `arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/${UUID}`,
      `arn:aws:wafv2:us-west-2:123456789012:regional/rulegroup/a/${UUID}`,
      `arn:aws:waf-regional:us-west-2:123456789012:regional/webacl/a/${UUID}`,
    ],
  },
  scopesPerResourceServer: createCountCases(100),
  scopesPerClient: createCountCases(50),
  callbackUrlsPerClient: createCountCases(100),
  logoutUrlsPerClient: createCountCases(100),
  roleMappingsPerIdentityPool: createCountCases(10),
  rulesPerRoleMapping: createCountCases(25),
  ruleClaim: {
    accepted: ["a", "custom:department", "https://a.example/b", long(64)],
    refused: ["", long(65), "a b", "a\tb"],
  },
  ruleValue: {
    accepted: ["a", "a value with spaces", long(128)],
    refused: ["", long(129)],
  },
  ruleMatchType: {
    accepted: ["Equals", "NotEqual", "StartsWith", "Contains"],
    refused: ["", "equals", "EndsWith"],
  },
  ambiguousRoleResolution: {
    accepted: ["Deny", "AuthenticatedRole"],
    refused: ["", "deny", "undefined"],
  },
  iamProviderArn: {
    accepted: [
      "arn:aws:iam::123456789012:oidc-provider/id.example.org/realms/veda",
      "arn:aws-us-gov:iam::123456789012:saml-provider/University.of_x-1",
      `arn:aws:iam::123456789012:saml-provider/${"a".repeat(88)}`,
    ],
    refused: [
      "",
      "University",
      "https://id.example.org",
      "arn:aws:iam::123456789012:role/a",
      "arn:aws:iam::aws:saml-provider/a",
      "arn:aws:iam::12345678901:saml-provider/a",
      "arn:aws:iam::1234567890123:saml-provider/a",
      "arn:aws:iam::123456789012:saml-provider/",
      "arn:aws:iam::123456789012:oidc-provider/*",
      "arn:aws:iam:us-west-2:123456789012:saml-provider/a",
      "arn:aws-iso:iam::123456789012:saml-provider/a",
      `arn:aws:iam::123456789012:saml-provider/${"a".repeat(89)}`,
    ],
  },
  roleDescription: {
    accepted: ["", "Reads\n\tall", "é", long(1000)],
    refused: [long(1001), "\u0000", "→"],
  },
  secretField: {
    accepted: ["", "https://a.example", "a/b c/d", long(65_536)],
    refused: ['"', "\\", "\n", long(65_537)],
  },
  secretBytes: createCountCases(65_536),
  roleName: {
    accepted: ["a", "auth-dev-readers", "a_+=,.@-1", long(64)],
    refused: ["", long(65), "a b", "a/b", "a:b", "é"],
  },
  policyName: {
    accepted: ["a", "mcp-tenantOperator", "a_+=,.@-1", long(128)],
    refused: ["", long(129), "a b", "a/b", `${POLICY}a`, "é"],
  },
  trustPolicyCharacters: createCountCases(2048),
  inlinePolicyCharacters: createCountCases(10_240),
  managedPolicyCharacters: createCountCases(6144),
  managedPoliciesPerRole: createCountCases(10),
  roleArn: {
    accepted: [
      `${ROLE}a`,
      `${ROLE}path/to/reader`,
      `${ROLE}a_+=,.@-1`,
      "arn:aws-us-gov:iam::123456789012:role/reader",
      `${ROLE}${long(64)}`,
      `${ROLE}${long(510)}/reader`,
    ],
    refused: [
      "",
      "reader",
      ROLE,
      `${ROLE}path/`,
      `${ROLE}${long(65)}`,
      `${ROLE}${long(511)}/reader`,
      `${ROLE}a b`,
      `${ROLE}*`,
      "arn:aws:iam::123456789012:user/reader",
      "arn:aws:iam::123456789012:root",
      "arn:aws:iam::12345678901:role/reader",
      "arn:aws:iam::1234567890123:role/reader",
      "arn:aws:iam:::role/reader",
      "arn:aws:iam:us-west-2:123456789012:role/reader",
      "arn:aws:sts::123456789012:role/reader",
      "arn:aws-cn:iam::123456789012:role/reader",
      "arn:aws-us-gov-1:iam::123456789012:role/reader",
      "arn:aws:iam::123456789012:xrole/reader",
      "arn:xaws:iam::123456789012:role/reader",
      "arn:aws:iam::x123456789012:role/reader",
      `x${ROLE}reader`,
    ],
  },
  managedPolicyArn: {
    accepted: [
      "arn:aws:iam::aws:policy/ReadOnlyAccess",
      "arn:aws:iam::aws:policy/job-function/Billing",
      `${POLICY}a`,
      `${POLICY}a_+=,.@-1`,
      "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess",
      `${POLICY}${long(128)}`,
      `${POLICY}${long(510)}/a`,
    ],
    refused: [
      "",
      "ReadOnlyAccess",
      POLICY,
      `${POLICY}path/`,
      `${POLICY}${long(129)}`,
      `${POLICY}${long(511)}/a`,
      `${POLICY}a b`,
      `${ROLE}a`,
      "arn:aws:iam::12345678901:policy/a",
      "arn:aws:iam::1234567890123:policy/a",
      "arn:aws:iam::amazon:policy/a",
      "arn:aws-cn:iam::aws:policy/a",
      `x${POLICY}a`,
    ],
  },
  identityPoolArn: {
    accepted: [
      `${POOL}us-west-2:${UUID}`,
      `${POOL}us-west-2:abcdef01-abcd-abcd-abcd-abcdefabcdef`,
      `arn:aws-us-gov:cognito-identity:us-gov-west-1:123456789012:identitypool/us-gov-west-1:${UUID}`,
    ],
    refused: [
      "",
      `us-west-2:${UUID}`,
      POOL,
      `${POOL}us-west-2:`,
      `${POOL}us-east-1:${UUID}`,
      `${POOL}us-west-2:${UUID}0`,
      ...[
        "1234567-90ab-cdef-1234-567890abcdef",
        "123456789-90ab-cdef-1234-567890abcdef",
        "12345678-90a-cdef-1234-567890abcdef",
        "12345678-90abc-cdef-1234-567890abcdef",
        "12345678-90ab-cdef-567890abcdef",
        "12345678-90ab-cdef-1234-1234-567890abcdef",
        "12345678-90ab-cdef-1234-567890abcde",
      ].map((uuid) => `${POOL}us-west-2:${uuid}`),
      `${POOL}us-west-2:${UUID.toUpperCase()}`,
      `${POOL}us-west-2:${UUID.replaceAll("-", "")}`,
      `arn:aws:cognito-identity:us-west-2:12345678901:identitypool/us-west-2:${UUID}`,
      `arn:aws:cognito-identity:us-west-2:1234567890123:identitypool/us-west-2:${UUID}`,
      `arn:aws:cognito-identity:us-west-2:x123456789012:identitypool/us-west-2:${UUID}`,
      `arn:xaws:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:${UUID}`,
      `arn:aws:cognito-identity:us-west-2:123456789012:xidentitypool/us-west-2:${UUID}`,
      `arn:aws:cognito-identity::123456789012:identitypool/:${UUID}`,
      `arn:aws:cognito-idp:us-west-2:123456789012:identitypool/us-west-2:${UUID}`,
      `arn:aws-cn:cognito-identity:us-west-2:123456789012:identitypool/us-west-2:${UUID}`,
    ],
  },
  accountId: {
    accepted: ["123456789012", "000000000000"],
    refused: ["", "12345678901", "1234567890123", "12345678901a", "1234 5678"],
  },
  region: {
    accepted: [
      "us-west-2",
      "eu-central-1",
      "ap-southeast-2",
      "us-gov-west-1",
      "il-central-1",
      "eusc-de-east-1",
    ],
    refused: [
      "",
      "us-west",
      "u-west-2",
      "us-west-2a",
      "xus-west-2",
      "us-west-22",
      "US-WEST-2",
      "us_west_2",
      "cn-north-1",
      "us-iso-east-1",
      "eusc-east-1",
      "aws-global",
      "local",
    ],
  },
  identityPoolRegion: {
    accepted: ["us-west-2", "us-gov-east-1"],
    refused: ["eusc-de-east-1"],
  },
  tagValue: {
    accepted: ["", "a", "VEDA team_.:/=+-@ 1", "é日本", long(256)],
    refused: [
      long(257),
      "a;b",
      "a#b",
      "a\nb",
      "a&b",
      "a(b)",
      "aws:team",
      "AWS:team",
    ],
  },
  identityProviderName: {
    accepted: ["Keycloak", "abc", "a_c", "a-b", "École-1", "google", long(32)],
    refused: [
      "",
      "ab",
      "a\u{1F600}",
      long(33),
      "_bc",
      "ab_",
      "ab_c",
      "a bc",
      "abc ",
      "ab\nc",
      "a\u00a0bc",
      "COGNITO",
      "Facebook",
      "Google",
      "LoginWithAmazon",
      "SignInWithApple",
    ],
  },
  identityProviderDomain: {
    accepted: ["a", "example.edu", "a_1 +=.@-", long(40)],
    refused: ["", long(41), "a/b", "é", "a,b", "a\tb"],
  },
  domainsPerIdentityProvider: createCountCases(50),
  mappedAttribute: {
    accepted: [
      ...["address", "birthdate", "email", "email_verified", "family_name"],
      ...["gender", "given_name", "locale", "middle_name", "name", "nickname"],
      ...["phone_number", "phone_number_verified", "picture", "profile"],
      ...["preferred_username", "updated_at", "website", "zoneinfo"],
      "custom:groups",
      long(27, (filling) => `custom:${filling}`),
    ],
    refused: [
      "",
      "mail",
      "sub",
      "username",
      "custom:",
      "custom:a b",
      "dev:custom:a",
      long(28, (filling) => `custom:${filling}`),
    ],
  },
  providerAttribute: {
    accepted: ["a", "urn:oid:0.9.2342", "E-mail address", long(2048)],
    refused: ["", " ", "a\nb", long(2049)],
  },
  oidcIssuer: {
    accepted: [
      "https://keycloak.example.org/realms/veda",
      "https://accounts.google.com",
      "https://keycloak.example.org:8443/auth/realms/A%20b",
    ],
    refused: [
      "",
      "keycloak.example.org",
      "http://keycloak.example.org/realms/veda",
      "HTTPS://keycloak.example.org",
      "https://",
      "https://a.example/",
      "https://a.example/realms/veda/",
      "https://a.example?",
      "https://a.example/realms/veda?a=b",
      "https://a.example/#a",
      "https://user@a.example",
      "https://user:password@a.example",
      "https://a.example\\b",
      "https://a.example/a b",
      "https://a.example/é",
      "https://a.example:99999",
      "https://a.example/.well-known/openid-configuration",
      "https://a.example/realms/veda/.well-known",
    ],
  },
  oidcEndpoint: {
    accepted: ["https://a.example/authorize?policy=a", "https://a.example/"],
    refused: ["", "/a", "http://a.example", "https://a.example/#a"],
  },
  oidcClientId: {
    accepted: ["a", "cilogon:/client_id/abc", long(1024)],
    refused: ["", "a b", "é", "a\n", long(1025)],
  },
  oidcScope: {
    accepted: ["a", "openid", "org.cilogon.userinfo", "!#[]~", long(256)],
    refused: ["", "a b", 'a"b', "a\\b", "é", long(257)],
  },
  samlMetadataUrl: {
    accepted: ["https://idp.example.edu/idp/shibboleth?a=b"],
    refused: ["", "idp.xml", "http://idp.example.edu/metadata"],
  },
  oidcProviderUrl: {
    accepted: [
      "token.actions.githubusercontent.com",
      "my-host-1.my-idp-2.example/Path/v1.0_~-",
      "a.example/path/of/issuer",
      "a.example/",
      long(247, (filling) => `a.example/${filling}`),
    ],
    refused: [
      "",
      "localhost",
      "http://a.example",
      "a.example:8443",
      "a.example?b=c",
      "a.example#b",
      "a.example/a b",
      "a.example/./b",
      "a.example/..",
      "a..example",
      ".example",
      long(248, (filling) => `a.example/${filling}`),
    ],
  },
  thumbprint: {
    accepted: [
      "6938fd4d98bab03faadb97b34396831e3780aea1",
      "6938FD4D98BAB03FAADB97B34396831E3780AEA1",
    ],
    refused: ["", long(39), long(41), "g".repeat(40), `${long(39)} `],
  },
  githubOwner: {
    accepted: ["a", "1", "NASA-IMPACT", "company_short", long(39)],
    refused: ["", long(40), "-a", "a.b", "a/b", "a:b", "a@1", "*", "a?", "a b"],
  },
  githubRepository: {
    accepted: ["a", ".github", "veda-auth_1.0", long(100)],
    refused: ["", long(101), "a/b", "a:b", "a@1", "*", "a?", "a b", "é"],
  },
  githubId: {
    accepted: ["1", "123456", "1".repeat(20)],
    refused: ["", "1".repeat(21), "a", "-1", "1.5", "1 ", "*"],
  },
  githubRef: {
    accepted: ["a", "main", "feature/a", "v1.0", "eu:prod", "é", long(255)],
    refused: ["", "日本", long(256), "*", "release/*", "mai?", "a\nb", "a\0b"],
  },
  oidcReadOnlySubject: {
    accepted: [
      "repo:o/r:pull_request",
      "repo:o@1/r@2:pull_request",
      long(2048),
    ],
    refused: ["", "repo:o/*", "repo:o/r?", "a\nb", "日本", long(2049)],
  },
  rolePath: {
    accepted: [
      "/",
      "/a/",
      "/auth/dev/",
      long(512, (filling) => `/${filling}/`),
    ],
    refused: [
      "",
      "//",
      "a/",
      "/a",
      "/a b/",
      long(513, (filling) => `/${filling}/`),
    ],
  },
  oidcSubject: {
    accepted: [
      "repo:octo/auth:ref:refs/heads/main",
      "repo:octo@1/auth@2:environment:production",
      "project_path:group/project:ref_type:branch:ref:main",
      long(2048),
    ],
    refused: [
      "",
      "*",
      "repo:octo/*",
      "repo:octo/auth:*",
      "repo:octo/auth:ref:refs/heads/*",
      "repo:octo/aut?:ref:refs/heads/main",
      "repo:octo/auth:pull_request",
      "repo:octo@1/auth@2:pull_request",
      "repo:octo/auth:ref:refs/heads/a\nb",
      "repo:octo/auth:ref:refs/heads/日本",
      long(2049),
    ],
  },
  secretName: {
    accepted: ["a", "auth-dev/workflows-client", "a/_+=.@-", long(512)],
    refused: ["", long(513), "a b", "a:b", "a*", "é"],
  },
  secretRecoveryDays: {
    accepted: [0, 7, 8, 30],
    refused: [-1, 1, 6, 31, 7.5, NaN],
  },
  secretPolicyCharacters: createCountCases(20_480),
  bucketName: {
    accepted: [
      "abc",
      "a.b",
      "veda-data-store",
      "1.2.3.a",
      "a-amzn-s3-demo-b",
      "abc-x-s3",
      "abc-mrap",
      long(63),
    ],
    refused: [
      "",
      "ab",
      long(64),
      "-ab",
      "ab-",
      ".ab",
      "ab.",
      "a..b",
      "Abc",
      "a_b",
      "a/b",
      "192.168.0.1",
      "xn--abc",
      "sthree-abc",
      "abc-s3alias",
      "amzn-s3-demo-abc",
      "abc--ol-s3",
      "abc.mrap",
      "abc--x-s3",
      "abc--table-s3",
    ],
  },
  bucketPrefix: {
    accepted: ["a/", "team/", "team/a b/c/", "é/", `${long(1023)}/`],
    refused: [
      "",
      "日本/",
      "a\n/",
      `${long(1024)}/`,
      "/team/",
      "/",
      "*/",
      "team/*/",
      "team/?/",
    ].concat(["team", "2026", "team/2026"]),
  },
  stateKey: {
    accepted: [
      "a",
      "auth/dev/terraform.tfstate",
      long(1017),
      `a${"é".repeat(508)}`,
    ],
    refused: ["", long(1018), `aa${"é".repeat(508)}`, "/a", "a/", "/", "a//b"],
  },
};

/** Texts without templates, which every limit refuses. */
const plainText = fc
  .string({ unit: ANY_CHARACTER, maxLength: 300 })
  .filter((text) => !/[$%]\{/.test(text));

function getLimit(key: string): Limit<unknown> {
  return LIMITS[key as Key] as Limit<unknown>;
}

function isTextLimit(key: string): boolean {
  return CASES[key as Key].accepted.every((value) => typeof value === "string");
}

const TEXT_KEYS = Object.keys(CASES).filter(isTextLimit);

describe("LIMITS", () => {
  test("has accepted and refused values for each limit", () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(LIMITS).sort());
    for (const { accepted, refused } of Object.values(CASES)) {
      expect(accepted.length).toBeGreaterThan(0);
      expect(refused.length).toBeGreaterThan(0);
    }
  });

  test("has unique subjects", () => {
    const subjects = Object.values(LIMITS).map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });
});

describe.each(Object.entries(CASES))("%s", (key, { accepted, refused }) => {
  const limit = getLimit(key);

  test.each(accepted.map((value) => [formatValue(value), value]))(
    "allows %s",
    (_, value) => {
      expect(validate(limit, value)).toBeUndefined();
    },
  );

  test.each(refused.map((value) => [formatValue(value), value]))(
    "fails when it is %s",
    (shown, value) => {
      expect(validate(limit, value)).toBe(
        `${limit.subject} must be ${limit.expected}, got ${shown}`,
      );
    },
  );
});

describe("validate", () => {
  test("uses another subject", () => {
    expect(validate(LIMITS.callbackUrl, "x", "logout URL")).toMatch(
      /^logout URL must be an absolute URL .*, got "x"$/,
    );
    expect(
      validate(LIMITS.callbackUrl, "https://a.example", "logout URL"),
    ).toBeUndefined();
  });

  test.each<[Key, RegExp]>([
    ["userPoolName", /^user pool name must be 1-128 letters, .*, got ""$/],
    ["roleName", /^role name must be 1-64 letters, .*, got ""$/],
    ["domainPrefix", /^domain prefix must be 1-63 lowercase .*, got ""$/],
    ["accountId", /^account id must be 12 digits, got ""$/],
    ["bucketName", /^bucket name must be 3-63 lowercase .*, got ""$/],
    ["stateKey", /^state key must be at most 1017 bytes .*, got ""$/],
  ])("reports the bounds of %s", (key, message) => {
    expect(validate(getLimit(key), "")).toMatch(message);
  });

  test.each<[Key, string]>([
    [
      "precedence",
      "group precedence must be a whole number from 1 to 2147483647, got -1",
    ],
    [
      "accessTokenMinutes",
      "access token validity must be a whole number from 5 to 1440 minutes, got -1",
    ],
    [
      "refreshTokenDays",
      "refresh token validity must be a whole number from 1 to 3650 days, got -1",
    ],
    [
      "secretRecoveryDays",
      "secret recovery window must be 0 or a whole number from 7 to 30 days, got -1",
    ],
  ])("reports the bounds and the unit of %s", (key, message) => {
    expect(validate(getLimit(key), -1)).toBe(message);
  });

  test.each(
    TEXT_KEYS.filter((key) => /^\d+-\d+ /.test(getLimit(key).expected)),
  )("reports the minimum and maximum length of %s", (key) => {
    const lengths = CASES[key as Key].accepted.map(
      (value) => String(value).length,
    );
    const shortest = key === "userPoolId" ? 1 : Math.min(...lengths);
    expect(getLimit(key).expected).toMatch(
      new RegExp(`^${shortest}-${Math.max(...lengths)} `),
    );
  });

  test("has a complete message for each limit", () => {
    for (const { subject, expected } of Object.values(LIMITS))
      expect(`${subject} ${expected}`).not.toMatch(/undefined|NaN|\n/);
  });

  test("reports the maximum of a count", () => {
    expect(validate(LIMITS.scopesPerClient, 51)).toBe(
      "number of scopes of a client must be at most 50, got 51",
    );
  });

  test.each(TEXT_KEYS)("returns one short line for every %s", (key) => {
    fc.assert(
      fc.property(plainText, (text) => {
        const limit = getLimit(key);
        const message = validate(limit, text);
        expect(message === undefined).toBe(limit.allows(text));
        expect(message ?? "").not.toMatch(/[\n\r]/);
        expect((message ?? "").length).toBeLessThan(400);
      }),
      { numRuns: 50 },
    );
  });

  test("allows a policy variable in a bucket prefix", () => {
    const prefix = "home/${cognito-identity.amazonaws.com:sub}/";
    expect(validate(LIMITS.bucketPrefix, prefix)).toBeUndefined();
  });

  test.each(TEXT_KEYS.filter((key) => key !== "bucketPrefix"))(
    "refuses a template in %s",
    (key) => {
      const { accepted } = CASES[key as Key];
      for (const part of ["${", "%{"])
        expect(validate(getLimit(key), `${accepted[0]}${part}x}`)).toMatch(
          new RegExp(
            `^${getLimit(key).subject} must be free of "\\$\\{" and "%\\{", which Terraform evaluates, got `,
          ),
        );
    },
  );

  test("allows characters that only resemble a template", () => {
    expect(validate(LIMITS.groupName, "$x{%")).toBeUndefined();
    expect(validate(LIMITS.groupDescription, "100 % {a} $")).toBeUndefined();
  });
});

describe("domain prefixes", () => {
  const part = fc.stringMatching(/^[a-z0-9]{0,10}$/);

  test.each(["aws", "amazon", "cognito"])(
    "fail when they contain %s",
    (word) => {
      fc.assert(
        fc.property(part, part, (before, after) => {
          expect(LIMITS.domainPrefix.allows(before + word + after)).toBe(false);
        }),
      );
    },
  );

  test("are accepted as labels without a reserved word", () => {
    const label = fc
      .stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
      .filter((text) => !/aws|amazon|cognito/.test(text));
    fc.assert(
      fc.property(label, (prefix) => {
        expect(LIMITS.domainPrefix.allows(prefix)).toBe(true);
      }),
    );
  });
});

describe("whole numbers", () => {
  test.each<[Key, number, number]>([
    ["precedence", 1, 2_147_483_647],
    ["accessTokenMinutes", 5, 1440],
    ["idTokenMinutes", 5, 1440],
    ["refreshTokenDays", 1, 3650],
    ["gracePeriodSeconds", 0, 60],
  ])("of %s are accepted only from %d to %d", (key, min, max) => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 10_000 }), (value) => {
        expect(getLimit(key).allows(value)).toBe(value >= min && value <= max);
      }),
    );
  });
});

describe("formatValue", () => {
  test.each([
    ["a", '"a"'],
    ['a"b\n', '"a\\"b\\n"'],
    [7, "7"],
    [long(118), `"${long(118)}"`],
  ])("returns a short value completely: %j", (value, shown) => {
    expect(formatValue(value)).toBe(shown);
  });

  test("shortens a long value and reports its length", () => {
    expect(formatValue(long(119))).toBe(`"${long(99)}… (119 characters)`);
    expect(formatValue(long(5000))).toBe(`"${long(99)}… (5000 characters)`);
  });
});
