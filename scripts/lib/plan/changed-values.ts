import { isDeepStrictEqual } from "node:util";
import { parsePolicy, toCanonicalKey, toList } from "../iam/policy";
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
export type ChangedValue = { readonly path: Redacted } & (
  | {
      readonly kind: "changed";
      readonly before: Redacted;
      readonly after: Redacted;
    }
  | {
      readonly kind: "members";
      readonly gained: readonly Redacted[];
      readonly lost: readonly Redacted[];
    }
  /** Known only after the apply. */
  | { readonly kind: "unknown"; readonly before: Redacted }
  /** A secret that differs. */
  | { readonly kind: "secret" }
);

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
  return [toChange(path, before, after)];
}

function toChange(
  path: Redacted,
  before: Value | undefined,
  after: Value | undefined,
): ChangedValue {
  return {
    kind: "changed",
    path,
    before: formatValue(before),
    after: formatValue(after),
  };
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
  const members = compareMembers(path, before, after);
  // the first matching rule applies, so the order of rules is significant; the order of strings is not
  return members.length > 0 || !toMembers(before).some(isAttributes)
    ? members
    : [toChange(path, before, after)];
}

function compareMembers(
  path: Redacted,
  before: Value | undefined,
  after: Value | undefined,
): ChangedValue[] {
  const members = toMembers(before).map(formatValue);
  const newMembers = toMembers(after).map(formatValue);
  const gained = newMembers.filter((member) => !members.includes(member));
  const lost = members.filter((member) => !newMembers.includes(member));
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
  const [document, newDocument] = [before, after].map(
    (policy) => JSON.parse(policy) as Attributes,
  );
  const isSameAccess =
    toCanonicalKey(one.statements) === toCanonicalKey(other.statements);
  return [
    ...compare(
      `${path}.Version` as Redacted,
      document?.Version,
      newDocument?.Version,
    ),
    ...(isSameAccess
      ? []
      : compareMembers(path, document?.Statement, newDocument?.Statement)),
  ];
}

/** Returns whether a value is a single block, which Terraform writes as a list. */
function isBlock(value: Value | undefined): value is readonly [Attributes] {
  return Array.isArray(value) && value.length === 1 && isAttributes(value[0]);
}

function toMembers(value: Value | undefined): readonly Value[] {
  return toList(value) as readonly Value[];
}
