import { parseArn } from "../aws";
import { isRedirectUrl } from "./redirect-url";

/**
 * What AWS accepts of one value, and how that is said. The Terraform provider lets most of these through to an apply
 * that fails halfway, so they are checked before Terraform sees them.
 */
export interface Limit<T> {
  /** The field's own word for the value. */
  readonly subject: string;
  /** What is accepted, as the rest of a sentence that begins "must be". */
  readonly expected: string;
  readonly allows: (value: T) => boolean;
  /** Whether IAM evaluates `${…}` in it, so that it is escaped before Terraform does. */
  readonly canContainPolicyVariables?: boolean;
}

const NO_TEMPLATE = 'free of "${" and "%{", which Terraform evaluates';

/** What a value should be and is not, as the rest of a sentence that begins "must be"; `undefined` when it is. */
export function findViolation<T>(
  limit: Limit<T>,
  value: T,
): string | undefined {
  const isTemplate =
    typeof value === "string" &&
    limit.canContainPolicyVariables !== true &&
    /[$%]\{/.test(value);
  if (isTemplate) return NO_TEMPLATE;
  return limit.allows(value) ? undefined : limit.expected;
}

/** Says what is wrong with a value, or `undefined` when nothing is. */
export function validate<T>(
  limit: Limit<T>,
  value: T,
  subject = limit.subject,
): string | undefined {
  const accepts = findViolation(limit, value);
  return accepts === undefined
    ? undefined
    : `${subject} must be ${accepts}, got ${formatValue(value)}`;
}

/** The value as a message quotes it: long ones are cut, so that the sentence stays readable. */
export function formatValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 120
    ? text
    : `${text.slice(0, 100)}… (${String(value).length} characters)`;
}

function text(
  subject: string,
  min: number,
  max: number,
  pattern: RegExp,
  characters: string,
): Limit<string> {
  return {
    subject,
    expected: `${min}-${max} ${characters}`,
    allows: (value) =>
      value.length >= min && value.length <= max && pattern.test(value),
  };
}

function integer(
  subject: string,
  min: number,
  max: number,
  unit = "",
): Limit<number> {
  return {
    subject,
    expected: `a whole number from ${min} to ${max}${unit}`,
    allows: (value) => Number.isInteger(value) && value >= min && value <= max,
  };
}

function atMost(subject: string, max: number): Limit<number> {
  return {
    subject,
    expected: `at most ${max}`,
    allows: (value) => value <= max,
  };
}

const COGNITO_NAME = /^[\w\s+=,.@-]+$/;
const COGNITO_NAME_CHARACTERS =
  "letters, digits, spaces or any of _ + = , . @ -";
const PRINTABLE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;
const RESERVED_DOMAIN_WORDS = ["aws", "amazon", "cognito"];

/**
 * The table of AWS's limits that a stage can meet.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export const LIMITS = {
  userPoolName: text(
    "user pool name",
    1,
    128,
    COGNITO_NAME,
    COGNITO_NAME_CHARACTERS,
  ),
  userPoolId: text(
    "user pool id",
    1,
    55,
    /^[\w-]+_[0-9a-zA-Z]+$/,
    "characters of the form <region>_<id>",
  ),
  clientName: text(
    "client name",
    1,
    128,
    COGNITO_NAME,
    COGNITO_NAME_CHARACTERS,
  ),
  clientId: text(
    "client id",
    1,
    113,
    /^[a-zA-Z][\w-]*$/,
    "letters, digits, hyphens or underscores, a letter first",
  ),
  resourceServerIdentifier: text(
    "resource server identifier",
    1,
    256,
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    'printable ASCII characters but space, " and \\',
  ),
  resourceServerName: text(
    "resource server name",
    1,
    256,
    COGNITO_NAME,
    COGNITO_NAME_CHARACTERS,
  ),
  scopeName: text(
    "scope name",
    1,
    256,
    /^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+$/,
    'printable ASCII characters but space, ", / and \\',
  ),
  scopeDescription: text(
    "scope description",
    1,
    256,
    /^[^\p{Cc}]+$/u,
    "characters",
  ),
  oauthScope: text(
    "OAuth scope",
    1,
    256,
    /^[\x21\x23-\x5B\x5D-\x7E]+$/,
    "characters with its resource server",
  ),
  identityPoolName: text(
    "identity pool name",
    1,
    128,
    COGNITO_NAME,
    COGNITO_NAME_CHARACTERS,
  ),
  groupName: text("group name", 1, 128, PRINTABLE, "characters without spaces"),
  groupDescription: text("group description", 0, 2048, /^/, "characters"),
  precedence: integer("group precedence", 1, 2 ** 31 - 1),
  domainPrefix: {
    subject: "domain prefix",
    expected:
      "1-63 lower-case letters, digits or hyphens, no hyphen first or last, " +
      `with none of ${RESERVED_DOMAIN_WORDS.join(", ")} in it`,
    allows: (value: string) =>
      /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(value) &&
      !RESERVED_DOMAIN_WORDS.some((word) => value.includes(word)),
  },
  callbackUrl: {
    subject: "callback URL",
    expected:
      "an absolute URL of at most 1024 characters, https (http for localhost alone) or an app's own scheme, no fragment",
    allows: isRedirectUrl,
  },
  accessTokenMinutes: integer("access token life", 5, 1440, " minutes"),
  idTokenMinutes: integer("id token life", 5, 1440, " minutes"),
  refreshTokenDays: integer("refresh token life", 1, 3650, " days"),

  scopesPerResourceServer: atMost("number of scopes of a resource server", 100),
  scopesPerClient: atMost("number of scopes of a client", 50),
  callbackUrlsPerClient: atMost("number of callback URLs of a client", 100),
  logoutUrlsPerClient: atMost("number of logout URLs of a client", 100),
  roleMappingsPerIdentityPool: atMost(
    "number of clients an identity pool trusts",
    10,
  ),

  roleName: text(
    "role name",
    1,
    64,
    /^[\w+=,.@-]+$/,
    "letters, digits or any of _ + = , . @ -",
  ),
  roleDescription: text(
    "role description",
    0,
    1000,
    /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/,
    "characters of Latin-1",
  ),
  policyName: text(
    "policy name",
    1,
    128,
    /^[\w+=,.@-]+$/,
    "letters, digits or any of _ + = , . @ - (a name, no ARN)",
  ),
  trustPolicyCharacters: atMost("number of characters of a trust policy", 2048),
  inlinePolicyCharacters: atMost(
    "number of characters of a role's inline policies",
    10_240,
  ),
  managedPolicyCharacters: atMost(
    "number of characters of a managed policy",
    6144,
  ),
  managedPoliciesPerRole: atMost("number of managed policies of a role", 10),
  roleArn: {
    subject: "role ARN",
    expected:
      "the ARN of an IAM role, arn:<partition>:iam::<account>:role/<name>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "iam" &&
        arn.region === "" &&
        /^aws(-us-gov)?$/.test(arn.partition) &&
        /^\d{12}$/.test(arn.account) &&
        /^role\/(?:(?:(?![*?/])[!-~])+\/)*[\w+=,.@-]{1,64}$/.test(
          arn.resource,
        ) &&
        arn.resource.lastIndexOf("/") - "role".length < 512
      );
    },
  },
  managedPolicyArn: {
    subject: "managed policy ARN",
    expected:
      "the ARN of an IAM policy, arn:<partition>:iam::<account or aws>:policy/<name>",
    allows: (value: string) =>
      /^arn:aws(-us-gov)?:iam::(aws|\d{12}):policy\/(?:[!-~]{0,510}\/)?[\w+=,.@-]{1,128}$/.test(
        value,
      ),
  },
  identityPoolArn: {
    subject: "identity pool ARN",
    expected:
      "the ARN of an identity pool, arn:<partition>:cognito-identity:<region>:<account>:identitypool/<region>:<uuid>",
    allows: (value: string) => {
      const arn = parseArn(value);
      return (
        arn?.service === "cognito-identity" &&
        /^aws(-us-gov)?$/.test(arn.partition) &&
        /^\d{12}$/.test(arn.account) &&
        LIMITS.region.allows(arn.region) &&
        arn.resource.startsWith(`identitypool/${arn.region}:`) &&
        /^[^:]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(arn.resource)
      );
    },
  },
  accountId: {
    subject: "account id",
    expected: "12 digits",
    allows: (value: string) => /^\d{12}$/.test(value),
  },
  region: {
    subject: "Region",
    expected:
      "an AWS Region with user pools, such as us-west-2 or us-gov-west-1",
    allows: (value: string) =>
      /^(af|ap|ca|eu|il|me|mx|sa|us|us-gov)-[a-z]+-\d$/.test(value),
  },
  tagValue: text(
    "tag value",
    0,
    256,
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
    "letters, digits, spaces or any of _ . : / = + - @",
  ),

  oidcProviderUrl: {
    subject: "OIDC provider URL",
    expected:
      "a lower-case host with an optional path, no port, query or fragment, at most 255 characters",
    allows: (value: string) =>
      value.length <= 247 &&
      /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9](\/[\w.~-]+)*\/?$/.test(
        value,
      ) &&
      !/\/\.{1,2}(\/|$)/.test(value),
  },
  thumbprint: {
    subject: "thumbprint",
    expected: "40 hex digits",
    allows: (value: string) => /^[0-9a-fA-F]{40}$/.test(value),
  },
  githubOwner: text(
    "GitHub owner",
    1,
    39,
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    "letters, digits, hyphens or underscores",
  ),
  githubRepository: text(
    "GitHub repository",
    1,
    100,
    /^[A-Za-z0-9._-]+$/,
    "letters, digits or any of . _ -",
  ),
  githubId: text("GitHub id", 1, 20, /^\d+$/, "digits"),
  githubRef: text(
    "GitHub branch, environment or tag",
    1,
    255,
    /^[^\p{Cc}*?]+$/u,
    "characters without * or ?",
  ),
  oidcSubject: {
    subject: "OIDC subject",
    expected:
      "the whole subject of a token, without * or ?, and not a pull request's",
    allows: (value: string) =>
      /^[^\p{Cc}*?]{1,2048}$/u.test(value) &&
      !/^repo:[^:]*:pull_request$/.test(value),
  },
  oidcReaderSubject: {
    subject: "OIDC subject of a role that reads",
    expected: "the whole subject of a token, without * or ?",
    allows: (value: string) => /^[^\p{Cc}*?]{1,2048}$/u.test(value),
  },
  rolePath: text(
    "role path",
    1,
    512,
    /^\/([!-~]+\/)?$/,
    "characters, / first and last",
  ),

  // the advice against a hyphen and six characters at the end is not among them: the names that readers know have it
  secretName: text(
    "secret name",
    1,
    512,
    /^[A-Za-z0-9/_+=.@-]+$/,
    "letters, digits or any of / _ + = . @ -",
  ),
  secretRecoveryDays: {
    subject: "secret recovery window",
    expected: "0 or a whole number from 7 to 30 days",
    allows: (value: number) =>
      value === 0 || (Number.isInteger(value) && value >= 7 && value <= 30),
  },
  secretField: text(
    "secret field",
    0,
    65_536,
    /^[^"\\\p{Cc}]*$/u,
    'characters without " or \\',
  ),
  secretBytes: atMost("number of bytes of a secret", 65_536),
  secretPolicyCharacters: atMost(
    "number of characters of a secret's policy",
    20_480,
  ),
  bucketName: {
    subject: "bucket name",
    expected:
      "3-63 lower-case letters, digits, hyphens or single dots, a letter or digit first and last, and no IP address",
    allows: (value: string) =>
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(value) &&
      !value.includes("..") &&
      !/^\d+\.\d+\.\d+\.\d+$/.test(value) &&
      !/^(xn--|sthree-)|-s3alias$/.test(value),
  },
  bucketPrefix: {
    ...text(
      "bucket prefix",
      1,
      1024,
      /^[^/*?][^*?]*$/,
      "characters without * or ?, no / first",
    ),
    takesPolicyVariables: true,
  },
  stateKey: {
    subject: "state key",
    expected:
      "at most 1017 bytes without control characters, * or ?, no / first or last, no empty, . or .. part, and no .tflock at the end",
    allows: (value: string) =>
      value.length > 0 &&
      Buffer.byteLength(value) <= 1017 &&
      // the roles that deploy name it in their policies, where * and ? are wildcards
      !/[\p{Cc}*?]|^\/|\/$|\/\/|(^|\/)\.{1,2}(\/|$)|\.tflock$/u.test(value),
  },
} as const;

/** How many of a kind one user pool may hold: AWS's default, which an account can have raised. */
export interface UserPoolQuotas {
  readonly resourceServers: number;
  readonly clients: number;
  readonly groups: number;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const DEFAULT_QUOTAS: UserPoolQuotas = {
  resourceServers: 25,
  clients: 1000,
  groups: 10_000,
};
