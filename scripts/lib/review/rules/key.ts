import { readNumber } from "../../plan/attribute";
import { literal, text } from "../../plan/rich-text";
import {
  ASSIGNED,
  combineChecks,
  limitToExisting,
  isUnknown,
  REPLACES,
  reportChanged,
  reportIf,
  reportLowered,
  reportTurnedOff,
  reportTurnedOn,
  type ReviewedType,
  type Rule,
  TEXT,
} from "./rule";

const KEY = "aws_kms_key";
const ALIAS = "aws_kms_alias";

/** Settings of a key for which any change is reported. */
const SETTINGS = [
  "bypass_policy_lockout_safety_check",
  "custom_key_store_id",
  "customer_master_key_spec",
  "key_usage",
  "multi_region",
  "xks_key_id",
] as const;

/** Rules about the key that encrypts the Terraform state. */
export const KEY_RULES = {
  "key-disabled": {
    severity: "breaking",
    covers: { [KEY]: ["is_enabled"] },
    description:
      "A key is disabled: data that is encrypted with it can no longer be read.",
    check: reportIf(
      "is_enabled",
      (before, after) =>
        before.is_enabled !== false && after.is_enabled === false,
      text` is disabled: data that is encrypted with it can no longer be read`,
    ),
  },
  "key-rotation-off": {
    severity: "weakening",
    covers: { [KEY]: ["enable_key_rotation", "rotation_period_in_days"] },
    description: "A key is no longer rotated, or less often.",
    check: combineChecks(
      reportTurnedOff("enable_key_rotation", text` is no longer rotated`),
      limitToExisting(({ before, after, name }) => {
        const path = "rotation_period_in_days";
        const from = readNumber(before, path) ?? 365;
        const to = readNumber(after, path) ?? 365;
        return to > from && !isUnknown(after, path)
          ? [text`${name} is rotated every ${to} days, was every ${from}`]
          : [];
      }),
    ),
  },
  "key-deletion-sooner": {
    severity: "weakening",
    covers: { [KEY]: ["deletion_window_in_days"] },
    description: "A deleted key can be restored for fewer days.",
    check: reportLowered(
      "deletion_window_in_days",
      30,
      text` can be restored for fewer days after deletion`,
    ),
  },
  "key-settings-changed": {
    severity: "weakening",
    covers: { [KEY]: SETTINGS, [ALIAS]: ["target_key_id"] },
    description:
      "A key is stored or used in another way, or its alias refers to another key.",
    check: (context) =>
      context.isCreated
        ? reportTurnedOn(
            "bypass_policy_lockout_safety_check",
            text` skips the check that a principal can still manage it`,
          )(context)
        : [...SETTINGS, "target_key_id" as const].flatMap((setting) =>
            reportChanged(
              setting,
              text` has another ${literal(setting)}`,
            )(context),
          ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const KEY_TYPES = {
  [KEY]: {
    access: ["policy"],
    baseline: { enable_key_rotation: true, deletion_window_in_days: 30 },
    ignored: { [ASSIGNED]: "key_id", [TEXT]: "description" },
  },
  [ALIAS]: {
    ignored: { [ASSIGNED]: "target_key_arn", [REPLACES]: "name name_prefix" },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;
