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

/** Reports values of a resource that no rule can review: unknown ones, secrets, and those of unknown attributes. */
export function checkUnreadValues(
  change: PlannedChange,
  name: RichText,
): readonly RuleFinding<keyof typeof NOT_REVIEWED_RULES>[] {
  const { address } = change;
  const report = <Id extends keyof typeof NOT_REVIEWED_RULES>(
    rule: Id,
    paths: readonly Redacted[],
    ending: RichText = [],
  ) =>
    reportNames([...new Set(paths)], text`${name}: `, ending).map(
      (message) => ({ rule, address, message }),
    );
  return [
    ...report(
      "value-unknown",
      findUnknownValues(change),
      text` known only after apply`,
    ),
    ...report(
      "value-hidden",
      findHiddenValues(change),
      text` cannot be reviewed because it is marked as a secret`,
    ),
    ...report("attribute-not-reviewed", findUnknownAttributes(change)),
  ];
}

/** Leaves out attributes that AWS sets, since they do not change with the resource. */
function findUnknownValues({
  type,
  action,
  after,
}: PlannedChange): readonly Redacted[] {
  return [...listValues(after)].flatMap(([path, value]) =>
    value instanceof Unknown &&
    (!value.isComputed || (action === "update" && !path.includes("."))) &&
    isReviewed(type, path)
      ? path
      : [],
  );
}

/** Secrets by design, and policies, which are not readable then: their rules report each change. */
const SECRET_BY_DESIGN =
  /^(attributes|password|temporary_password|provider_details|secret_binary|secret_string|assume_role_policy|policy)(\.|$)|\.policy$/;

function findHiddenValues({
  type,
  before,
  after,
}: PlannedChange): readonly Redacted[] {
  return [...listValues(after), ...listValues(before)].flatMap(
    ([path, value]) =>
      (value === REDACTED || value === REDACTED_CHANGED) &&
      isReviewed(type, path) &&
      !SECRET_BY_DESIGN.test(path) &&
      isChanged(path, before, after)
        ? path
        : [],
  );
}

/** Finds attributes that change, or that a new resource sets, and that the review does not know. */
function findUnknownAttributes({
  type,
  before,
  after,
}: PlannedChange): readonly Redacted[] {
  if (!isReviewedType(type)) return [];
  return [...listValues(after), ...listValues(before)].flatMap(
    ([path, value]) =>
      classify(type, path) === undefined &&
      (value instanceof Unknown || isChanged(path, before, after))
        ? path
        : [],
  );
}

/** Whether the attribute at the root of a path changes: blocks are compared as a whole. */
function isChanged(
  path: string,
  before: Attributes | undefined,
  after: Attributes | undefined,
): boolean {
  const [root = ""] = path.split(".");
  return !isSameValue(before?.[root], after?.[root]);
}

/** Yields values by their paths, without indexes; values of blocks and lists by their parts. */
function* listValues(
  value: Value | undefined,
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

const CATEGORIES = new Map<string, ReturnType<typeof classifyAttribute>>();

/** Classifies an attribute once: a plan has many resources of the same type. */
function classify(type: string, path: string) {
  const key = `${type} ${path}`;
  if (!CATEGORIES.has(key)) CATEGORIES.set(key, classifyAttribute(type, path));
  return CATEGORIES.get(key);
}

/** Whether a rule or the comparison of access reviews an attribute. */
function isReviewed(type: string, path: string): boolean {
  const category = classify(type, path);
  return category === "rule" || category === "access";
}
