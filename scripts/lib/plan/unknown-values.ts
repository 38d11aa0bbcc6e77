import { isJsonObject } from "../system/json-object";
import { isAttributes, Unknown, type Value } from "./attribute";
import { COMPUTED_ATTRIBUTES } from "./computed-attributes";
import type {
  Configuration,
  ResourceConfiguration,
  ModuleScope,
} from "./configuration";
import type { RedactedValue, Redactor } from "./redactor";

/** Puts in place of each unknown value what is known of it: the reference that it will come from, or that it is unknown. */
export class UnknownValueResolver {
  constructor(
    private readonly configuration: Configuration,
    private readonly redactor: Redactor,
    private readonly type: string,
    private readonly scope: ModuleScope,
    private readonly code: ResourceConfiguration | undefined,
  ) {}

  resolve(value: RedactedValue, unknown: unknown): Value {
    return this.filled(value, unknown, this.code?.expressions, "");
  }

  private filled(
    value: RedactedValue | undefined,
    unknown: unknown,
    expression: unknown,
    path: string,
  ): Value {
    if (unknown === true) return this.unknownValue(expression, path);
    if (Array.isArray(unknown)) {
      const parts: readonly RedactedValue[] = Array.isArray(value) ? value : [];
      const sources = sourcesOf(parts, unknown, expression);
      return Array.from(
        { length: Math.max(parts.length, unknown.length) },
        (_, index) =>
          this.filled(
            parts[index],
            unknown[index],
            sources[index],
            // AWS decides a whole list, and no member of one that the code sets
            unknown[index] === true ? `${path}[]` : path,
          ),
      );
    }
    if (!isJsonObject(unknown)) return value ?? null;
    const known = isAttributes(value) ? value : {};
    const filled: Record<string, Value> = { ...known };
    for (const [key, part] of Object.entries(unknown))
      filled[key] = this.filled(
        known[key],
        part,
        partOf(expression, key),
        path === "" ? key : `${path}.${key}`,
      );
    return filled;
  }

  private unknownValue(expression: unknown, path: string): Value {
    if (expression === undefined || expression === null)
      return new Unknown(
        this.hasCodeAround(path) && isComputed(this.type, path),
      );
    const resolved = this.configuration.resolveExpression(
      expression,
      this.scope,
    );
    if (resolved !== undefined) {
      const text = this.redactor.redact(resolved.text);
      return resolved.isCertain ? text : new Unknown(false, text);
    }
    // a list or an object of the code, of which parts may be known
    const constant = isJsonObject(expression)
      ? expression.constant_value
      : expression;
    if (Array.isArray(constant))
      return constant.map((_, index) =>
        this.unknownValue(partOf(expression, index), path),
      );
    if (isJsonObject(constant) && constant.references === undefined)
      return Object.fromEntries(
        Object.keys(constant).map((key) => [
          key,
          this.unknownValue(partOf(expression, key), `${path}.${key}`),
        ]),
      );
    return new Unknown(false);
  }

  /** Whether the code has the resource, and the block that an attribute is in: a plan does not say what a dynamic block sets. */
  private hasCodeAround(path: string): boolean {
    const [root = ""] = path.split(".");
    return (
      this.code !== undefined &&
      (root === path || this.code.expressions[root] !== undefined)
    );
  }
}

/** Whether AWS decides an attribute that the code does not set. */
function isComputed(type: string, path: string): boolean {
  return (
    Object.hasOwn(COMPUTED_ATTRIBUTES, type) &&
    COMPUTED_ATTRIBUTES[type]?.includes(path) === true
  );
}

/** The expression of a part of a value. */
function partOf(expression: unknown, key: string | number): unknown {
  if (Array.isArray(expression)) return expression[Number(key)] as unknown;
  if (!isJsonObject(expression)) return undefined;
  const { constant_value: whole, references } = expression;
  if (isJsonObject(whole) || Array.isArray(whole)) {
    const part = (whole as Readonly<Record<string | number, unknown>>)[key];
    return part === undefined ? undefined : { constant_value: part };
  }
  // the code sets it, and the plan does not say which part comes from where
  if (Array.isArray(references)) return {};
  return expression[key];
}

/**
 * Returns the expression of each member of a list. The members of a set have no order in a plan, so that each gets one of the
 * expressions that can make it: never one whose value another member has.
 */
function sourcesOf(
  members: readonly RedactedValue[],
  unknown: readonly unknown[],
  expression: unknown,
): readonly unknown[] {
  const available = [...expressionsOf(expression)];
  const take = (isWanted: (source: unknown) => boolean): unknown => {
    const at = available.findIndex(isWanted);
    return at < 0 ? undefined : available.splice(at, 1)[0];
  };
  const sources = new Map<number, unknown>();
  const isKnown = (index: number): boolean => !hasTrue(unknown[index]);
  // what is known takes its own expression first
  for (const [index, member] of members.entries())
    if (isKnown(index)) take((source) => makes(source, member, undefined));
  for (const [index, mark] of unknown.entries())
    if (!isKnown(index))
      sources.set(
        index,
        take((source) =>
          mark === true
            ? plainConstant(source) === undefined
            : makes(source, members[index], mark),
        ),
      );
  return unknown.map((_, index) => sources.get(index));
}

function expressionsOf(expression: unknown): readonly unknown[] {
  if (Array.isArray(expression)) return expression;
  const constant = isJsonObject(expression)
    ? expression.constant_value
    : undefined;
  return Array.isArray(constant)
    ? constant.map((_, index) => partOf(expression, index))
    : [];
}

/** Whether an expression can make a value, of which some parts are unknown. */
function makes(
  source: unknown,
  value: RedactedValue | undefined,
  unknown: unknown,
): boolean {
  if (unknown === true || value === undefined || value === null) return true;
  if (isAttributes(value)) {
    const marks = isJsonObject(unknown) ? unknown : {};
    return Object.entries(value).every(([key, part]) => {
      const own = partOf(source, key);
      return own === undefined || makes(own, part, marks[key]);
    });
  }
  const constant = plainConstant(source);
  return constant === undefined || constant === JSON.stringify(value);
}

/** The value of an expression in which nothing has to be evaluated, as JSON. */
function plainConstant(source: unknown): string | undefined {
  if (!isJsonObject(source)) return undefined;
  const { constant_value: constant } = source;
  if (typeof constant === "object" || constant === undefined) return undefined;
  const text = JSON.stringify(constant);
  return /[$%]\{/.test(text) ? undefined : text;
}

function hasTrue(mark: unknown): boolean {
  if (mark === true) return true;
  return (
    typeof mark === "object" &&
    mark !== null &&
    Object.values(mark).some(hasTrue)
  );
}
