import { isDeepStrictEqual } from "node:util";
import {
  type Attributes,
  readNumber,
  readText,
  toBlocks,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import {
  ASSIGNED,
  combineChecks,
  coverAttributes,
  limitToExisting,
  isPartlyUnknown,
  isUnknown,
  REPLACES,
  reportDowngraded,
  reportMissing,
  reportNames,
  reportRemoved,
  reportTurnedOff,
  reportUnsafe,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const TYPE = "aws_cognito_user_pool";

const covers = coverAttributes(TYPE);

/** Rules about a user pool as a whole: its schema, protection, triggers and accounts. */
export const USER_POOL_RULES = {
  "schema-attribute-changed": {
    severity: "breaking",
    covers: covers("schema"),
    description:
      "A schema attribute of a user pool is changed or removed, which AWS does not allow, so that the whole apply fails.",
    check: limitToExisting(checkSchema),
  },
  "deletion-protection-off": {
    severity: "weakening",
    covers: covers("deletion_protection"),
    description:
      "A user pool can be deleted without first turning off its deletion protection.",
    check: (context) => {
      // a new stage has no users yet, and its settings decide
      const isOfNewStage =
        context.isCreated &&
        context.snapshotBefore.listByType(TYPE).length === 0;
      return isOfNewStage
        ? []
        : reportUnsafe(
            "deletion_protection",
            "ACTIVE",
            text` can be deleted`,
          )(context);
    },
  },
  "self-sign-up-on": {
    severity: "weakening",
    covers: covers("admin_create_user_config.allow_admin_create_user_only"),
    description: "Anyone can create a user.",
    check: reportTurnedOff(
      "admin_create_user_config.allow_admin_create_user_only",
      text`: anyone can sign up`,
    ),
  },
  "tier-lowered": {
    severity: "weakening",
    covers: covers("user_pool_tier"),
    description: "A user pool moves to a tier with fewer security features.",
    check: reportDowngraded(
      "user_pool_tier",
      ["LITE", "ESSENTIALS", "PLUS"],
      text` has a lower tier`,
      "ESSENTIALS",
    ),
  },
  "account-recovery-weakened": {
    severity: "weakening",
    covers: covers("account_recovery_setting"),
    description: "Users can recover their accounts in another way.",
    check: checkRecovery,
  },
  "verified-attributes-changed": {
    severity: "weakening",
    covers: covers(
      "auto_verified_attributes",
      "user_attribute_update_settings",
    ),
    description:
      "An email address or phone number is used without verification.",
    check: combineChecks(
      reportMissing("auto_verified_attributes", text` no longer verifies `),
      reportRemoved(
        "user_attribute_update_settings.attributes_require_verification_before_update",
        text` uses a new value before it is verified: `,
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** A new user pool is compared with what the constructs of this project create. */
export const USER_POOL_TYPES = {
  [TYPE]: {
    baseline: {
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
    },
    ignored: {
      [ASSIGNED]:
        "creation_date custom_domain domain endpoint estimated_number_of_users last_modified_date",
      [REPLACES]:
        "alias_attributes name username_attributes username_configuration",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

function checkSchema(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  if (isPartlyUnknown(after, "schema")) return [];
  const mapByName = (values: Attributes) =>
    new Map(
      toBlocks(values.schema).map((block) => [
        readText(block, "name") ?? ("" as Redacted),
        block,
      ]),
    );
  const later = mapByName(after);
  return reportNames(
    [...mapByName(before)].flatMap(([attribute, block]) =>
      isDeepStrictEqual(later.get(attribute), block) ? [] : attribute,
    ),
    text`${name}: the apply fails, since AWS does not allow changing or removing schema attributes (`,
    literal(")"),
  );
}

function checkRecovery(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const [from, to] = [listRecoveryMethods(before), listRecoveryMethods(after)];
  // no user of a new pool relies on another way
  const isStrict = context.isCreated && to.join() === "admin_only";
  if (
    isStrict ||
    isDeepStrictEqual(from, to) ||
    isUnknown(after, "account_recovery_setting")
  )
    return [];
  return to.length === 0
    ? [text`${name}: the code no longer sets how users recover their accounts`]
    : [
        text`${name}: users recover their accounts by ${listNames(to)} instead of ${listNames(from)}`,
      ];
}

/** Returns recovery methods by priority. */
function listRecoveryMethods(values: Attributes): readonly Redacted[] {
  return toBlocks(values.account_recovery_setting)
    .flatMap(({ recovery_mechanism: mechanisms }) => toBlocks(mechanisms))
    .sort(
      (one, other) =>
        (readNumber(one, "priority") ?? 0) -
        (readNumber(other, "priority") ?? 0),
    )
    .map((mechanism) => readText(mechanism, "name") ?? ("" as Redacted));
}
