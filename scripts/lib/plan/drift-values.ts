import { isDeepStrictEqual } from "node:util";

/** How one attribute differs from what Terraform left. */
export type DriftedValue =
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

/** Names of attributes that are secrets, marked so or not. */
const SECRET_NAME =
  /secret(_string|_binary)?$|password$|passphrase$|token$|private_key|api_key/i;
/** Blocks of what only sounds so: units of time, by the kind of token. */
const NO_SECRETS = /(^|\.)token_validity_units\./;
/** Attributes that count or date what goes on, or repeat another. */
const NOISE =
  /^(tags_all|estimated_number_of_users|last_modified_date|creation_date|create_date|managed_policy_arns|inline_policy|version_id)$/;
const POLICY_NAME = /(^|_)policy$/;

/** The values that differ, by the path of attributes to each; what is secret stays so. */
export function driftedValues(
  before: unknown,
  after: unknown,
  isSecretBefore: unknown,
  isSecretAfter: unknown,
): readonly DriftedValue[] {
  return compare("", before, after, [isSecretBefore, isSecretAfter]);
}

function compare(
  path: string,
  before: unknown,
  after: unknown,
  marks: readonly unknown[],
): DriftedValue[] {
  if (isSame(before, after)) return [];
  const name = path.split(".").at(-1) ?? "";
  if (marks.includes(true) || isSecret(path, name, [before, after]))
    return [{ kind: "secret", path }];
  // a list of which any part is secret is told by its name alone
  if (!isBlock(before) || !isBlock(after))
    if ((isMulti(before) || isMulti(after)) && marks.some(hasMark))
      return [{ kind: "secret", path }];
  if (POLICY_NAME.test(name)) {
    const [one, other] = [statementsOf(before), statementsOf(after)];
    if (one !== undefined && other !== undefined)
      return membersOf(path, one, other);
  }
  if (isBlock(before) && isBlock(after))
    return compare(path, before[0], after[0], marks.map(firstOf));
  if (Array.isArray(before) || Array.isArray(after))
    return membersOf(path, listOf(before), listOf(after));
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .filter((key) => path !== "" || !NOISE.test(key))
      .sort()
      .flatMap((key) =>
        compare(
          path === "" ? key : `${path}.${key}`,
          before[key],
          after[key],
          marks.map((mark) => partOf(mark, key)),
        ),
      );
  }
  return [{ kind: "changed", path, before: show(before), after: show(after) }];
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
    (isObject(value) && Object.keys(value).length === 0)
  );
}

function membersOf(
  path: string,
  before: readonly unknown[],
  after: readonly unknown[],
): DriftedValue[] {
  const [one, other] = [before.map(show), after.map(show)];
  const gained = other.filter((member) => !one.includes(member));
  const lost = one.filter((member) => !other.includes(member));
  // another order is no change
  return gained.length + lost.length === 0
    ? []
    : [{ kind: "members", path, gained, lost }];
}

/** Statements of a policy's text, each spelled one way; `undefined` for another text. */
function statementsOf(text: unknown): readonly unknown[] | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { Statement } = JSON.parse(text) as { readonly Statement?: unknown };
    return Statement === undefined ? undefined : listOf(Statement);
  } catch {
    return undefined;
  }
}

/** Terraform has a block that comes once as a list of one. */
function isBlock(value: unknown): value is readonly [object] {
  return Array.isArray(value) && value.length === 1 && isObject(value[0]);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function firstOf(mark: unknown): unknown {
  return Array.isArray(mark) ? mark[0] : mark;
}

function partOf(mark: unknown, key: string): unknown {
  return isObject(mark) ? mark[key] : mark;
}

/** A value as a sentence has it: texts as they are, all else as JSON with its keys and lists in one order. */
function show(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" && value !== ""
    ? value
    : JSON.stringify(value, (_, part: unknown) => {
        if (Array.isArray(part) && part.every((one) => typeof one === "string"))
          return [...part].sort();
        return isObject(part)
          ? Object.fromEntries(
              Object.entries(part).sort(([one], [other]) =>
                one < other ? -1 : 1,
              ),
            )
          : part;
      });
}
