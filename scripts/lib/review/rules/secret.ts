import { readNumber, type Value } from "../../plan/attribute";
import { type RichText, text } from "../../plan/rich-text";
import { isCurrentVersion, NO_FIELDS } from "../../plan/secret-versions";
import {
  ASSIGNED,
  combineChecks,
  limitToExisting,
  isSameValue,
  REPLACES,
  reportChanged,
  reportIf,
  reportLowered,
  reportTurnedOff,
  reportTurnedOn,
  type ReviewedType,
  type Rule,
  type RuleContext,
  TEXT,
} from "./rule";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const POLICY = "aws_secretsmanager_secret_policy";

/** Days that AWS uses if no recovery window is set. */
const DEFAULT_RECOVERY_DAYS = 30;

/** Rules about secrets with credentials. */
export const SECRET_RULES = {
  "recovery-window-shorter": {
    severity: "weakening",
    covers: { [SECRET]: ["recovery_window_in_days"] },
    description:
      "A deleted secret can be restored for fewer days, or not at all.",
    check: (context) =>
      context.isCreated
        ? checkNewRecoveryWindow(context)
        : reportLowered(
            "recovery_window_in_days",
            DEFAULT_RECOVERY_DAYS,
            text` can be restored for fewer days after deletion`,
          )(context),
  },
  "secret-encryption-changed": {
    severity: "weakening",
    covers: { [SECRET]: ["kms_key_id"] },
    description: "A secret is encrypted with another key.",
    check: limitToExisting(
      reportChanged("kms_key_id", text` is encrypted with another key`),
    ),
  },
  "secret-copied": {
    severity: "weakening",
    covers: { [SECRET]: ["replica", "force_overwrite_replica_secret"] },
    description:
      "A secret is replicated to another Region, or a replica is overwritten.",
    check: combineChecks(
      reportIf(
        "replica",
        (before, after) => !isSameValue(before.replica, after.replica),
        text` is replicated to other Regions`,
      ),
      reportTurnedOn(
        "force_overwrite_replica_secret",
        text` overwrites secrets of the same name in other Regions`,
      ),
    ),
  },
  "secret-value-in-state": {
    severity: "weakening",
    covers: { [VERSION]: ["secret_string", "secret_binary"] },
    description:
      "The value of a secret is stored in plaintext in the Terraform state (secret_string instead of secret_string_wo).",
    check: ({ before, after, name }) =>
      ["secret_string", "secret_binary"]
        .filter(
          (attribute) =>
            hasContent(after[attribute]) && !hasContent(before[attribute]),
        )
        .map(() => text`${name} is stored in plaintext in the Terraform state`),
  },
  "secret-version-stage-changed": {
    severity: "breaking",
    covers: { [VERSION]: ["version_stages"] },
    description: "Another value of a secret becomes the current one.",
    check: (context) =>
      isCurrentMoved(context)
        ? [text`${context.name}: another value becomes the current one`]
        : [],
  },
  "public-policy-allowed": {
    severity: "weakening",
    covers: { [POLICY]: ["block_public_policy"] },
    description: "The policy of a secret may let anyone read it.",
    check: reportTurnedOff(
      "block_public_policy",
      text` may let anyone read it`,
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const SECRET_TYPES = {
  [SECRET]: {
    access: ["policy"],
    ignored: { [REPLACES]: "name name_prefix", [TEXT]: "description" },
  },
  [VERSION]: {
    ignored: {
      [ASSIGNED]: "has_secret_string_wo version_id",
      [REPLACES]: "secret_id secret_string_wo_version",
      "Terraform does not store it; its version shows a change":
        "secret_string_wo",
    },
  },
  [POLICY]: {
    access: ["policy"],
    baseline: { block_public_policy: true },
    ignored: { [REPLACES]: "secret_arn" },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

/** Compares a new secret with those that the stage has; for a new stage, its settings decide. */
function checkNewRecoveryWindow(context: RuleContext): readonly RichText[] {
  const { after, name, snapshotBefore } = context;
  const others = snapshotBefore.listByType(SECRET);
  const getDays = (values: typeof after): number =>
    readNumber(values, "recovery_window_in_days") ?? DEFAULT_RECOVERY_DAYS;
  return getDays(after) === 0 &&
    others.length > 0 &&
    others.every(({ values }) => getDays(values) > 0)
    ? [text`${name} cannot be restored after deletion`]
    : [];
}

/** The first version of a secret contains no field. */
function hasContent(value: Value | undefined): boolean {
  return !isSameValue(undefined, value) && value !== NO_FIELDS;
}

/** A rotation moves AWSCURRENT: a replacement moves it back, which is reported as the replacement. */
function isCurrentMoved(context: RuleContext): boolean {
  const { before, after, isCreated, isReplaced } = context;
  if (isCreated) return isCurrentVersion(after) && hasEarlierValue(context);
  return (
    isCurrentVersion(before) !== isCurrentVersion(after) &&
    !(isReplaced && isCurrentVersion(after))
  );
}

/** Whether the secret of a new value has a value before the apply. */
function hasEarlierValue(context: RuleContext): boolean {
  const { after, snapshotBefore, snapshotAfter } = context;
  const secret = snapshotAfter.find(SECRET, after.secret_id);
  return (
    secret !== undefined &&
    snapshotBefore
      .listByType(VERSION)
      .some(
        ({ values }) =>
          snapshotBefore.find(SECRET, values.secret_id)?.address ===
          secret.address,
      )
  );
}
