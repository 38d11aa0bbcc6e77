import { isDeepStrictEqual } from "node:util";
import { isSecret, showValue } from "./shown-values";
import { isJsonObject } from "../json-object";

/** How one attribute differs from what it was. */
export type ChangedValue =
  | {
      readonly kind: "changed";
      readonly path: string;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly kind: "members";
      readonly path: string;
      readonly gained: readonly string[];
      readonly lost: readonly string[];
    }
  /** A secret: that it differs is all that may be said. */
  | { readonly kind: "secret"; readonly path: string };

/** A value, and Terraform's marks of what in it is secret. */
interface Marked {
  readonly value: unknown;
  readonly mark: unknown;
}

/** Attributes that count or date what goes on, or repeat another. */
const NOISE =
  /^(tags_all|estimated_number_of_users|last_modified_date|creation_date|create_date|managed_policy_arns|inline_policy|version_id)$/;
const POLICY_NAME = /(^|_)policy$/;

/** The values that differ, by the path of attributes to each; what is secret stays so. */
export function changedValues(
  before: unknown,
  after: unknown,
  isSecretBefore: unknown,
  isSecretAfter: unknown,
): readonly ChangedValue[] {
  return compare(
    "",
    { value: before, mark: isSecretBefore },
    { value: after, mark: isSecretAfter },
  );
}

function compare(path: string, one: Marked, other: Marked): ChangedValue[] {
  const [before, after] = [one.value, other.value];
  if (isSame(before, after)) return [];
  const name = path.split(".").at(-1) ?? "";
  if (
    path !== "" &&
    [one, other].some(({ value, mark }) => isSecret(name, value, mark))
  )
    return [{ kind: "secret", path }];
  if (POLICY_NAME.test(name)) {
    const [policy, changed] = [policyOf(before), policyOf(after)];
    if (policy !== undefined && changed !== undefined)
      return comparePolicies(path, policy, changed);
  }
  if (isBlock(before) && isBlock(after))
    return compare(path, partOf(one, 0), partOf(other, 0));
  if (Array.isArray(before) || Array.isArray(after))
    return compareLists(path, one, other);
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .filter((key) => path !== "" || !NOISE.test(key))
      .sort()
      .flatMap((key) =>
        compare(
          path === "" ? key : `${path}.${key}`,
          partOf(one, key),
          partOf(other, key),
        ),
      );
  }
  return [{ kind: "changed", path, before: show(one), after: show(other) }];
}

/** Whether two values mean the same: an attribute that is not there is an empty one. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other) || (isEmpty(one) && isEmpty(other));
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0)
  );
}

function compareLists(
  path: string,
  one: Marked,
  other: Marked,
): ChangedValue[] {
  const [before, after] = [membersOf(one), membersOf(other)];
  const differing = compareMembers(path, before, after);
  // of rules, such as those that choose a role, the first one that fits counts; texts have no order
  return differing.length > 0 ||
    !before.some(({ value }) => isJsonObject(value))
    ? differing
    : [{ kind: "changed", path, before: show(one), after: show(other) }];
}

function compareMembers(
  path: string,
  before: readonly Marked[],
  after: readonly Marked[],
): ChangedValue[] {
  // told apart with their secrets, shown without
  const [one, other] = [before.map(spelled), after.map(spelled)];
  const gained = after.filter((member) => !one.includes(spelled(member)));
  const lost = before.filter((member) => !other.includes(spelled(member)));
  return gained.length + lost.length === 0
    ? []
    : [
        {
          kind: "members",
          path,
          gained: gained.map(show),
          lost: lost.map(show),
        },
      ];
}

function comparePolicies(
  path: string,
  one: Policy,
  other: Policy,
): ChangedValue[] {
  const { Statement: before, ...rest } = one;
  const { Statement: after, ...otherRest } = other;
  return [
    ...compareMembers(path, unmarked(before), unmarked(after)),
    ...compare(path, { value: rest, mark: {} }, { value: otherRest, mark: {} }),
  ];
}

type Policy = Readonly<Record<string, unknown>>;

/** A policy's text as what it says; `undefined` for another text. */
function policyOf(text: unknown): Policy | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const policy: unknown = JSON.parse(text);
    return isJsonObject(policy) && "Statement" in policy ? policy : undefined;
  } catch {
    return undefined;
  }
}

function unmarked(statements: unknown): readonly Marked[] {
  return membersOf({ value: statements, mark: {} });
}

/** Terraform has a block that comes once as a list of one. */
function isBlock(value: unknown): value is readonly [object] {
  return Array.isArray(value) && value.length === 1 && isJsonObject(value[0]);
}

function membersOf(list: Marked): readonly Marked[] {
  const { value } = list;
  if (Array.isArray(value)) return value.map((_, index) => partOf(list, index));
  return value === null || value === undefined ? [] : [list];
}

function partOf({ value, mark }: Marked, key: string | number): Marked {
  const of = (whole: unknown): unknown =>
    typeof whole === "object" && whole !== null
      ? (whole as Readonly<Record<string | number, unknown>>)[key]
      : undefined;
  return { value: of(value), mark: mark === true || of(mark) };
}

function show({ value, mark }: Marked): string {
  return showValue(value, mark);
}

function spelled({ value }: Marked): string {
  return showValue(value, {}, { withSecrets: true });
}
