import {
  type Attributes,
  readNumber,
  readText,
  toBlocks,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { type RichText, text } from "../../plan/rich-text";
import {
  combineChecks,
  COST,
  isSameValue,
  REPLACES,
  reportChanged,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const BUCKET = "aws_s3_bucket";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";

/** Rules about lifecycle rules, which delete or move objects of a bucket. */
export const BUCKET_LIFECYCLE_RULES = {
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
      "A lifecycle rule deletes objects of a bucket, or older versions of them, that were retained.",
    check: combineChecks(
      reportChanged("lifecycle_rule", text` deletes other objects`),
      checkExpiration,
    ),
  },
  "lifecycle-archives": {
    severity: "breaking",
    covers: {
      [LIFECYCLE]: ["rule.transition", "rule.noncurrent_version_transition"],
    },
    description:
      "A lifecycle rule moves objects of a bucket, or older versions of them, to another storage class, from which they may have to be restored before they can be read.",
    check: ({ before, after, name }) =>
      listEnabledRules(after)
        .filter(
          (rule) =>
            toBlocks(rule.transition).length > 0 ||
            toBlocks(rule.noncurrent_version_transition).length > 0,
        )
        .filter((rule) => isNewRule(rule, before))
        .map(
          (rule) =>
            text`${name}: rule ${getRuleId(rule)} moves objects to another storage class`,
        ),
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const BUCKET_LIFECYCLE_TYPES = {
  [LIFECYCLE]: {
    ignored: {
      [REPLACES]: "bucket expected_bucket_owner",
      [COST]: "transition_default_minimum_object_size",
      "it deletes incomplete uploads, which are not objects":
        "rule.abort_incomplete_multipart_upload",
    },
  },
} as const satisfies Readonly<Record<string, ReviewedType>>;

function checkExpiration(context: RuleContext): readonly RichText[] {
  const { before, after, name, isCreated } = context;
  return listEnabledRules(after)
    .filter((rule) => isNewRule(rule, before))
    .flatMap((rule) => {
      const id = getRuleId(rule);
      if (
        (readNumber(rule, "expiration.days") ?? 0) !== 0 ||
        readText(rule, "expiration.date") !== undefined
      )
        return [text`${name}: rule ${id} deletes objects`];
      // a new bucket has no older versions
      if (isCreated && !isForExistingBucket(context)) return [];
      const earlier = listEnabledRules(before).find(
        (one) => one.id === rule.id,
      );
      return isDeletingSooner(rule, earlier)
        ? [text`${name}: rule ${id} deletes older versions sooner`]
        : [];
    });
}

function isDeletingSooner(
  rule: Attributes,
  earlier: Attributes | undefined,
): boolean {
  const path = "noncurrent_version_expiration";
  const getDays = (values: Attributes): number =>
    readNumber(values, `${path}.noncurrent_days`) ?? Infinity;
  const getRetained = (values: Attributes): number =>
    readNumber(values, `${path}.newer_noncurrent_versions`) ?? 0;
  return (
    toBlocks(rule[path]).length > 0 &&
    (earlier === undefined ||
      !isSameValue(earlier.filter, rule.filter) ||
      getDays(rule) < getDays(earlier) ||
      getRetained(rule) < getRetained(earlier))
  );
}

function listEnabledRules({ rule }: Attributes): readonly Attributes[] {
  return toBlocks(rule).filter(({ status }) => status === "Enabled");
}

function isNewRule(rule: Attributes, before: Attributes): boolean {
  return !listEnabledRules(before).some((one) => isSameValue(one, rule));
}

function getRuleId(rule: Attributes): Redacted {
  return readText(rule, "id") ?? ("" as Redacted);
}

function isForExistingBucket({ after, snapshotBefore }: RuleContext): boolean {
  const bucket = readText(after, "bucket");
  return (
    bucket !== undefined &&
    snapshotBefore
      .listByType(BUCKET)
      .some(({ values }) => [values.bucket, values.id].includes(bucket))
  );
}
