import { isJsonObject, type JsonObject } from "../system/json-object";

/**
 * One statement of an IAM policy in one canonical form: lists wherever IAM also accepts a single value.
 *
 * `T` is the type of its texts, so that what is read from a redacted text stays a redacted text.
 */
export interface Statement<T extends string = string> {
  readonly effect: "Allow" | "Deny";
  /** Absent in a policy of an identity. */
  readonly principals?: PatternSet<T>;
  readonly actions: PatternSet<T>;
  readonly resources: PatternSet<T>;
  readonly conditions: readonly Condition<T>[];
  /** The statement's `Sid`, which decides nothing. */
  readonly sid?: T;
  /** Address of the resource that has the statement, if the caller sets it. */
  readonly origin?: T;
}

/** Patterns of which one has to match; none of them where the set is inverted (`NotAction`). */
export interface PatternSet<T extends string = string> {
  readonly patterns: readonly T[];
  readonly isInverted: boolean;
}

/** One test of a request: one of the values has to match. */
export interface Condition<T extends string = string> {
  /** IAM's operator, such as `StringEquals` or `ForAnyValue:StringLike`. */
  readonly operator: T;
  /** In lower case, since IAM ignores the case of keys. */
  readonly key: T;
  readonly values: readonly T[];
}

/** A policy, or the text of one that cannot be read and therefore may say anything. */
export type Policy<T extends string = string> =
  | {
      readonly kind: "readable";
      readonly statements: readonly Statement<T>[];
    }
  | { readonly kind: "unreadable"; readonly text: T; readonly reason: string };

/** Returns what a policy says; unreadable if it is not JSON, or has a part that IAM's grammar does not know. */
export function parsePolicy<T extends string>(text: T): Policy<T> {
  const unreadable = (reason: string): Policy<T> => ({
    kind: "unreadable",
    text,
    reason,
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return unreadable("it is not JSON");
  }
  if (!isJsonObject(document)) return unreadable("it is not a JSON object");
  const strange = Object.keys(document).find(
    (key) => !DOCUMENT_KEYS.includes(key),
  );
  if (strange !== undefined)
    return unreadable("it has a member that IAM does not know");
  if (![undefined, ...VERSIONS].includes(document.Version as string))
    return unreadable("its Version is unknown");
  const listed = toList(document.Statement);
  if (listed.length === 0) return unreadable("it has no statement");
  const statements: Statement<T>[] = [];
  for (const value of listed) {
    const statement = parseStatement<T>(value);
    if (typeof statement === "string") return unreadable(statement);
    statements.push(statement);
  }
  return { kind: "readable", statements };
}

/** Returns the statements of a policy; none of one that cannot be read, which the caller has to report. */
export function getStatements<T extends string>(
  policy: Policy<T>,
): readonly Statement<T>[] {
  return policy.kind === "readable" ? policy.statements : [];
}

/**
 * Returns a text that is equal for policies that certainly say the same: readable ones whose statements are equal in any
 * order, unreadable ones only if their text is equal.
 */
export function toPolicyKey(policy: Policy): string {
  return policy.kind === "readable"
    ? toCanonicalKey(policy.statements)
    : JSON.stringify(policy.text);
}

/** Returns a text that is equal for lists of equal statements, in any order, whatever their `Sid`. */
export function toCanonicalKey(statements: readonly Statement[]): string {
  return JSON.stringify(
    statements
      .map((one) =>
        JSON.stringify({ ...one, sid: undefined, origin: undefined }),
      )
      .sort(),
  );
}

/** Returns a statement with another text in place of each of its principals, resources and condition values. */
export function mapTexts<T extends string, U extends string>(
  statement: Statement<T>,
  change: (text: T) => U,
): Statement<T | U> {
  const mapped = ({
    patterns,
    isInverted,
  }: PatternSet<T>): PatternSet<T | U> => ({
    patterns: sortedOnce(patterns.map(change)),
    isInverted,
  });
  const { principals, resources, conditions } = statement;
  return {
    ...statement,
    ...(principals !== undefined && { principals: mapped(principals) }),
    resources: mapped(resources),
    conditions: conditions.map((condition) => ({
      ...condition,
      values: sortedOnce(condition.values.map(change)),
    })),
  };
}

/** Returns a policy's value, which may be one or a list, as a list. */
export function toList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const VERSIONS = ["2008-10-17", "2012-10-17"];
const DOCUMENT_KEYS = ["Version", "Id", "Statement"];
const STATEMENT_KEYS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/** Returns the statement, or why it cannot be read. */
function parseStatement<T extends string>(
  value: unknown,
): Statement<T> | string {
  if (!isJsonObject(value)) return "a statement is not an object";
  if (Object.keys(value).some((key) => !STATEMENT_KEYS.includes(key)))
    return "a statement has a member that IAM does not know";
  const { Effect: effect, Sid: sid } = value;
  if (effect !== "Allow" && effect !== "Deny")
    return "the Effect of a statement is neither Allow nor Deny";
  const actions = patternSet<T>(value, "Action");
  const resources = patternSet<T>(value, "Resource");
  const principals = principalSet<T>(value);
  const conditions = parseConditions<T>(value.Condition);
  for (const part of [actions, resources, principals, conditions])
    if (typeof part === "string") return part;
  if (
    typeof actions !== "object" ||
    typeof resources === "string" ||
    typeof principals === "string" ||
    typeof conditions === "string"
  )
    return "a statement has no Action";
  return {
    effect,
    ...(principals !== undefined && { principals }),
    actions,
    // a trust policy is about its own role
    resources: resources ?? { patterns: ["*" as T], isInverted: false },
    conditions,
    ...(typeof sid === "string" && sid !== "" && { sid: sid as T }),
  };
}

function patternSet<T extends string>(
  statement: JsonObject,
  name: "Action" | "Resource",
): PatternSet<T> | string | undefined {
  const [plain, inverted] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && inverted !== undefined)
    return `a statement has both ${name} and Not${name}`;
  const value = plain ?? inverted;
  if (value === undefined) return undefined;
  const patterns = textsOf(value);
  if (patterns === undefined)
    return `the ${name} of a statement is not a text or a list of texts`;
  return {
    patterns: sortedOnce(patterns as readonly T[]),
    isInverted: plain === undefined,
  };
}

/** Principals as `AWS:arn:…`, `Federated:…`, `Service:…`, or `*` for anyone. */
function principalSet<T extends string>({
  Principal: plain,
  NotPrincipal: inverted,
}: JsonObject): PatternSet<T> | string | undefined {
  if (plain !== undefined && inverted !== undefined)
    return "a statement has both Principal and NotPrincipal";
  const value = plain ?? inverted;
  if (value === undefined) return undefined;
  const isInverted = plain === undefined;
  if (value === "*") return { patterns: ["*" as T], isInverted };
  if (!isJsonObject(value)) return "the Principal of a statement is unknown";
  const patterns: T[] = [];
  for (const [kind, names] of Object.entries(value)) {
    const texts = textsOf(names);
    if (texts === undefined || !PRINCIPAL_KINDS.includes(kind))
      return "the Principal of a statement is unknown";
    patterns.push(
      ...texts.map(
        (name) =>
          (name === "*" && kind === "AWS"
            ? "*"
            : `${kind}:${accountRoot(kind, name)}`) as T,
      ),
    );
  }
  if (patterns.length === 0) return "a statement names no Principal";
  return { patterns: sortedOnce(patterns), isInverted };
}

const PRINCIPAL_KINDS = ["AWS", "Federated", "Service", "CanonicalUser"];

/** IAM accepts an account's number in place of its root. */
function accountRoot(kind: string, name: string): string {
  return kind === "AWS" && /^\d{12}$/.test(name)
    ? `arn:aws:iam::${name}:root`
    : name;
}

function parseConditions<T extends string>(
  block: unknown,
): readonly Condition<T>[] | string {
  if (block === undefined || block === null) return [];
  if (!isJsonObject(block)) return "the Condition of a statement is unknown";
  const conditions: Condition<T>[] = [];
  for (const [operator, tests] of Object.entries(block)) {
    if (!isJsonObject(tests)) return "the Condition of a statement is unknown";
    for (const [key, value] of Object.entries(tests)) {
      if (!toList(value ?? {}).every(isPlain))
        return "a value of a Condition is not a text, a number or a switch";
      const values = toList(value).map(
        (item) => (typeof item === "string" ? item : JSON.stringify(item)) as T,
      );
      conditions.push({
        operator: operator as T,
        key: key.toLowerCase() as T,
        values: sortedOnce(values),
      });
    }
  }
  const order = ({ operator, key }: Condition): string => `${operator} ${key}`;
  return conditions.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

function isPlain(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function textsOf(value: unknown): readonly string[] | undefined {
  const texts = toList(value);
  return texts.length > 0 && texts.every((item) => typeof item === "string")
    ? texts
    : undefined;
}

function sortedOnce<T extends string>(texts: readonly T[]): readonly T[] {
  return [...new Set(texts)].sort();
}

/**
 * Decodes a policy as IAM returns it, URL-encoded. Plain JSON, which stand-ins for IAM return, stays as it is; so does a text
 * that is neither, which `parsePolicy` then reports as not readable.
 */
export function decodePolicy(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
