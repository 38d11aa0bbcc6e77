import { isDeepStrictEqual } from "node:util";
import { parsePolicy, toCanonicalKey } from "../iam/policy";
import {
  type Attributes,
  formatValue,
  isAttributes,
  isEmpty,
  Unknown,
  type Value,
} from "./attribute";
import { type Redacted, REDACTED, REDACTED_CHANGED } from "./redactor";

/** A difference between two values of an attribute. */
export type ChangedValue =
  | {
      readonly kind: "changed";
      readonly path: Redacted;
      readonly before: Redacted;
      readonly after: Redacted;
    }
  | {
      readonly kind: "members";
      readonly path: Redacted;
      readonly gained: readonly Redacted[];
      readonly lost: readonly Redacted[];
    }
  /** Known only after the apply. */
  | {
      readonly kind: "unknown";
      readonly path: Redacted;
      readonly before: Redacted;
    }
  /** A secret that differs. */
  | { readonly kind: "secret"; readonly path: Redacted };

/** Counters and dates that AWS sets. */
const COUNTERS =
  /^(estimated_number_of_users|last_modified_date|creation_date|create_date|version_id)$/;
const POLICY_NAME = /(^|_)policy$/;

/** Returns the differences between the attributes of a resource. */
export function findChangedValues(
  before: Attributes | undefined,
  after: Attributes | undefined,
): readonly ChangedValue[] {
  const all = compare("" as Redacted, before ?? {}, after ?? {});
  const hasOwnTags = all.some(({ path }) => /^tags(\.|$)/.test(path));
  // tags_all repeats the tags of the resource
  return hasOwnTags
    ? all.filter(({ path }) => !path.startsWith("tags_all"))
    : all;
}

function compare(
  path: Redacted,
  before: Value | undefined,
  after: Value | undefined,
): ChangedValue[] {
  if (after instanceof Unknown)
    return after.isComputed
      ? []
      : [{ kind: "unknown", path, before: formatValue(before) }];
  if (isSame(before, after)) return [];
  if ([before, after].some(isSecret)) return [{ kind: "secret", path }];
  const name = path.split(".").at(-1) ?? "";
  if (POLICY_NAME.test(name)) {
    const members = comparePolicies(path, before, after);
    if (members !== undefined) return members;
  }
  if (isBlock(before) && isBlock(after))
    return compare(path, before[0], after[0]);
  if (Array.isArray(before) || Array.isArray(after))
    return compareLists(path, before, after);
  if (isAttributes(before) && isAttributes(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .filter((key) => path !== "" || !COUNTERS.test(key))
      .sort()
      .flatMap((key) =>
        compare(
          (path === "" ? key : `${path}.${key}`) as Redacted,
          before[key],
          after[key],
        ),
      );
  }
  return [
    {
      kind: "changed",
      path,
      before: formatValue(before),
      after: formatValue(after),
    },
  ];
}

function isSecret(value: Value | undefined): boolean {
  return value === REDACTED || value === REDACTED_CHANGED;
}

/** Returns whether two values are equal; a value that is not set equals an empty one. */
function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return isDeepStrictEqual(one, other) || (isEmpty(one) && isEmpty(other));
}

function compareLists(
  path: Redacted,
  before: Value | undefined,
  after: Value | undefined,
): ChangedValue[] {
  const [had, has] = [toMembers(before), toMembers(after)];
  const differing = compareMembers(path, had, has);
  // the first matching rule applies, so the order of rules is significant; the order of strings is not
  return differing.length > 0 || !had.some(isAttributes)
    ? differing
    : [
        {
          kind: "changed",
          path,
          before: formatValue(before),
          after: formatValue(after),
        },
      ];
}

function compareMembers(
  path: Redacted,
  before: readonly Value[],
  after: readonly Value[],
): ChangedValue[] {
  const [had, has] = [before.map(formatValue), after.map(formatValue)];
  const gained = has.filter((member) => !had.includes(member));
  const lost = had.filter((member) => !has.includes(member));
  return gained.length + lost.length === 0
    ? []
    : [{ kind: "members", path, gained, lost }];
}

/** Compares the statements and the version of policies; returns `undefined` if one cannot be parsed. */
function comparePolicies(
  path: Redacted,
  before: Value | undefined,
  after: Value | undefined,
): ChangedValue[] | undefined {
  if (typeof before !== "string" || typeof after !== "string") return undefined;
  const [one, other] = [parsePolicy(before), parsePolicy(after)];
  if (one.kind === "unreadable" || other.kind === "unreadable")
    return undefined;
  const [had, has] = [before, after].map(
    (policy) => JSON.parse(policy) as Attributes,
  );
  const version = compare(
    `${path}.Version` as Redacted,
    had?.Version,
    has?.Version,
  );
  const isSameAccess =
    toCanonicalKey(one.statements) === toCanonicalKey(other.statements);
  return isSameAccess
    ? version
    : [
        ...version,
        ...compareMembers(
          path,
          toMembers(had?.Statement),
          toMembers(has?.Statement),
        ),
      ];
}

/** Returns whether a value is a single block, which Terraform writes as a list. */
function isBlock(value: Value | undefined): value is readonly [Attributes] {
  return Array.isArray(value) && value.length === 1 && isAttributes(value[0]);
}

function toMembers(value: Value | undefined): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  return value === null || value === undefined ? [] : [value];
}
