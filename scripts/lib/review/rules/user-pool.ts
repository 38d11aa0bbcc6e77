import { isDeepStrictEqual } from "node:util";
import {
  toBlocks,
  isAttributes,
  readNumber,
  readAttribute,
  readText,
  type Attributes,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  coverAttributes,
  isPartlyUnknown,
  reportLoweredInOrder,
  reportLowered,
  reportAdded,
  reportTurnedOff,
  type Rule,
  type RuleContext,
} from "./rule";

const TYPE = "aws_cognito_user_pool";

const covers = coverAttributes(TYPE);

/** What breaks or weakens a user pool. */
export const USER_POOL_RULES = {
  "schema-attribute-changed": {
    severity: "breaking",
    covers: covers("schema"),
    description:
      "A schema attribute of a user pool is changed or removed; AWS refuses that, so the whole apply fails.",
    check: schemaChanged,
  },
  "deletion-protection-off": {
    severity: "weakening",
    covers: covers("deletion_protection"),
    description: "A user pool can be deleted without turning a protection off.",
    check: ({ before, after, name, snapshotBefore: was, isCreated }) => {
      // a new stage has no users yet, and its settings decide
      const isOfNewStage = isCreated && was.listByType(TYPE).length === 0;
      return !isOfNewStage &&
        readText(before, "deletion_protection") === "ACTIVE" &&
        readAttribute(after, "deletion_protection").kind !== "unknown" &&
        readText(after, "deletion_protection") !== "ACTIVE"
        ? [text`${name} can be deleted`]
        : [];
    },
  },
  "mfa-weakened": {
    severity: "weakening",
    covers: covers("mfa_configuration"),
    description: "Multi-factor authentication is required of fewer users.",
    check: reportLoweredInOrder(
      "mfa_configuration",
      ["OFF", "OPTIONAL", "ON"],
      "OFF",
      literal(" requires multi-factor authentication of fewer users"),
    ),
  },
  "totp-off": {
    severity: "weakening",
    covers: covers("software_token_mfa_configuration"),
    description: "Authenticator apps are no longer a second factor.",
    check: reportTurnedOff(
      "software_token_mfa_configuration.enabled",
      literal(" no longer accepts an authenticator app as second factor"),
    ),
  },
  "password-policy-weakened": {
    severity: "weakening",
    covers: covers("password_policy"),
    description: "Weaker passwords are accepted, or temporary ones longer.",
    check: passwordPolicy,
  },
  "self-sign-up-on": {
    severity: "weakening",
    covers: covers("admin_create_user_config.allow_admin_create_user_only"),
    description: "Anyone can create a user.",
    check: reportTurnedOff(
      "admin_create_user_config.allow_admin_create_user_only",
      literal(": anyone can sign up"),
    ),
  },
  "tier-lowered": {
    severity: "weakening",
    covers: covers("user_pool_tier"),
    description: "A user pool moves to a tier with fewer security features.",
    check: reportLoweredInOrder(
      "user_pool_tier",
      ["LITE", "ESSENTIALS", "PLUS"],
      "ESSENTIALS",
      literal(" has a lower tier"),
    ),
  },
  "threat-protection-weakened": {
    severity: "weakening",
    covers: covers("user_pool_add_ons"),
    description: "Threat protection stops fewer sign-ins.",
    check: combineChecks(
      reportLoweredInOrder(
        "user_pool_add_ons.advanced_security_mode",
        ["OFF", "AUDIT", "ENFORCED"],
        "OFF",
        literal(" has less threat protection"),
      ),
      reportLoweredInOrder(
        "user_pool_add_ons.advanced_security_additional_flows.custom_auth_mode",
        ["OFF", "AUDIT", "ENFORCED"],
        "OFF",
        literal(" has less threat protection of custom sign-in"),
      ),
    ),
  },
  "trigger-changed": {
    severity: "weakening",
    covers: covers("lambda_config"),
    description:
      "Another function runs at sign-in or sign-up; it may decide who signs in and what tokens contain.",
    check: triggersChanged,
  },
  "trigger-removed": {
    severity: "breaking",
    covers: covers("lambda_config"),
    description: "A function no longer runs at sign-in or sign-up.",
    check: triggersRemoved,
  },
  "account-recovery-weakened": {
    severity: "weakening",
    covers: covers("account_recovery_setting"),
    description: "Users can recover their accounts in another way.",
    check: recoveryAdded,
  },
  "verified-attributes-changed": {
    severity: "weakening",
    covers: covers(
      "auto_verified_attributes",
      "user_attribute_update_settings",
    ),
    description:
      "An e-mail address or telephone number is used without being verified.",
    check: unverified,
  },
  "first-factor-added": {
    severity: "weakening",
    covers: covers("sign_in_policy"),
    description: "Users can sign in with another first factor.",
    check: reportAdded(
      "sign_in_policy.allowed_first_auth_factors",
      literal(" accepts another first factor: "),
    ),
  },
  "passkey-settings-changed": {
    severity: "weakening",
    covers: covers("web_authn_configuration"),
    description:
      "Passkeys belong to another relying party, or verify users less; existing passkeys may stop working.",
    check: combineChecks(
      reportChanged(
        "web_authn_configuration.relying_party_id",
        literal(" has another relying party for passkeys"),
      ),
      reportLoweredInOrder(
        "web_authn_configuration.user_verification",
        ["preferred", "required"],
        "preferred",
        literal(" verifies users of passkeys less"),
      ),
    ),
  },
  "remembered-devices-changed": {
    severity: "weakening",
    covers: covers("device_configuration"),
    description:
      "Remembered devices skip a second factor, or are remembered more.",
    check: (context) => {
      const { before, after, name } = context;
      const [was, is] = [before, after].map(
        (values) => toBlocks(values.device_configuration).length,
      );
      // a block of switches that are off remembers devices as well
      return was !== is &&
        readAttribute(after, "device_configuration").kind !== "unknown"
        ? [
            text`${name} ${literal(is === 0 ? "no longer remembers" : "remembers")} devices`,
          ]
        : reportChanged(
            "device_configuration",
            literal(" remembers devices in another way"),
          )(context);
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What a user pool is compared with when it is created: what the constructs of this project make. */
export const USER_POOL_BASELINE = {
  account_recovery_setting: [
    { recovery_mechanism: [{ name: "verified_email", priority: 1 }] },
  ],
  admin_create_user_config: [{ allow_admin_create_user_only: true }],
  auto_verified_attributes: ["email"],
  deletion_protection: "ACTIVE",
  password_policy: [
    {
      minimum_length: 12,
      require_lowercase: true,
      require_numbers: true,
      require_symbols: true,
      require_uppercase: true,
      temporary_password_validity_days: 7,
    },
  ],
  sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }],
  user_pool_tier: "ESSENTIALS",
} as const;

/** Finds what AWS changes in no attribute once it exists. */
function schemaChanged({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (isCreated || isPartlyUnknown(after, "schema")) return [];
  const byName = (values: Attributes) =>
    new Map(
      toBlocks(values.schema).map((block) => [
        readText(block, "name") ?? ("" as Redacted),
        block,
      ]),
    );
  const is = byName(after);
  const broken = [...byName(before)]
    .filter(
      ([attribute, block]) => !isDeepStrictEqual(is.get(attribute), block),
    )
    .map(([attribute]) => attribute);
  return broken.length === 0
    ? []
    : [
        text`${name}: the apply fails, since AWS does not change or remove schema attributes (${listNames(broken)})`,
      ];
}

const REQUIREMENTS = {
  require_lowercase: "lower-case letters",
  require_uppercase: "upper-case letters",
  require_numbers: "digits",
  require_symbols: "symbols",
} as const;

function passwordPolicy(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const policy = readAttribute(after, "password_policy");
  if (policy.kind === "unknown") return [];
  if (policy.kind === "absent" || toBlocks(policy.value).length === 0)
    return toBlocks(before.password_policy).length === 0
      ? []
      : [text`${name}: the code no longer has its password policy`];
  return combineChecks(
    reportLowered(
      "password_policy.minimum_length",
      literal(" accepts shorter passwords"),
      8,
    ),
    reportLowered(
      "password_policy.password_history_size",
      literal(" accepts old passwords sooner"),
      0,
    ),
    temporaryPasswords,
    ...Object.entries(REQUIREMENTS).map(([attribute, what]) =>
      reportTurnedOff(
        `password_policy.${attribute}`,
        text` no longer requires ${literal(what)} in passwords`,
      ),
    ),
  )(context);
}

/** A temporary password is valid for 7 days if 0 is set. */
function temporaryPasswords({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const path = "password_policy.temporary_password_validity_days";
  if (readAttribute(after, path).kind === "unknown") return [];
  const [was = 7, is = 7] = [before, after].map(
    (values) => (readNumber(values, path) ?? 0) || 7,
  );
  return is > was
    ? [
        text`${name}: temporary passwords are valid for ${is} days, were for ${was}`,
      ]
    : [];
}

/** Functions by trigger, those of nested blocks included. */
function functions(values: Attributes) {
  const [config] = toBlocks(values.lambda_config);
  return new Map(
    Object.entries(config ?? {})
      .filter(
        ([, value]) =>
          value !== null &&
          value !== "" &&
          !(Array.isArray(value) && value.length === 0),
      )
      .map(([trigger, value]) => [trigger as Redacted, value]),
  );
}

function triggersChanged({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const [was, is] = [functions(before), functions(after)];
  const added = [...is.keys()].filter((trigger) => {
    const value = is.get(trigger);
    const isKnown =
      typeof value === "string" || Array.isArray(value) || isAttributes(value);
    return isKnown && !isDeepStrictEqual(was.get(trigger), value);
  });
  return added.length === 0
    ? []
    : [
        text`${name} runs another function on ${listNames(added)}, which may decide who signs in and what tokens contain`,
      ];
}

function triggersRemoved({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (isCreated || readAttribute(after, "lambda_config").kind === "unknown")
    return [];
  const is = functions(after);
  const removed = [...functions(before).keys()].filter(
    (trigger) => !is.has(trigger),
  );
  return removed.length === 0
    ? []
    : [text`${name} no longer runs a function on ${listNames(removed)}`];
}

function recoveryAdded({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const ways = (values: Attributes): readonly Redacted[] =>
    toBlocks(values.account_recovery_setting)
      .flatMap(({ recovery_mechanism: mechanisms }) => toBlocks(mechanisms))
      .map((mechanism) => ({
        way: readText(mechanism, "name") ?? ("" as Redacted),
        priority: readNumber(mechanism, "priority") ?? 0,
      }))
      .sort((one, other) => one.priority - other.priority)
      .map(({ way }) => way);
  const [was, is] = [ways(before), ways(after)];
  if (isDeepStrictEqual(was, is)) return [];
  if (readAttribute(after, "account_recovery_setting").kind === "unknown")
    return [];
  return is.length === 0
    ? [text`${name}: the code no longer says how users recover their accounts`]
    : [
        text`${name}: users recover their accounts by ${listNames(is)}, did by ${listNames(was)}`,
      ];
}

function unverified({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  const lost = (path: string, ending: RichText): readonly RichText[] => {
    const [was, is] = [readAttribute(before, path), readAttribute(after, path)];
    if (isPartlyUnknown(after, path) || was.kind !== "known") return [];
    const had = membersOf(was.value);
    const has = is.kind === "known" ? membersOf(is.value) : [];
    const removed = had.filter((one) => !has.includes(one));
    return removed.length === 0
      ? []
      : [text`${name}${ending}${listNames(removed)}`];
  };
  return [
    ...lost("auto_verified_attributes", literal(" no longer verifies ")),
    ...(isCreated
      ? []
      : lost(
          "user_attribute_update_settings.attributes_require_verification_before_update",
          literal(" uses a new value before it is verified: "),
        )),
  ];
}

function membersOf(value: unknown): readonly Redacted[] {
  return Array.isArray(value)
    ? value.filter((one): one is Redacted => typeof one === "string")
    : [];
}
