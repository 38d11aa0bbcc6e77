import { readNumber, readAttribute } from "../../plan/attribute";
import { literal, text } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  reportLowered,
  reportTurnedOff,
  reportTurnedOn,
  type Rule,
} from "./rule";

const KEY = "aws_kms_key";
const ALIAS = "aws_kms_alias";

/** Settings of a key of which any other value is worth a look. */
const SETTINGS = [
  "bypass_policy_lockout_safety_check",
  "custom_key_store_id",
  "customer_master_key_spec",
  "key_usage",
  "multi_region",
  "xks_key_id",
] as const;
/** The key that an alias means. */
const TARGET = "target_key_id" as const;

/** What weakens the key of the states. */
export const KEY_RULES = {
  "key-disabled": {
    severity: "breaking",
    covers: { [KEY]: ["is_enabled"] },
    description: "What is encrypted with a key can no longer be read.",
    check: ({ before, after, name }) =>
      before.is_enabled !== false && after.is_enabled === false
        ? [text`${name} is disabled: what it encrypts can no longer be read`]
        : [],
  },
  "key-rotation-off": {
    severity: "weakening",
    covers: { [KEY]: ["enable_key_rotation", "rotation_period_in_days"] },
    description: "A key is no longer rotated, or less often.",
    check: combineChecks(
      reportTurnedOff("enable_key_rotation", literal(" is no longer rotated")),
      ({ before, after, name, isCreated }) => {
        const path = "rotation_period_in_days";
        if (isCreated || readAttribute(after, path).kind === "unknown")
          return [];
        const [was, is] = [before, after].map(
          (values) => readNumber(values, path) ?? 365,
        );
        return was !== undefined && is !== undefined && is > was
          ? [text`${name} is rotated every ${is} days, was every ${was}`]
          : [];
      },
    ),
  },
  "key-deletion-sooner": {
    severity: "weakening",
    covers: { [KEY]: ["deletion_window_in_days"] },
    description: "A deleted key can be restored for fewer days.",
    check: reportLowered(
      "deletion_window_in_days",
      literal(" can be restored for fewer days after it is deleted"),
      30,
    ),
  },
  "key-settings-changed": {
    severity: "weakening",
    covers: {
      [KEY]: SETTINGS,
      [ALIAS]: [TARGET],
    },
    description:
      "A key is stored or used in another way, or its alias means another key.",
    check: (context) =>
      context.isCreated
        ? reportTurnedOn(
            "bypass_policy_lockout_safety_check",
            literal(" skips the check that someone can still manage it"),
          )(context)
        : [...SETTINGS, TARGET].flatMap((attribute) =>
            reportChanged(
              attribute,
              text` has another ${literal(attribute)}`,
            )(context),
          ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What keys are compared with when they are created. */
export const KEY_BASELINE = {
  enable_key_rotation: true,
  deletion_window_in_days: 30,
} as const;
