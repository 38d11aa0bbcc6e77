import { blocks, numberAt, read, textAt } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { list, literal, text, type RichText } from "../../plan/rich-text";
import {
  all,
  changed,
  isSameValue,
  lowered,
  loweredInOrder,
  turnedOff,
  turnedOn,
  type Rule,
  type RuleContext,
} from "./rule";

const SECRET = "aws_secretsmanager_secret";
const VERSION = "aws_secretsmanager_secret_version";
const POLICY = "aws_secretsmanager_secret_policy";
const BUCKET = "aws_s3_bucket";
const ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";
const VERSIONING = "aws_s3_bucket_versioning";
const CLOSED = "aws_s3_bucket_public_access_block";
const OWNERSHIP = "aws_s3_bucket_ownership_controls";
const KEY = "aws_kms_key";
const ALIAS = "aws_kms_alias";

/** What weakens secrets, the bucket of the states, and its key. */
export const STORAGE_RULES = {
  "recovery-window-shorter": {
    severity: "weakening",
    covers: { [SECRET]: ["recovery_window_in_days"] },
    documentation:
      "A deleted secret can be restored for fewer days, or not at all.",
    check: (context) =>
      context.isCreated
        ? noRecovery(context)
        : lowered(
            "recovery_window_in_days",
            literal(" can be restored for fewer days after it is deleted"),
            30,
          )(context),
  },
  "secret-encryption-changed": {
    severity: "weakening",
    covers: { [SECRET]: ["kms_key_id"] },
    documentation: "A secret is encrypted with another key.",
    check: (context) =>
      context.isCreated
        ? []
        : changed(
            "kms_key_id",
            literal(" is encrypted with another key"),
          )(context),
  },
  "secret-copied": {
    severity: "weakening",
    covers: { [SECRET]: ["replica", "force_overwrite_replica_secret"] },
    documentation:
      "A secret is copied to another Region, or a copy is overwritten.",
    check: all(
      (context) =>
        isSameValue(context.before.replica, context.after.replica)
          ? []
          : [text`${context.name} is copied to other Regions`],
      turnedOn(
        "force_overwrite_replica_secret",
        literal(" overwrites secrets of the same name in other Regions"),
      ),
    ),
  },
  "secret-value-in-state": {
    severity: "weakening",
    covers: { [VERSION]: ["secret_string", "secret_binary"] },
    documentation:
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
    documentation: "Another value of a secret is the current one.",
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
  "public-policy-allowed": {
    severity: "weakening",
    covers: { [POLICY]: ["block_public_policy"] },
    documentation: "The policy of a secret may let anyone read it.",
    check: turnedOff("block_public_policy", literal(" may let anyone read it")),
  },
  "versioning-off": {
    severity: "weakening",
    covers: {
      [VERSIONING]: [
        "versioning_configuration.status",
        "versioning_configuration.mfa_delete",
        "mfa",
      ],
      [BUCKET]: ["versioning"],
    },
    documentation:
      "A bucket keeps no older versions, or they are deleted more easily.",
    check: all(
      ({ before, after, name }) => {
        const path = "versioning_configuration.status";
        return textAt(before, path) === "Enabled" &&
          read(after, path).kind !== "unknown" &&
          textAt(after, path) !== "Enabled"
          ? [text`${name} keeps no older versions`]
          : [];
      },
      loweredInOrder(
        "versioning_configuration.mfa_delete",
        ["Disabled", "Enabled"],
        "Disabled",
        literal(" lets versions be deleted without a second factor"),
      ),
      (context) =>
        context.resource.type === BUCKET
          ? changed("versioning", literal(" has another versioning"))(context)
          : [],
    ),
  },
  "public-access-allowed": {
    severity: "weakening",
    covers: {
      [CLOSED]: [
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
        "skip_destroy",
      ],
    },
    documentation: "A bucket can be made public.",
    check: publicAccess,
  },
  "ownership-changed": {
    severity: "weakening",
    covers: { [OWNERSHIP]: ["rule.object_ownership"] },
    documentation: "Access control lists decide about the objects of a bucket.",
    check: ({ before, after, name }) => {
      const path = "rule.object_ownership";
      return textAt(before, path) === "BucketOwnerEnforced" &&
        read(after, path).kind !== "unknown" &&
        textAt(after, path) !== "BucketOwnerEnforced"
        ? [text`${name} lets access control lists decide about objects`]
        : [];
    },
  },
  "encryption-weakened": {
    severity: "weakening",
    covers: {
      [ENCRYPTION]: [
        "rule.apply_server_side_encryption_by_default",
        "rule.blocked_encryption_types",
      ],
      [BUCKET]: ["server_side_encryption_configuration"],
    },
    documentation:
      "Objects of a bucket are encrypted with a weaker or another key, or with keys of callers.",
    check: encryption,
  },
  "lifecycle-deletes": {
    severity: "data-loss",
    covers: {
      [LIFECYCLE]: [
        "rule.expiration",
        "rule.noncurrent_version_expiration",
        "rule.status",
        "rule.filter",
        "rule.prefix",
        "rule.id",
      ],
      [BUCKET]: ["lifecycle_rule"],
    },
    documentation:
      "A lifecycle rule deletes objects of a bucket, or older versions of them, that were kept.",
    check: lifecycle,
  },
  "lifecycle-archives": {
    severity: "breaking",
    covers: {
      [LIFECYCLE]: ["rule.transition", "rule.noncurrent_version_transition"],
    },
    documentation:
      "A lifecycle rule moves objects of a bucket, or older versions of them, to another storage class, from which they may have to be restored before they can be read.",
    check: ({ before, after, name }) => {
      const moving = (values: typeof before) =>
        blocks(values.rule).filter(
          (rule) =>
            rule.status === "Enabled" &&
            blocks(rule.transition).length +
              blocks(rule.noncurrent_version_transition).length >
              0,
        );
      const had = moving(before);
      return moving(after)
        .filter((rule) => !had.some((old) => isSameValue(old, rule)))
        .map(
          (rule) =>
            text`${name}: rule ${textAt(rule, "id") ?? ("" as Redacted)} moves objects to another storage class`,
        );
    },
  },
  "bucket-settings-changed": {
    severity: "weakening",
    covers: {
      [BUCKET]: [
        "acl",
        "cors_rule",
        "force_destroy",
        "grant",
        "logging",
        "object_lock_configuration",
        "object_lock_enabled",
        "replication_configuration",
        "website",
      ],
    },
    documentation:
      "A bucket is published, copied, no longer locked, or deleted with what is in it.",
    check: (context) =>
      (
        [
          "acl",
          "cors_rule",
          "force_destroy",
          "grant",
          "logging",
          "object_lock_configuration",
          "object_lock_enabled",
          "replication_configuration",
          "website",
        ] as const
      ).flatMap((attribute) =>
        changed(attribute, text` has another ${literal(attribute)}`)(context),
      ),
  },
  "key-disabled": {
    severity: "breaking",
    covers: { [KEY]: ["is_enabled"] },
    documentation: "What is encrypted with a key can no longer be read.",
    check: ({ before, after, name }) =>
      before.is_enabled !== false && after.is_enabled === false
        ? [text`${name} is disabled: what it encrypts can no longer be read`]
        : [],
  },
  "key-rotation-off": {
    severity: "weakening",
    covers: { [KEY]: ["enable_key_rotation", "rotation_period_in_days"] },
    documentation: "A key is no longer rotated, or less often.",
    check: all(
      turnedOff("enable_key_rotation", literal(" is no longer rotated")),
      ({ before, after, name, isCreated }) => {
        const path = "rotation_period_in_days";
        if (isCreated || read(after, path).kind === "unknown") return [];
        const [was, is] = [before, after].map(
          (values) => numberAt(values, path) ?? 365,
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
    documentation: "A deleted key can be restored for fewer days.",
    check: lowered(
      "deletion_window_in_days",
      literal(" can be restored for fewer days after it is deleted"),
      30,
    ),
  },
  "key-settings-changed": {
    severity: "weakening",
    covers: {
      [KEY]: [
        "bypass_policy_lockout_safety_check",
        "custom_key_store_id",
        "customer_master_key_spec",
        "key_usage",
        "multi_region",
        "xks_key_id",
      ],
      [ALIAS]: ["target_key_id"],
    },
    documentation:
      "A key is stored or used in another way, or its alias means another key.",
    check: (context) =>
      context.isCreated
        ? turnedOn(
            "bypass_policy_lockout_safety_check",
            literal(" skips the check that someone can still manage it"),
          )(context)
        : (
            [
              "bypass_policy_lockout_safety_check",
              "custom_key_store_id",
              "customer_master_key_spec",
              "key_usage",
              "multi_region",
              "xks_key_id",
              "target_key_id",
            ] as const
          ).flatMap((attribute) =>
            changed(
              attribute,
              text` has another ${literal(attribute)}`,
            )(context),
          ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What resources of these types are compared with when they are created. */
export const SAFE_STORAGE = {
  [CLOSED]: {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  },
  [KEY]: { enable_key_rotation: true, deletion_window_in_days: 30 },
  [OWNERSHIP]: { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
  [POLICY]: { block_public_policy: true },
  [VERSIONING]: { versioning_configuration: [{ status: "Enabled" }] },
} as const;

/** A new secret is like the others of its stage; those of a new stage are as its settings say. */
function noRecovery({ after, name, was }: RuleContext): readonly RichText[] {
  const others = was
    .ofType(SECRET)
    .map(({ values }) => numberAt(values, "recovery_window_in_days") ?? 30);
  return numberAt(after, "recovery_window_in_days") === 0 &&
    others.length > 0 &&
    others.every((days) => days > 0)
    ? [text`${name} cannot be restored after it is deleted`]
    : [];
}

function publicAccess(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const guards = [
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
  ].filter(
    (guard) =>
      before[guard] === true &&
      read(after, guard).kind !== "unknown" &&
      after[guard] !== true,
  );
  return guards.length === 0
    ? []
    : [text`${name} is off: ${list(guards as Redacted[])}`];
}

const ENCRYPTION_ORDER = ["", "AES256", "aws:kms", "aws:kms:dsse"];

function encryption(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated, is, resource } = context;
  if (resource.type === BUCKET)
    return isCreated
      ? []
      : changed(
          "server_side_encryption_configuration",
          literal(" is encrypted in another way"),
        )(context);
  if (isCreated) return [];
  const path = "rule.apply_server_side_encryption_by_default";
  const weaker = loweredInOrder(
    `${path}.sse_algorithm`,
    ENCRYPTION_ORDER,
    "",
    literal(" is weaker"),
  )(context);
  const [was, now] = [before, after].map((values) =>
    textAt(values, `${path}.kms_master_key_id`),
  );
  const isOtherKey =
    weaker.length === 0 &&
    was !== undefined &&
    read(after, `${path}.kms_master_key_id`).kind !== "unknown" &&
    (now === undefined || is.canonical(was) !== is.canonical(now));
  return [
    ...weaker,
    ...(isOtherKey ? [text`${name} uses another key`] : []),
    ...changed(
      "rule.blocked_encryption_types",
      literal(" accepts other kinds of encryption"),
    )(context),
  ];
}

/** Whether a secret that exists has a value already, which a new one takes the place of. */
function isSecondValue({ after, was, is }: RuleContext): boolean {
  const secret = is.find(SECRET, after.secret_id);
  return (
    secret !== undefined &&
    was
      .ofType(VERSION)
      .some(
        ({ values }) =>
          was.find(SECRET, values.secret_id)?.address === secret.address,
      )
  );
}

/** Whether the bucket of a resource exists before the apply. */
function hasBucket({ after, was }: RuleContext): boolean {
  const bucket = textAt(after, "bucket");
  return (
    bucket !== undefined &&
    was
      .ofType(BUCKET)
      .some(({ values }) => [values.bucket, values.id].includes(bucket))
  );
}

/** A rule of a new bucket has nothing to delete yet, unless it deletes what is current. */
function lifecycle(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated, resource } = context;
  if (resource.type === BUCKET)
    return changed(
      "lifecycle_rule",
      literal(" deletes other objects"),
    )(context);
  const enabled = (values: typeof before) =>
    blocks(values.rule).filter(({ status }) => status === "Enabled");
  const had = enabled(before);
  return enabled(after).flatMap((rule) => {
    if (had.some((old) => isSameValue(old, rule))) return [];
    const days = (values: typeof rule, path: string): number =>
      numberAt(values, path) ?? Infinity;
    const twin = had.find((old) => old.id === rule.id);
    const id = textAt(rule, "id") ?? ("" as Redacted);
    const deletesCurrent =
      numberAt(rule, "expiration.days") !== undefined &&
      numberAt(rule, "expiration.days") !== 0;
    const isDated = textAt(rule, "expiration.date") !== undefined;
    if (deletesCurrent || isDated)
      return [text`${name}: rule ${id} deletes objects`];
    if (isCreated && !hasBucket(context)) return [];
    const kept = "noncurrent_version_expiration";
    const deletesVersions = blocks(rule[kept]).length > 0;
    const isSooner =
      twin === undefined ||
      !isSameValue(twin.filter, rule.filter) ||
      days(rule, `${kept}.noncurrent_days`) <
        days(twin, `${kept}.noncurrent_days`) ||
      (numberAt(rule, `${kept}.newer_noncurrent_versions`) ?? 0) <
        (numberAt(twin, `${kept}.newer_noncurrent_versions`) ?? 0);
    return deletesVersions && isSooner
      ? [text`${name}: rule ${id} deletes older versions sooner`]
      : [];
  });
}
