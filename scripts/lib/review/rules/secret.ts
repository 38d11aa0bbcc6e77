import { readNumber } from "../../plan/attribute";
import { literal, text, type RichText } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  isSameValue,
  reportLowered,
  reportTurnedOff,
  reportTurnedOn,
  type Rule,
  type RuleContext,
} from "./rule";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const POLICY = "aws_secretsmanager_secret_policy";

/** What weakens the secrets with credentials. */
export const SECRET_RULES = {
  "recovery-window-shorter": {
    severity: "weakening",
    covers: { [SECRET]: ["recovery_window_in_days"] },
    description:
      "A deleted secret can be restored for fewer days, or not at all.",
    check: (context) =>
      context.isCreated
        ? noRecovery(context)
        : reportLowered(
            "recovery_window_in_days",
            literal(" can be restored for fewer days after it is deleted"),
            30,
          )(context),
  },
  "secret-encryption-changed": {
    severity: "weakening",
    covers: { [SECRET]: ["kms_key_id"] },
    description: "A secret is encrypted with another key.",
    check: (context) =>
      context.isCreated
        ? []
        : reportChanged(
            "kms_key_id",
            literal(" is encrypted with another key"),
          )(context),
  },
  "secret-copied": {
    severity: "weakening",
    covers: { [SECRET]: ["replica", "force_overwrite_replica_secret"] },
    description:
      "A secret is copied to another Region, or a copy is overwritten.",
    check: combineChecks(
      (context) =>
        isSameValue(context.before.replica, context.after.replica)
          ? []
          : [text`${context.name} is copied to other Regions`],
      reportTurnedOn(
        "force_overwrite_replica_secret",
        literal(" overwrites secrets of the same name in other Regions"),
      ),
    ),
  },
  "secret-value-in-state": {
    severity: "weakening",
    covers: { [VERSION]: ["secret_string", "secret_binary"] },
    description:
      "The value of a secret is stored in plaintext in the Terraform state (secret_string in place of secret_string_wo).",
    check: ({ before, after, name }) =>
      ["secret_string", "secret_binary"]
        .filter(
          (attribute) =>
            !isSameValue(undefined, after[attribute]) &&
            isSameValue(undefined, before[attribute]),
        )
        .map(() => text`${name} is stored in plaintext in the Terraform state`),
  },
  "secret-version-stage-changed": {
    severity: "breaking",
    covers: { [VERSION]: ["version_stages"] },
    description: "Another value of a secret is the current one.",
    check: (context) =>
      (
        context.isCreated
          ? isSecondValue(context)
          : !isSameValue(
              context.before.version_stages,
              context.after.version_stages,
            )
      )
        ? [text`${context.name}: another value is the current one`]
        : [],
  },
  "output-exposes-secret": {
    severity: "weakening",
    covers: {},
    description:
      "An output comes from a secret and is not marked as one, so that Terraform prints it.",
  },
  "public-policy-allowed": {
    severity: "weakening",
    covers: { [POLICY]: ["block_public_policy"] },
    description: "The policy of a secret may let anyone read it.",
    check: reportTurnedOff(
      "block_public_policy",
      literal(" may let anyone read it"),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What resources of these types are compared with when they are created. */
export const SECRET_BASELINE = {
  [POLICY]: { block_public_policy: true },
} as const;

/** A new secret is like the others of its stage; those of a new stage are as its settings say. */
function noRecovery({
  after,
  name,
  snapshotBefore: was,
}: RuleContext): readonly RichText[] {
  const others = was
    .listByType(SECRET)
    .map(({ values }) => readNumber(values, "recovery_window_in_days") ?? 30);
  return readNumber(after, "recovery_window_in_days") === 0 &&
    others.length > 0 &&
    others.every((days) => days > 0)
    ? [text`${name} cannot be restored after it is deleted`]
    : [];
}

/** Whether a secret that exists has a value already, which a new one takes the place of. */
function isSecondValue({
  after,
  snapshotBefore: was,
  snapshotAfter: is,
}: RuleContext): boolean {
  const secret = is.find(SECRET, after.secret_id);
  return (
    secret !== undefined &&
    was
      .listByType(VERSION)
      .some(
        ({ values }) =>
          was.find(SECRET, values.secret_id)?.address === secret.address,
      )
  );
}
