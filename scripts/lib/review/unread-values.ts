import {
  isAttributes,
  isEmpty,
  Unknown,
  type Attributes,
  type Value,
} from "../plan/attribute";
import type { PlannedChange } from "../plan/plan-model";
import { REDACTED, REDACTED_CHANGED, type Redacted } from "../plan/redactor";
import { listNames, text, type RichText } from "../plan/rich-text";
import { isReviewedType, classifyAttribute } from "./rules/coverage";
import type { NotReviewed } from "./rules/not-reviewed";
import { isSameValue } from "./rules/rule";

/** Returns the values of a resource that no rule can judge: unknown ones, secrets, and those of attributes without a rule. */
export function checkUnreadValues(
  change: PlannedChange,
  name: RichText,
): readonly NotReviewed[] {
  return [
    ...unknownValues(change, name),
    ...hiddenValues(change, name),
    ...strange(change, name),
  ];
}

/** Attributes that a rule or the comparison of access would judge, and that are known only after the apply. */
function unknownValues(
  { address, type, action, after }: PlannedChange,
  name: RichText,
): readonly NotReviewed[] {
  const paths = [...leavesOf(after)]
    .filter(([, value]) => value instanceof Unknown)
    // what AWS decides about a resource stays as it is when the resource changes
    .filter(
      ([path, value]) =>
        !(value as Unknown).isComputed ||
        (action === "update" && !path.includes(".")),
    )
    .map(([path]) => path)
    .filter((path) => isJudged(type, path));
  return paths.length === 0
    ? []
    : [
        {
          rule: "value-unknown",
          address,
          message: text`${name}: ${listNames([...new Set(paths)])} known only after apply`,
        },
      ];
}

/** Attributes that are secrets by design, and policies, which are not readable then: their rules report each change. */
const SECRET_BY_DESIGN =
  /^(attributes|password|temporary_password|provider_details|secret_binary|secret_string|assume_role_policy|policy)(\.|$)|\.policy$/;

/** Attributes that a rule or the comparison of access would judge, and that are marked as a secret. */
function hiddenValues(
  { address, type, before, after }: PlannedChange,
  name: RichText,
): readonly NotReviewed[] {
  const paths = [...leavesOf(after), ...leavesOf(before)]
    .filter(([, value]) => value === REDACTED || value === REDACTED_CHANGED)
    .map(([path]) => path)
    .filter((path) => isJudged(type, path) && !SECRET_BY_DESIGN.test(path))
    .filter(
      (path) => !isSameValue(valueUnder(before, path), valueUnder(after, path)),
    );
  return paths.length === 0
    ? []
    : [
        {
          rule: "value-hidden",
          address,
          message: text`${name}: ${listNames([...new Set(paths)])} cannot be judged, since it is marked as a secret`,
        },
      ];
}

/** Attributes that change, or that a new resource sets, and that the review does not know. */
function strange(
  { address, type, before, after }: PlannedChange,
  name: RichText,
): readonly NotReviewed[] {
  if (!isReviewedType(type)) return [];
  const had = new Map(leavesOf(before));
  const paths = [...leavesOf(after), ...(before === undefined ? [] : had)]
    .filter(([path]) => placeOf(type, path) === undefined)
    .filter(
      ([path, value]) =>
        value instanceof Unknown ||
        !isSameValue(valueUnder(before, path), valueUnder(after, path)),
    )
    .map(([path]) => path);
  return paths.length === 0
    ? []
    : [
        {
          rule: "attribute-not-reviewed",
          address,
          message: text`${name}: ${listNames([...new Set(paths)])}`,
        },
      ];
}

/** Returns the attribute at the root of a path: blocks are compared as a whole. */
function valueUnder(
  values: Attributes | undefined,
  path: string,
): Value | undefined {
  const [root = ""] = path.split(".");
  return values?.[root];
}

/** Values by their paths, without indexes; blocks and lists by their parts. */
function* leavesOf(
  value: Value | undefined,
  path = "" as Redacted,
): Generator<readonly [Redacted, Value]> {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) {
    for (const part of value as readonly Value[]) yield* leavesOf(part, path);
  } else if (isAttributes(value)) {
    for (const [key, part] of Object.entries(value))
      yield* leavesOf(part, (path === "" ? key : `${path}.${key}`) as Redacted);
  } else if (!isEmpty(value) || value instanceof Unknown) {
    yield [path, value];
  }
}

const PLACES = new Map<string, ReturnType<typeof classifyAttribute>>();

function placeOf(type: string, path: string) {
  const key = `${type} ${path}`;
  const known = PLACES.get(key);
  if (known !== undefined) return known;
  const place = classifyAttribute(type, path);
  PLACES.set(key, place);
  return place;
}

/** Whether a rule or the comparison of access judges an attribute. */
function isJudged(type: string, path: string): boolean {
  const place = placeOf(type, path);
  return place === "rule" || place === "access";
}
