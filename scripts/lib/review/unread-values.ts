import {
  type Attributes,
  isAttributes,
  isEmpty,
  Unknown,
  type Value,
} from "../plan/attribute";
import type { PlannedChange } from "../plan/plan-model";
import { REDACTED, REDACTED_CHANGED, type Redacted } from "../plan/redactor";
import { type RichText, text } from "../plan/rich-text";
import { classifyAttribute, isReviewedType } from "./rules/coverage";
import type { NOT_REVIEWED_RULES } from "./rules/not-reviewed";
import { isSameValue, reportNames, type RuleFinding } from "./rules/rule";

type UnreadRuleId = keyof typeof NOT_REVIEWED_RULES;

/** Secrets by design, and policies, which are not readable then: their rules report each change. */
const SECRET_BY_DESIGN =
  /^(attributes|password|temporary_password|provider_details|secret_binary|secret_string|assume_role_policy|policy)(\.|$)|\.policy$/;

/** Reports values of a resource that no rule can review: unknown ones, secrets, and those of unknown attributes. */
export function checkUnreadValues(
  { address, type, action, before, after }: PlannedChange,
  name: RichText,
): readonly RuleFinding<UnreadRuleId>[] {
  const classify = getClassifier(type);
  const isReviewed = (path: string): boolean =>
    classify(path) === "rule" || classify(path) === "access";
  // blocks are compared as a whole
  const isChanged = (path: string): boolean => {
    const [root = ""] = path.split(".");
    return !isSameValue(before?.[root], after?.[root]);
  };
  const later = [...listValues(after)];
  const values = [...later, ...listValues(before)];
  const report = (
    rule: UnreadRuleId,
    found: readonly (readonly [Redacted, Value])[],
    ending: RichText = [],
  ): readonly RuleFinding<UnreadRuleId>[] =>
    reportNames(
      [...new Set(found.map(([path]) => path))],
      text`${name}: `,
      ending,
    ).map((message) => ({ rule, address, message }));
  return [
    ...report(
      "value-unknown",
      // attributes that AWS sets do not change with the resource
      later.filter(
        ([path, value]) =>
          value instanceof Unknown &&
          (!value.isComputed || (action === "update" && !path.includes("."))) &&
          isReviewed(path),
      ),
      text` known only after apply`,
    ),
    ...report(
      "value-hidden",
      values.filter(
        ([path, value]) =>
          (value === REDACTED || value === REDACTED_CHANGED) &&
          isReviewed(path) &&
          !SECRET_BY_DESIGN.test(path) &&
          isChanged(path),
      ),
      text` cannot be reviewed because it is marked as a secret`,
    ),
    ...report(
      "attribute-not-reviewed",
      values.filter(
        ([path, value]) =>
          isReviewedType(type) &&
          classify(path) === undefined &&
          (value instanceof Unknown || isChanged(path)),
      ),
    ),
  ];
}

/** Yields values by their paths, without indexes; values of blocks and lists by their parts. */
function* listValues(
  value: Attributes | Value | undefined,
  path = "" as Redacted,
): Generator<readonly [Redacted, Value]> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const part of value as readonly Value[]) yield* listValues(part, path);
  } else if (isAttributes(value)) {
    for (const [key, part] of Object.entries(value))
      yield* listValues(
        part,
        (path === "" ? key : `${path}.${key}`) as Redacted,
      );
  } else if (!isEmpty(value) || value instanceof Unknown) {
    yield [path, value];
  }
}

type Classifier = (path: string) => ReturnType<typeof classifyAttribute>;

const CLASSIFIERS = new Map<string, Classifier>();

/** Returns a function that classifies each attribute of a type once: a plan has many resources of the same type. */
function getClassifier(type: string): Classifier {
  const categories = new Map<string, ReturnType<Classifier>>();
  const classifier =
    CLASSIFIERS.get(type) ??
    ((path: string) => {
      if (!categories.has(path))
        categories.set(path, classifyAttribute(type, path));
      return categories.get(path);
    });
  CLASSIFIERS.set(type, classifier);
  return classifier;
}
