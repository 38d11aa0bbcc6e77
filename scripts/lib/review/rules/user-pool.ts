import { isDeepStrictEqual } from "node:util";
import {
  blocks,
  isAttributes,
  numberAt,
  read,
  textAt,
  type Attributes,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { list, literal, text, type RichText } from "../../plan/rich-text";
import {
  all,
  changed,
  coversOf,
  isPartlyUnknown,
  loweredInOrder,
  lowered,
  membersAdded,
  turnedOff,
  type Rule,
  type RuleContext,
} from "./rule";

const TYPE = "aws_cognito_user_pool";

const covers = coversOf(TYPE);

/** What breaks or weakens a user pool. */
export const USER_POOL_RULES = {
  "schema-attribute-changed": {
    severity: "breaking",
    covers: covers("schema"),
    documentation:
      "A schema attribute of a user pool is changed or removed; AWS refuses that, so the whole apply fails.",
    check: schemaChanged,
  },
  "deletion-protection-off": {
    severity: "weakening",
    covers: covers("deletion_protection"),
    documentation:
      "A user pool can be deleted without turning a protection off.",
    check: ({ before, after, name, was, isCreated }) => {
      // a new stage has no users yet, and its settings decide
      const isOfNewStage = isCreated && was.ofType(TYPE).length === 0;
      return !isOfNewStage &&
        textAt(before, "deletion_protection") === "ACTIVE" &&
        read(after, "deletion_protection").kind !== "unknown" &&
        textAt(after, "deletion_protection") !== "ACTIVE"
        ? [text`${name} can be deleted`]
        : [];
    },
  },
  "mfa-weakened": {
    severity: "weakening",
    covers: covers("mfa_configuration"),
    documentation: "Multi-factor authentication is required of fewer users.",
    check: loweredInOrder(
      "mfa_configuration",
      ["OFF", "OPTIONAL", "ON"],
      "OFF",
      literal(" requires multi-factor authentication of fewer users"),
    ),
  },
  "totp-off": {
    severity: "weakening",
    covers: covers("software_token_mfa_configuration"),
    documentation: "Authenticator apps are no longer a second factor.",
    check: turnedOff(
      "software_token_mfa_configuration.enabled",
      literal(" no longer accepts an authenticator app as second factor"),
    ),
  },
  "password-policy-weakened": {
    severity: "weakening",
    covers: covers("password_policy"),
    documentation: "Weaker passwords are accepted, or temporary ones longer.",
    check: passwordPolicy,
  },
  "self-sign-up-on": {
    severity: "weakening",
    covers: covers("admin_create_user_config.allow_admin_create_user_only"),
    documentation: "Anyone can create a user.",
    check: turnedOff(
      "admin_create_user_config.allow_admin_create_user_only",
      literal(": anyone can sign up"),
    ),
  },
  "tier-lowered": {
    severity: "weakening",
    covers: covers("user_pool_tier"),
    documentation: "A user pool moves to a tier with fewer security features.",
    check: loweredInOrder(
      "user_pool_tier",
      ["LITE", "ESSENTIALS", "PLUS"],
      "ESSENTIALS",
      literal(" has a lower tier"),
    ),
  },
  "threat-protection-weakened": {
    severity: "weakening",
    covers: covers("user_pool_add_ons"),
    documentation: "Threat protection stops fewer sign-ins.",
    check: all(
      loweredInOrder(
        "user_pool_add_ons.advanced_security_mode",
        ["OFF", "AUDIT", "ENFORCED"],
        "OFF",
        literal(" has less threat protection"),
      ),
      loweredInOrder(
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
    documentation:
      "Another function runs at sign-in or sign-up; it may decide who signs in and what tokens contain.",
    check: triggersChanged,
  },
  "trigger-removed": {
    severity: "breaking",
    covers: covers("lambda_config"),
    documentation: "A function no longer runs at sign-in or sign-up.",
    check: triggersRemoved,
  },
  "account-recovery-weakened": {
    severity: "weakening",
    covers: covers("account_recovery_setting"),
    documentation: "Users can recover their accounts in another way.",
    check: recoveryAdded,
  },
  "verified-attributes-changed": {
    severity: "weakening",
    covers: covers(
      "auto_verified_attributes",
      "user_attribute_update_settings",
    ),
    documentation:
      "An e-mail address or telephone number is used without being verified.",
    check: unverified,
  },
  "first-factor-added": {
    severity: "weakening",
    covers: covers("sign_in_policy"),
    documentation: "Users can sign in with another first factor.",
    check: membersAdded(
      "sign_in_policy.allowed_first_auth_factors",
      literal(" accepts another first factor: "),
    ),
  },
  "passkey-settings-changed": {
    severity: "weakening",
    covers: covers("web_authn_configuration"),
    documentation:
      "Passkeys belong to another relying party, or verify users less; existing passkeys may stop working.",
    check: all(
      changed(
        "web_authn_configuration.relying_party_id",
        literal(" has another relying party for passkeys"),
      ),
      loweredInOrder(
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
    documentation:
      "Remembered devices skip a second factor, or are remembered more.",
    check: (context) => {
      const { before, after, name } = context;
      const [was, is] = [before, after].map(
        (values) => blocks(values.device_configuration).length,
      );
      // a block of switches that are off remembers devices as well
      return was !== is &&
        read(after, "device_configuration").kind !== "unknown"
        ? [
            text`${name} ${literal(is === 0 ? "no longer remembers" : "remembers")} devices`,
          ]
        : changed(
            "device_configuration",
            literal(" remembers devices in another way"),
          )(context);
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What a user pool is compared with when it is created: what the constructs of this project make. */
export const SAFE_USER_POOL = {
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
      blocks(values.schema).map((block) => [
        textAt(block, "name") ?? ("" as Redacted),
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
        text`${name}: the apply fails, since AWS does not change or remove schema attributes (${list(broken)})`,
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
  const policy = read(after, "password_policy");
  if (policy.kind === "unknown") return [];
  if (policy.kind === "absent" || blocks(policy.value).length === 0)
    return blocks(before.password_policy).length === 0
      ? []
      : [text`${name}: the code no longer has its password policy`];
  return all(
    lowered(
      "password_policy.minimum_length",
      literal(" accepts shorter passwords"),
      8,
    ),
    lowered(
      "password_policy.password_history_size",
      literal(" accepts old passwords sooner"),
      0,
    ),
    temporaryPasswords,
    ...Object.entries(REQUIREMENTS).map(([attribute, what]) =>
      turnedOff(
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
  if (read(after, path).kind === "unknown") return [];
  const [was = 7, is = 7] = [before, after].map(
    (values) => (numberAt(values, path) ?? 0) || 7,
  );
  return is > was
    ? [
        text`${name}: temporary passwords are valid for ${is} days, were for ${was}`,
      ]
    : [];
}

/** Functions by trigger, those of nested blocks included. */
function functions(values: Attributes) {
  const [config] = blocks(values.lambda_config);
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
        text`${name} runs another function on ${list(added)}, which may decide who signs in and what tokens contain`,
      ];
}

function triggersRemoved({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (isCreated || read(after, "lambda_config").kind === "unknown") return [];
  const is = functions(after);
  const removed = [...functions(before).keys()].filter(
    (trigger) => !is.has(trigger),
  );
  return removed.length === 0
    ? []
    : [text`${name} no longer runs a function on ${list(removed)}`];
}

function recoveryAdded({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const ways = (values: Attributes): readonly Redacted[] =>
    blocks(values.account_recovery_setting)
      .flatMap(({ recovery_mechanism: mechanisms }) => blocks(mechanisms))
      .map((mechanism) => ({
        way: textAt(mechanism, "name") ?? ("" as Redacted),
        priority: numberAt(mechanism, "priority") ?? 0,
      }))
      .sort((one, other) => one.priority - other.priority)
      .map(({ way }) => way);
  const [was, is] = [ways(before), ways(after)];
  if (isDeepStrictEqual(was, is)) return [];
  if (read(after, "account_recovery_setting").kind === "unknown") return [];
  return is.length === 0
    ? [text`${name}: the code no longer says how users recover their accounts`]
    : [
        text`${name}: users recover their accounts by ${list(is)}, did by ${list(was)}`,
      ];
}

function unverified({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  const lost = (path: string, ending: RichText): readonly RichText[] => {
    const [was, is] = [read(before, path), read(after, path)];
    if (isPartlyUnknown(after, path) || was.kind !== "known") return [];
    const had = membersOf(was.value);
    const has = is.kind === "known" ? membersOf(is.value) : [];
    const removed = had.filter((one) => !has.includes(one));
    return removed.length === 0 ? [] : [text`${name}${ending}${list(removed)}`];
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
