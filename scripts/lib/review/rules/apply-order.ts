import {
  type Attributes,
  readBoolean,
  readText,
  toBlocks,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import {
  coverAttributes,
  getMembers,
  isPartlyUnknown,
  type Check,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool");
const EMAIL_MFA = "email_mfa_configuration";
const MAX_NEW_ATTRIBUTES = 25;

/**
 * Rules about changes that one apply cannot make: for an existing user pool, the provider sets MFA (`SetUserPoolMfaConfig`)
 * before everything else (`UpdateUserPool`). A new user pool is created with everything else first.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/41049
 */
export const APPLY_ORDER_RULES = {
  "email-mfa-too-early": {
    severity: "breaking",
    covers: covers(
      "account_recovery_setting",
      "email_configuration",
      "email_mfa_configuration",
      "mfa_configuration",
      "user_pool_tier",
    ),
    description:
      "Email MFA is turned on in the same apply as the email identity, the plan or the account recovery that it requires, so that the apply fails. It takes two applies.",
    check: limitToUpdated(checkEmailMfa),
  },
  "passkeys-too-early": {
    severity: "breaking",
    covers: covers("user_pool_tier", "web_authn_configuration"),
    description:
      "Passkeys are configured in the same apply as the plan that they require, so that the apply fails. It takes two applies.",
    check: limitToUpdated(checkPasskeys),
  },
  "required-mfa-too-early": {
    severity: "breaking",
    covers: covers("mfa_configuration", "sign_in_policy"),
    description:
      "MFA becomes required in the same apply in which a first factor is removed that required MFA does not allow, so that the apply fails. It takes two applies.",
    check: limitToUpdated(checkRequiredMfa),
  },
  "mfa-off-with-factors": {
    severity: "breaking",
    covers: covers(
      "email_mfa_configuration",
      "mfa_configuration",
      "software_token_mfa_configuration",
    ),
    description:
      "MFA is off and the code has a second factor, even a disabled one, so that the apply fails.",
    check: limitToUpdated(checkFactorsWhileOff),
  },
  "custom-attributes-too-many": {
    severity: "breaking",
    covers: covers("schema"),
    description:
      "More than 25 custom attributes are added to a user pool at once, so that the apply fails. It takes two applies.",
    check: limitToUpdated(({ before, after, name }) => {
      const [earlier, later] = [before, after].map(({ schema }) =>
        toBlocks(schema).map((block) => readText(block, "name")),
      );
      const added = later?.filter((one) => earlier?.includes(one) === false);
      return (added?.length ?? 0) > MAX_NEW_ATTRIBUTES
        ? [
            describeSteps(
              name,
              text`AWS adds at most 25 custom attributes in one request`,
              literal("add 25 of them"),
              literal("add the others"),
            ),
          ]
        : [];
    }),
  },
  "email-mfa-not-removed": {
    severity: "breaking",
    covers: covers("email_mfa_configuration"),
    description:
      "Email is removed from the second factors, which the provider cannot do.",
    check: limitToUpdated(({ before, after, name }) =>
      toBlocks(before.email_mfa_configuration).length > 0 &&
      isEmptyEmailMfa(after)
        ? [
            text`${name}: the apply does not remove email MFA, since the AWS provider cannot turn it off; turn it off with aws cognito-idp set-user-pool-mfa-config first`,
          ]
        : [],
    ),
  },
  "token-rotation-off": {
    severity: "breaking",
    covers: {
      aws_cognito_user_pool_client: ["refresh_token_rotation"],
    },
    description:
      "The rotation of refresh tokens is turned off, which the provider cannot do, so that the apply fails.",
    check: limitToUpdated(({ before, after, name }) =>
      readText(before, "refresh_token_rotation.feature") === "ENABLED" &&
      readText(after, "refresh_token_rotation.feature") !== "ENABLED" &&
      !isPartlyUnknown(after, "refresh_token_rotation")
        ? [
            text`${name}: the apply fails, since the provider cannot turn off the rotation of refresh tokens; turn it off with the AWS CLI first, or use a new client`,
          ]
        : [],
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Limits a check to resources that are changed in place. */
function limitToUpdated(check: Check): Check {
  return (context) =>
    context.isCreated || context.isReplaced ? [] : check(context);
}

/** A requirement of a feature that the provider changes later than the feature. */
interface Requirement {
  readonly attribute: string;
  readonly isMet: (values: Attributes) => boolean;
}

const PLAN: Requirement = {
  attribute: "user_pool_tier",
  isMet: (values) => readText(values, "user_pool_tier") !== "LITE",
};

const EMAIL_REQUIREMENTS: readonly Requirement[] = [
  {
    attribute: "email_configuration",
    isMet: (values) =>
      readText(values, "email_configuration.email_sending_account") ===
      "DEVELOPER",
  },
  PLAN,
  {
    attribute: "account_recovery_setting",
    isMet: (values) => {
      const methods = toBlocks(values.account_recovery_setting)
        .flatMap(({ recovery_mechanism: mechanisms }) => toBlocks(mechanisms))
        .map((mechanism) => readText(mechanism, "name"));
      return methods.length !== 1 || methods[0] !== "verified_email";
    },
  },
];

function checkEmailMfa(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const isOn = hasEmailMfa(before);
  // another rule reports an empty block of email MFA that was on
  if (!hasEmailMfa(after) || (isOn && isEmptyEmailMfa(after))) return [];
  const missing = listUnmet(EMAIL_REQUIREMENTS, after);
  const late = listUnmet(EMAIL_REQUIREMENTS, before);
  if (missing.some((one) => !isOn || !late.includes(one)))
    return [
      text`${name}: the apply fails, since email MFA requires another ${listNames(missing)}`,
    ];
  if (isOn || late.length === 0) return [];
  const [hadApps, hasApps] = [before, after].map(
    (values) =>
      readBoolean(values, "software_token_mfa_configuration.enabled") === true,
  );
  const remaining = literal(
    hadApps === true
      ? " and with authenticator apps as a second factor"
      : " and with MFA off",
  );
  return [
    describeSteps(
      name,
      text`the provider turns on email MFA before it changes ${listNames(late)}`,
      text`change ${listNames(late)} without email_mfa_configuration${hasApps === true ? [] : remaining}`,
      literal("turn on email MFA"),
    ),
  ];
}

function checkPasskeys({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const hasPasskeys = (values: Attributes): boolean =>
    toBlocks(values.web_authn_configuration).length > 0;
  return PLAN.isMet(before) || hasPasskeys(before) || !hasPasskeys(after)
    ? []
    : [
        describeSteps(
          name,
          literal(
            "the provider configures passkeys before it changes user_pool_tier",
          ),
          literal("change user_pool_tier without web_authn_configuration"),
          literal("add web_authn_configuration"),
        ),
      ];
}

/** First factors that replace a password, which required MFA does not allow with the provider. */
const SOLE_FACTORS = ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"];
const FIRST_FACTORS = "sign_in_policy.allowed_first_auth_factors";

function checkRequiredMfa({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const isRequired = (values: Attributes): boolean =>
    readText(values, "mfa_configuration") === "ON";
  const listSoleFactors = (values: Attributes): readonly Redacted[] =>
    getMembers(values, FIRST_FACTORS).filter((one) =>
      SOLE_FACTORS.includes(one),
    );
  if (!isRequired(after) || isPartlyUnknown(after, "sign_in_policy")) return [];
  const remaining = listSoleFactors(after);
  if (remaining.length > 0)
    return [
      text`${name}: the apply fails, since required MFA does not allow the first factor ${listNames(remaining)}`,
    ];
  const removed = listSoleFactors(before);
  if (isRequired(before) || removed.length === 0) return [];
  return [
    describeSteps(
      name,
      text`the provider requires MFA before it removes the first factor ${listNames(removed)}`,
      text`remove ${listNames(removed)} from the first factors (sign_in_policy) and leave MFA ${literal(readText(before, "mfa_configuration") === "OPTIONAL" ? "optional" : "off")}`,
      literal("require MFA"),
    ),
  ];
}

function checkFactorsWhileOff({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const paths = [EMAIL_MFA, "software_token_mfa_configuration"];
  const present = paths
    .filter((path) => toBlocks(after[path]).length > 0)
    .filter((path) => path !== EMAIL_MFA || !isEmptyEmailMfa(after));
  const isOff = (values: Attributes): boolean =>
    (readText(values, "mfa_configuration") ?? "OFF") === "OFF";
  const isSent =
    !isOff(before) ||
    present.some((path) => toBlocks(before[path]).length === 0);
  return isOff(after) &&
    !isPartlyUnknown(after, "mfa_configuration") &&
    present.length > 0 &&
    isSent
    ? [
        text`${name}: the apply fails, since MFA is off and the code has ${listNames(present as Redacted[])}; remove it`,
      ]
    : [];
}

/**
 * Whether the plan has the block of email MFA without its texts. The provider plans it if the code no longer has the block.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/46801
 */
export function isEmptyEmailMfa(values: Attributes): boolean {
  const blocks = toBlocks(values[EMAIL_MFA]);
  return (
    blocks.length > 0 &&
    !isPartlyUnknown(values, EMAIL_MFA) &&
    blocks.every((block) =>
      ["subject", "message"].every((key) => !readText(block, key)),
    )
  );
}

function hasEmailMfa(values: Attributes): boolean {
  const mfa = readText(values, "mfa_configuration") ?? "OFF";
  return mfa !== "OFF" && toBlocks(values.email_mfa_configuration).length > 0;
}

/** Returns attributes that do not have the value that a feature requires; an unknown one is reported by itself. */
function listUnmet(
  requirements: readonly Requirement[],
  values: Attributes,
): readonly Redacted[] {
  return requirements.flatMap(({ attribute, isMet }) =>
    isMet(values) || isPartlyUnknown(values, attribute)
      ? []
      : [attribute as Redacted],
  );
}

function describeSteps(
  name: RichText,
  reason: RichText,
  first: RichText,
  second: RichText,
): RichText {
  return text`${name}: the apply fails, since ${reason}. Use two applies. Apply 1: ${first}. Apply 2: ${second}`;
}
