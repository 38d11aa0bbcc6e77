import {
  toBlocks,
  readNumber,
  readAttribute,
  readText,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import {
  combineChecks,
  reportChanged,
  isSameValue,
  reportLoweredInOrder,
  type Rule,
  type RuleContext,
} from "./rule";

const BUCKET = "aws_s3_bucket";
const ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";
const VERSIONING = "aws_s3_bucket_versioning";
const CLOSED = "aws_s3_bucket_public_access_block";
const OWNERSHIP = "aws_s3_bucket_ownership_controls";

/** Settings of a bucket of which any other value is worth a look. */
const SETTINGS = [
  "acl",
  "cors_rule",
  "force_destroy",
  "grant",
  "logging",
  "object_lock_configuration",
  "object_lock_enabled",
  "replication_configuration",
  "website",
] as const;

/** What weakens the bucket of the states. */
export const BUCKET_RULES = {
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
    description:
      "A bucket keeps no older versions, or they are deleted more easily.",
    check: combineChecks(
      ({ before, after, name }) => {
        const path = "versioning_configuration.status";
        return readText(before, path) === "Enabled" &&
          readAttribute(after, path).kind !== "unknown" &&
          readText(after, path) !== "Enabled"
          ? [text`${name} keeps no older versions`]
          : [];
      },
      reportLoweredInOrder(
        "versioning_configuration.mfa_delete",
        ["Disabled", "Enabled"],
        "Disabled",
        literal(" lets versions be deleted without a second factor"),
      ),
      (context) =>
        context.resource.type === BUCKET
          ? reportChanged(
              "versioning",
              literal(" has another versioning"),
            )(context)
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
    description: "A bucket can be made public.",
    check: publicAccess,
  },
  "ownership-changed": {
    severity: "weakening",
    covers: { [OWNERSHIP]: ["rule.object_ownership"] },
    description: "Access control lists decide about the objects of a bucket.",
    check: ({ before, after, name }) => {
      const path = "rule.object_ownership";
      return readText(before, path) === "BucketOwnerEnforced" &&
        readAttribute(after, path).kind !== "unknown" &&
        readText(after, path) !== "BucketOwnerEnforced"
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
    description:
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
    description:
      "A lifecycle rule deletes objects of a bucket, or older versions of them, that were kept.",
    check: lifecycle,
  },
  "lifecycle-archives": {
    severity: "breaking",
    covers: {
      [LIFECYCLE]: ["rule.transition", "rule.noncurrent_version_transition"],
    },
    description:
      "A lifecycle rule moves objects of a bucket, or older versions of them, to another storage class, from which they may have to be restored before they can be read.",
    check: ({ before, after, name }) => {
      const moving = (values: typeof before) =>
        toBlocks(values.rule).filter(
          (rule) =>
            rule.status === "Enabled" &&
            toBlocks(rule.transition).length +
              toBlocks(rule.noncurrent_version_transition).length >
              0,
        );
      const had = moving(before);
      return moving(after)
        .filter((rule) => !had.some((old) => isSameValue(old, rule)))
        .map(
          (rule) =>
            text`${name}: rule ${readText(rule, "id") ?? ("" as Redacted)} moves objects to another storage class`,
        );
    },
  },
  "bucket-settings-changed": {
    severity: "weakening",
    covers: {
      [BUCKET]: SETTINGS,
    },
    description:
      "A bucket is published, copied, no longer locked, or deleted with what is in it.",
    check: (context) =>
      SETTINGS.flatMap((attribute) =>
        reportChanged(
          attribute,
          text` has another ${literal(attribute)}`,
        )(context),
      ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** What resources of these types are compared with when they are created. */
export const BUCKET_BASELINE = {
  [CLOSED]: {
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  },
  [OWNERSHIP]: { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
  [VERSIONING]: { versioning_configuration: [{ status: "Enabled" }] },
} as const;

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
      readAttribute(after, guard).kind !== "unknown" &&
      after[guard] !== true,
  );
  return guards.length === 0
    ? []
    : [text`${name} is off: ${listNames(guards as Redacted[])}`];
}

const ENCRYPTION_ORDER = ["", "AES256", "aws:kms", "aws:kms:dsse"];

function encryption(context: RuleContext): readonly RichText[] {
  const {
    before,
    after,
    name,
    isCreated,
    snapshotAfter: is,
    resource,
  } = context;
  if (resource.type === BUCKET)
    return isCreated
      ? []
      : reportChanged(
          "server_side_encryption_configuration",
          literal(" is encrypted in another way"),
        )(context);
  if (isCreated) return [];
  const path = "rule.apply_server_side_encryption_by_default";
  const weaker = reportLoweredInOrder(
    `${path}.sse_algorithm`,
    ENCRYPTION_ORDER,
    "",
    literal(" is weaker"),
  )(context);
  const [was, now] = [before, after].map((values) =>
    readText(values, `${path}.kms_master_key_id`),
  );
  const isOtherKey =
    weaker.length === 0 &&
    was !== undefined &&
    readAttribute(after, `${path}.kms_master_key_id`).kind !== "unknown" &&
    (now === undefined || is.canonicalize(was) !== is.canonicalize(now));
  return [
    ...weaker,
    ...(isOtherKey ? [text`${name} uses another key`] : []),
    ...reportChanged(
      "rule.blocked_encryption_types",
      literal(" accepts other kinds of encryption"),
    )(context),
  ];
}

/** Whether the bucket of a resource exists before the apply. */
function hasBucket({ after, snapshotBefore: was }: RuleContext): boolean {
  const bucket = readText(after, "bucket");
  return (
    bucket !== undefined &&
    was
      .listByType(BUCKET)
      .some(({ values }) => [values.bucket, values.id].includes(bucket))
  );
}

/** A rule of a new bucket has nothing to delete yet, unless it deletes what is current. */
function lifecycle(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated, resource } = context;
  if (resource.type === BUCKET)
    return reportChanged(
      "lifecycle_rule",
      literal(" deletes other objects"),
    )(context);
  const enabled = (values: typeof before) =>
    toBlocks(values.rule).filter(({ status }) => status === "Enabled");
  const had = enabled(before);
  return enabled(after).flatMap((rule) => {
    if (had.some((old) => isSameValue(old, rule))) return [];
    const days = (values: typeof rule, path: string): number =>
      readNumber(values, path) ?? Infinity;
    const twin = had.find((old) => old.id === rule.id);
    const id = readText(rule, "id") ?? ("" as Redacted);
    const deletesCurrent =
      readNumber(rule, "expiration.days") !== undefined &&
      readNumber(rule, "expiration.days") !== 0;
    const isDated = readText(rule, "expiration.date") !== undefined;
    if (deletesCurrent || isDated)
      return [text`${name}: rule ${id} deletes objects`];
    if (isCreated && !hasBucket(context)) return [];
    const kept = "noncurrent_version_expiration";
    const deletesVersions = toBlocks(rule[kept]).length > 0;
    const isSooner =
      twin === undefined ||
      !isSameValue(twin.filter, rule.filter) ||
      days(rule, `${kept}.noncurrent_days`) <
        days(twin, `${kept}.noncurrent_days`) ||
      (readNumber(rule, `${kept}.newer_noncurrent_versions`) ?? 0) <
        (readNumber(twin, `${kept}.newer_noncurrent_versions`) ?? 0);
    return deletesVersions && isSooner
      ? [text`${name}: rule ${id} deletes older versions sooner`]
      : [];
  });
}
