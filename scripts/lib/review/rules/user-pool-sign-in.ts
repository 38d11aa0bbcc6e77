import { readNumber, readText, toBlocks } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  combineChecks,
  coverAttributes,
  getMembers,
  isUnknown,
  limitToExisting,
  reportAdded,
  reportChanged,
  reportDowngraded,
  reportLowered,
  reportRemoved,
  reportTurnedOff,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool");

/** Order of the modes of threat protection. */
const THREAT_MODES = ["OFF", "AUDIT", "ENFORCED"];

/** Rules about how users sign in to a user pool: passwords, factors and devices. */
export const SIGN_IN_RULES = {
  "mfa-weakened": {
    severity: "weakening",
    covers: covers("mfa_configuration"),
    description: "Fewer users must use multi-factor authentication (MFA).",
    check: reportDowngraded(
      "mfa_configuration",
      ["OFF", "OPTIONAL", "ON"],
      text` requires multi-factor authentication (MFA) of fewer users`,
    ),
  },
  "totp-off": {
    severity: "weakening",
    covers: covers("software_token_mfa_configuration"),
    description: "Authenticator apps are no longer a second factor.",
    check: reportTurnedOff(
      "software_token_mfa_configuration.enabled",
      text` no longer allows authenticator apps as a second factor`,
    ),
  },
  "email-mfa-off": {
    severity: "weakening",
    covers: covers("email_mfa_configuration"),
    description: "Email is no longer a second factor.",
    check: ({ before, after, name }) =>
      toBlocks(before.email_mfa_configuration).length > 0 &&
      toBlocks(after.email_mfa_configuration).length === 0 &&
      !isUnknown(after, "email_mfa_configuration")
        ? [text`${name} no longer allows email as a second factor`]
        : [],
  },
  "email-mfa-added": {
    severity: "weakening",
    covers: covers("email_mfa_configuration"),
    description:
      "Users of a user pool with MFA can use email as the second factor, which is only as safe as their mailbox.",
    check: limitToExisting(({ before, after, name }) =>
      readText(before, "mfa_configuration") !== "OFF" &&
      toBlocks(before.email_mfa_configuration).length === 0 &&
      toBlocks(after.email_mfa_configuration).length > 0
        ? [text`${name} also allows email as a second factor`]
        : [],
    ),
  },
  "password-policy-weakened": {
    severity: "weakening",
    covers: covers("password_policy"),
    description:
      "Weaker passwords are allowed, or temporary passwords are valid for longer.",
    check: checkPasswordPolicy,
  },
  "threat-protection-weakened": {
    severity: "weakening",
    covers: covers("user_pool_add_ons"),
    description: "Threat protection blocks fewer sign-ins.",
    check: combineChecks(
      reportDowngraded(
        "user_pool_add_ons.advanced_security_mode",
        THREAT_MODES,
        text` has less threat protection`,
      ),
      reportDowngraded(
        "user_pool_add_ons.advanced_security_additional_flows.custom_auth_mode",
        THREAT_MODES,
        text` has less threat protection of custom sign-in`,
      ),
    ),
  },
  "first-factor-added": {
    severity: "weakening",
    covers: covers("sign_in_policy"),
    description: "Users can sign in with another first factor.",
    check: checkAddedFactors,
  },
  "first-factor-removed": {
    severity: "breaking",
    covers: covers("sign_in_policy"),
    description: "Users can no longer sign in with a first factor.",
    check: reportRemoved(
      "sign_in_policy.allowed_first_auth_factors",
      text` no longer allows the first factor `,
    ),
  },
  "passkey-settings-changed": {
    severity: "weakening",
    covers: covers("web_authn_configuration"),
    description:
      "Passkeys belong to another domain (relying_party_id), so that existing ones may stop working, or user verification is weaker.",
    check: combineChecks(
      limitToExisting(
        reportChanged(
          "web_authn_configuration.relying_party_id",
          text` has another domain for passkeys (relying_party_id)`,
        ),
      ),
      reportDowngraded(
        "web_authn_configuration.user_verification",
        ["preferred", "required"],
        text` has weaker user verification for passkeys`,
      ),
    ),
  },
  "remembered-devices-changed": {
    severity: "weakening",
    covers: covers("device_configuration"),
    description:
      "Remembered devices skip the second factor, or more devices are remembered.",
    check: checkDevices,
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** The first factor of a user pool without a policy. */
const DEFAULT_FACTOR = "PASSWORD" as Redacted;

function checkAddedFactors(context: RuleContext): readonly RichText[] {
  const path = "sign_in_policy.allowed_first_auth_factors";
  return reportAdded(
    path,
    text` allows another first factor: `,
  )({
    ...context,
    before: {
      sign_in_policy: [
        {
          allowed_first_auth_factors: [
            DEFAULT_FACTOR,
            ...getMembers(context.before, path),
          ],
        },
      ],
    },
  });
}

const checkWeakerPasswords = combineChecks(
  reportLowered(
    "password_policy.minimum_length",
    8,
    text` allows shorter passwords`,
  ),
  reportLowered(
    "password_policy.password_history_size",
    0,
    text` allows old passwords sooner`,
  ),
  checkTemporaryPasswords,
  ...(
    [
      ["require_lowercase", literal("lowercase letters")],
      ["require_uppercase", literal("uppercase letters")],
      ["require_numbers", literal("numbers")],
      ["require_symbols", literal("symbols")],
    ] as const
  ).map(([attribute, characters]) =>
    reportTurnedOff(
      `password_policy.${attribute}`,
      text` no longer requires ${characters} in passwords`,
    ),
  ),
);

function checkPasswordPolicy(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  if (isUnknown(after, "password_policy")) return [];
  if (toBlocks(after.password_policy).length > 0)
    return checkWeakerPasswords(context);
  return toBlocks(before.password_policy).length === 0
    ? []
    : [text`${name}: the code no longer sets its password policy`];
}

/** A temporary password is valid for 7 days if 0 is set. */
function checkTemporaryPasswords(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const path = "password_policy.temporary_password_validity_days";
  const [from = 7, to = 7] = [before, after].map(
    (values) => (readNumber(values, path) ?? 0) || 7,
  );
  return to > from && !isUnknown(after, path)
    ? [
        text`${name}: temporary passwords are valid for ${to} days, was ${from} days`,
      ]
    : [];
}

/** A block whose switches are all off remembers devices as well. */
function checkDevices(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const [from, to] = [before, after].map(
    (values) => toBlocks(values.device_configuration).length,
  );
  if (from === to || isUnknown(after, "device_configuration"))
    return reportChanged(
      "device_configuration",
      text` remembers devices in another way`,
    )(context);
  return [
    text`${name} ${literal(to === 0 ? "no longer remembers" : "remembers")} devices`,
  ];
}
