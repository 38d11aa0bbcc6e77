import { isJsonObject, type JsonObject } from "../system/json-object";
import { splitWords } from "../system/words";

/**
 * A statement of an IAM policy, with a list wherever IAM allows a list or a single value. `T` is the type of its strings:
 * a statement of a redacted policy consists of redacted strings.
 */
export interface Statement<T extends string = string> {
  readonly effect: "Allow" | "Deny";
  /** Absent in an identity-based policy. */
  readonly principals?: PatternSet<T>;
  readonly actions: PatternSet<T>;
  readonly resources: PatternSet<T>;
  readonly conditions: readonly Condition<T>[];
  readonly sid?: T;
  /** Address of the resource with the statement, if the caller sets it. */
  readonly origin?: T;
}

/** Patterns of which one must match; none of them may match if the set is inverted, as in `NotAction`. */
export interface PatternSet<T extends string = string> {
  readonly patterns: readonly T[];
  readonly isInverted: boolean;
}

/** A condition key with an operator and values. */
export interface Condition<T extends string = string> {
  /** Such as `StringEquals` or `ForAnyValue:StringLike`. */
  readonly operator: T;
  /** In lowercase, since condition keys are case-insensitive. */
  readonly key: T;
  readonly values: readonly T[];
}

/** A parsed policy, or the text of one that cannot be parsed and may grant anything. */
export type Policy<T extends string = string> =
  | {
      readonly kind: "readable";
      readonly statements: readonly Statement<T>[];
    }
  | { readonly kind: "unreadable"; readonly text: T; readonly reason: string };

/** Parses a policy. It is unreadable if it is not JSON or does not follow the grammar of IAM. */
export function parsePolicy<T extends string>(text: T): Policy<T> {
  try {
    return { kind: "readable", statements: parseStatements<T>(text) };
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    return { kind: "unreadable", text, reason: error.message };
  }
}

/** Returns the statements of a policy; none if it is unreadable, which the caller must report. */
export function getStatements<T extends string>(
  policy: Policy<T>,
): readonly Statement<T>[] {
  return policy.kind === "readable" ? policy.statements : [];
}

/**
 * Returns a key that is equal for policies with equal statements, in any order. Unreadable policies have equal keys only
 * if their texts are equal.
 */
export function toPolicyKey(policy: Policy): string {
  return policy.kind === "readable"
    ? toCanonicalKey(policy.statements)
    : JSON.stringify(policy.text);
}

/** Returns a key that is equal for equal statements, in any order and with any `Sid`. */
export function toCanonicalKey(statements: readonly Statement[]): string {
  const keys = statements.map((statement) =>
    JSON.stringify({ ...statement, sid: undefined, origin: undefined }),
  );
  return JSON.stringify(keys.sort());
}

/** Replaces the principals, resources and condition values of a statement. */
export function mapTexts<T extends string, U extends string>(
  statement: Statement<T>,
  change: (text: T) => U,
): Statement<T | U> {
  const mapped = ({
    patterns,
    isInverted,
  }: PatternSet<T>): PatternSet<T | U> => ({
    patterns: sortUnique(patterns.map(change)),
    isInverted,
  });
  const { principals, resources, conditions } = statement;
  return {
    ...statement,
    ...(principals !== undefined && { principals: mapped(principals) }),
    resources: mapped(resources),
    conditions: conditions.map((condition) => ({
      ...condition,
      values: sortUnique(condition.values.map(change)),
    })),
  };
}

/** Returns a list, or a single value as a list. */
export function toList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const VERSIONS = ["2008-10-17", "2012-10-17"];
const DOCUMENT_KEYS = ["Version", "Id", "Statement"];
const STATEMENT_KEYS = splitWords(`
  Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition
`);

/** Thrown when a policy does not follow the grammar of IAM. */
class GrammarError extends Error {}

function fail(reason: string): never {
  throw new GrammarError(reason);
}

function parseStatements<T extends string>(
  text: string,
): readonly Statement<T>[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    fail("it is not JSON");
  }
  if (!isJsonObject(document)) fail("it is not a JSON object");
  if (Object.keys(document).some((key) => !DOCUMENT_KEYS.includes(key)))
    fail("it has an unknown element");
  if (![undefined, ...VERSIONS].includes(document.Version as string))
    fail("its Version is unknown");
  const values = toList(document.Statement);
  if (values.length === 0) fail("it has no statement");
  return values.map(parseStatement<T>);
}

function parseStatement<T extends string>(value: unknown): Statement<T> {
  if (!isJsonObject(value)) fail("a statement is not an object");
  if (Object.keys(value).some((key) => !STATEMENT_KEYS.includes(key)))
    fail("a statement has an unknown element");
  const { Effect: effect, Sid: sid } = value;
  if (effect !== "Allow" && effect !== "Deny")
    fail("the Effect of a statement is neither Allow nor Deny");
  const actions = parsePatterns<T>(value, "Action");
  const resources = parsePatterns<T>(value, "Resource");
  const principals = parsePrincipals<T>(value);
  const conditions = parseConditions<T>(value.Condition);
  if (actions === undefined) fail("a statement has no Action");
  return {
    effect,
    ...(principals !== undefined && { principals }),
    actions,
    // a trust policy applies to its own role
    resources: resources ?? { patterns: ["*" as T], isInverted: false },
    conditions,
    ...(typeof sid === "string" && sid !== "" && { sid: sid as T }),
  };
}

function parsePatterns<T extends string>(
  statement: JsonObject,
  name: "Action" | "Resource",
): PatternSet<T> | undefined {
  const [plain, inverted] = [statement[name], statement[`Not${name}`]];
  if (plain !== undefined && inverted !== undefined)
    fail(`a statement has both ${name} and Not${name}`);
  const value = plain ?? inverted;
  if (value === undefined) return undefined;
  const patterns = toStrings(
    value,
    `the ${name} of a statement is not a string or a list of strings`,
  );
  return {
    patterns: sortUnique(patterns as readonly T[]),
    isInverted: plain === undefined,
  };
}

/** Returns principals as `AWS:arn:…`, `Federated:…`, `Service:…`, or `*` for anyone. */
function parsePrincipals<T extends string>({
  Principal: plain,
  NotPrincipal: inverted,
}: JsonObject): PatternSet<T> | undefined {
  if (plain !== undefined && inverted !== undefined)
    fail("a statement has both Principal and NotPrincipal");
  const value = plain ?? inverted;
  if (value === undefined) return undefined;
  const isInverted = plain === undefined;
  if (value === "*") return { patterns: ["*" as T], isInverted };
  if (!isJsonObject(value)) fail(UNKNOWN_PRINCIPAL);
  const patterns: T[] = [];
  for (const [kind, names] of Object.entries(value)) {
    if (!PRINCIPAL_KINDS.includes(kind)) fail(UNKNOWN_PRINCIPAL);
    patterns.push(
      ...toStrings(names, UNKNOWN_PRINCIPAL).map(
        (name) =>
          (name === "*" && kind === "AWS"
            ? "*"
            : `${kind}:${toAccountRoot(kind, name)}`) as T,
      ),
    );
  }
  if (patterns.length === 0) fail("a statement names no Principal");
  return { patterns: sortUnique(patterns), isInverted };
}

const UNKNOWN_PRINCIPAL = "the Principal of a statement is unknown";
const SCALARS = ["string", "number", "boolean"];
const PRINCIPAL_KINDS = ["AWS", "Federated", "Service", "CanonicalUser"];

/** Returns the root ARN of an account id, which IAM also allows. */
function toAccountRoot(kind: string, name: string): string {
  return kind === "AWS" && /^\d{12}$/.test(name)
    ? `arn:aws:iam::${name}:root`
    : name;
}

function parseConditions<T extends string>(
  block: unknown,
): readonly Condition<T>[] {
  if (block === undefined || block === null) return [];
  if (!isJsonObject(block)) fail("the Condition of a statement is unknown");
  const conditions: Condition<T>[] = [];
  for (const [operator, tests] of Object.entries(block)) {
    if (!isJsonObject(tests)) fail("the Condition of a statement is unknown");
    for (const [key, value] of Object.entries(tests)) {
      if (!toList(value ?? {}).every((item) => SCALARS.includes(typeof item)))
        fail("a value of a Condition is not a string, a number or a boolean");
      const values = toList(value).map(
        (item) => (typeof item === "string" ? item : JSON.stringify(item)) as T,
      );
      conditions.push({
        operator: operator as T,
        key: key.toLowerCase() as T,
        values: sortUnique(values),
      });
    }
  }
  const order = ({ operator, key }: Condition): string => `${operator} ${key}`;
  return conditions.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

function toStrings(value: unknown, reason: string): readonly string[] {
  const list = toList(value);
  return list.length > 0 && list.every((item) => typeof item === "string")
    ? list
    : fail(reason);
}

function sortUnique<T extends string>(texts: readonly T[]): readonly T[] {
  return [...new Set(texts)].sort();
}

/** Decodes a URL-encoded policy of IAM. Returns JSON of IAM emulators, and texts that cannot be decoded, as they are. */
export function decodePolicy(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
