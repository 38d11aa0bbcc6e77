import { readText } from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  ASSIGNED,
  combineChecks,
  COST,
  limitToExisting,
  isUnknown,
  REPLACES,
  reportChanged,
  reportDowngraded,
  reportNames,
  reportUnsafe,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const BUCKET = "aws_s3_bucket";
const ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration";
const VERSIONING = "aws_s3_bucket_versioning";
const PUBLIC_ACCESS_BLOCK = "aws_s3_bucket_public_access_block";
const OWNERSHIP = "aws_s3_bucket_ownership_controls";

/** Settings of a public access block, each of which closes a bucket. */
const GUARDS = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
] as const;
/** Settings of a bucket for which any change is reported. */
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

/** Rules about the bucket for the Terraform state. */
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
      "A bucket no longer retains older versions, or they can be deleted more easily.",
    check: combineChecks(
      reportUnsafe(
        "versioning_configuration.status",
        "Enabled",
        text` no longer retains older versions`,
      ),
      reportDowngraded(
        "versioning_configuration.mfa_delete",
        ["Disabled", "Enabled"],
        text` allows deleting versions without a second factor`,
      ),
      reportChanged("versioning", text` has another versioning`),
    ),
  },
  "public-access-allowed": {
    severity: "weakening",
    covers: { [PUBLIC_ACCESS_BLOCK]: [...GUARDS, "skip_destroy"] },
    description: "A bucket can be made public.",
    check: ({ before, after, name }) =>
      reportNames(
        GUARDS.filter(
          (guard) =>
            before[guard] === true &&
            after[guard] !== true &&
            !isUnknown(after, guard),
        ) as readonly string[] as readonly Redacted[],
        text`${name} is off: `,
      ),
  },
  "ownership-changed": {
    severity: "weakening",
    covers: { [OWNERSHIP]: ["rule.object_ownership"] },
    description:
      "Access control lists (ACLs) control access to the objects of a bucket.",
    check: reportUnsafe(
      "rule.object_ownership",
      "BucketOwnerEnforced",
      text` lets access control lists (ACLs) control access to objects`,
    ),
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
    check: limitToExisting(checkEncryption),
  },
  "bucket-settings-changed": {
    severity: "weakening",
    covers: { [BUCKET]: SETTINGS },
    description:
      "A bucket is published, replicated, no longer locked, or deleted together with its objects.",
    check: combineChecks(
      ...SETTINGS.map((setting) =>
        reportChanged(setting, text` has another ${literal(setting)}`),
      ),
    ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const BUCKET_TYPES = {
  [BUCKET]: {
    access: ["policy"],
    ignored: {
      [ASSIGNED]:
        "bucket_domain_name bucket_region bucket_regional_domain_name hosted_zone_id website_domain website_endpoint",
      [REPLACES]: "bucket bucket_prefix",
      [COST]: "acceleration_status request_payer",
    },
  },
  aws_s3_bucket_policy: {
    access: ["policy"],
    ignored: { [REPLACES]: "bucket" },
  },
  [VERSIONING]: {
    baseline: { versioning_configuration: [{ status: "Enabled" }] },
    ignored: { [REPLACES]: "bucket expected_bucket_owner" },
  },
  [PUBLIC_ACCESS_BLOCK]: {
    baseline: Object.fromEntries(GUARDS.map((guard) => [guard, true])),
    ignored: { [REPLACES]: "bucket" },
  },
  [OWNERSHIP]: {
    baseline: { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
    ignored: { [REPLACES]: "bucket" },
  },
  [ENCRYPTION]: {
    ignored: {
      [REPLACES]: "bucket expected_bucket_owner",
      [COST]: "rule.bucket_key_enabled",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

function checkEncryption(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotAfter } = context;
  const path = "rule.apply_server_side_encryption_by_default";
  const weaker = reportDowngraded(
    `${path}.sse_algorithm`,
    ["", "AES256", "aws:kms", "aws:kms:dsse"],
    text` is weaker`,
  )(context);
  const [from, to] = [before, after].map((values) => {
    const key = readText(values, `${path}.kms_master_key_id`);
    return key === undefined ? undefined : snapshotAfter.canonicalize(key);
  });
  const isOtherKey =
    weaker.length === 0 &&
    from !== undefined &&
    from !== to &&
    !isUnknown(after, `${path}.kms_master_key_id`);
  return [
    ...weaker,
    ...(isOtherKey ? [text`${name} uses another key`] : []),
    ...combineChecks(
      reportChanged(
        "rule.blocked_encryption_types",
        text` allows other kinds of encryption`,
      ),
      reportChanged(
        "server_side_encryption_configuration",
        text` is encrypted in another way`,
      ),
    )(context),
  ];
}
