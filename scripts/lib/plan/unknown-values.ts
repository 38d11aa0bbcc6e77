import { isJsonObject } from "../system/json-object";
import { isAttributes, Unknown, type Value } from "./attribute";
import { isComputed } from "./computed-attributes";
import type { Configuration, ResourceConfiguration } from "./configuration";
import type { ModuleScope } from "./resource-address";
import type { RedactedValue, Redactor } from "./redactor";

/** Replaces each unknown value of a resource by the reference that determines it, or marks it as unknown. */
export class UnknownValueResolver {
  constructor(
    private readonly configuration: Configuration,
    private readonly redactor: Redactor,
    private readonly type: string,
    private readonly scope: ModuleScope,
    private readonly code: ResourceConfiguration | undefined,
  ) {}

  resolve(value: RedactedValue, unknown: unknown): Value {
    return this.resolvePart(value, unknown, this.code?.expressions, "");
  }

  private resolvePart(
    value: RedactedValue | undefined,
    unknown: unknown,
    expression: unknown,
    path: string,
  ): Value {
    if (unknown === true) return this.resolveUnknown(expression, path);
    if (Array.isArray(unknown)) {
      const parts: readonly RedactedValue[] = Array.isArray(value) ? value : [];
      const sources = matchExpressions(parts, unknown, expression);
      return Array.from(
        { length: Math.max(parts.length, unknown.length) },
        (_, index) =>
          this.resolvePart(
            parts[index],
            unknown[index],
            sources[index],
            // AWS sets a whole list, and no member of a list in the code
            unknown[index] === true ? `${path}[]` : path,
          ),
      );
    }
    if (!isJsonObject(unknown)) return value ?? null;
    const known = isAttributes(value) ? value : {};
    const filled: Record<string, Value> = { ...known };
    for (const [key, part] of Object.entries(unknown))
      filled[key] = this.resolvePart(
        known[key],
        part,
        getPart(expression, key),
        path === "" ? key : `${path}.${key}`,
      );
    return filled;
  }

  private resolveUnknown(expression: unknown, path: string): Value {
    if (expression === undefined || expression === null)
      return new Unknown(
        this.isBlockInCode(path) && isComputed(this.type, path),
      );
    const resolved = this.configuration.resolveExpression(
      expression,
      this.scope,
    );
    if (resolved !== undefined) {
      const text = this.redactor.redact(resolved.text);
      return resolved.isCertain ? text : new Unknown(false, text);
    }
    // parts of a list or object can be known
    const constant = isJsonObject(expression)
      ? expression.constant_value
      : expression;
    if (Array.isArray(constant))
      return constant.map((_, index) =>
        this.resolveUnknown(getPart(expression, index), path),
      );
    if (isJsonObject(constant) && constant.references === undefined)
      return Object.fromEntries(
        Object.keys(constant).map((key) => [
          key,
          this.resolveUnknown(getPart(expression, key), `${path}.${key}`),
        ]),
      );
    return new Unknown(false);
  }

  /** Returns whether the code has the resource and the block of an attribute. A plan does not list values of dynamic blocks. */
  private isBlockInCode(path: string): boolean {
    const [root = ""] = path.split(".");
    return (
      this.code !== undefined &&
      (root === path || this.code.expressions[root] !== undefined)
    );
  }
}

/** Returns the expression of a part of a value. */
function getPart(expression: unknown, key: string | number): unknown {
  if (Array.isArray(expression)) return expression[Number(key)] as unknown;
  if (!isJsonObject(expression)) return undefined;
  const { constant_value: whole, references } = expression;
  if (isJsonObject(whole) || Array.isArray(whole)) {
    const part = (whole as Readonly<Record<string | number, unknown>>)[key];
    return part === undefined ? undefined : { constant_value: part };
  }
  // the plan does not map references to parts
  if (Array.isArray(references)) return {};
  return expression[key];
}

/**
 * Returns the expression of each member of a list. The members of a set have no order in a plan, so each member gets an
 * expression that can produce it and that no other member has.
 */
function matchExpressions(
  members: readonly RedactedValue[],
  unknown: readonly unknown[],
  expression: unknown,
): readonly unknown[] {
  const available = [...listExpressions(expression)];
  const take = (isWanted: (source: unknown) => boolean): unknown => {
    const at = available.findIndex(isWanted);
    return at < 0 ? undefined : available.splice(at, 1)[0];
  };
  const sources = new Map<number, unknown>();
  const isKnown = (index: number): boolean => !containsTrue(unknown[index]);
  // known members first
  for (const [index, member] of members.entries())
    if (isKnown(index)) take((source) => canProduce(source, member, undefined));
  for (const [index, mark] of unknown.entries())
    if (!isKnown(index))
      sources.set(
        index,
        take((source) =>
          mark === true
            ? formatConstant(source) === undefined
            : canProduce(source, members[index], mark),
        ),
      );
  return unknown.map((_, index) => sources.get(index));
}

function listExpressions(expression: unknown): readonly unknown[] {
  if (Array.isArray(expression)) return expression;
  const constant = isJsonObject(expression)
    ? expression.constant_value
    : undefined;
  return Array.isArray(constant)
    ? constant.map((_, index) => getPart(expression, index))
    : [];
}

/** Returns whether an expression can produce a value with unknown parts. */
function canProduce(
  source: unknown,
  value: RedactedValue | undefined,
  unknown: unknown,
): boolean {
  if (unknown === true || value === undefined || value === null) return true;
  if (isAttributes(value)) {
    const marks = isJsonObject(unknown) ? unknown : {};
    return Object.entries(value).every(([key, part]) => {
      const own = getPart(source, key);
      return own === undefined || canProduce(own, part, marks[key]);
    });
  }
  const constant = formatConstant(source);
  return constant === undefined || constant === JSON.stringify(value);
}

/** Returns the JSON of an expression without references. */
function formatConstant(source: unknown): string | undefined {
  if (!isJsonObject(source)) return undefined;
  const { constant_value: constant } = source;
  if (typeof constant === "object" || constant === undefined) return undefined;
  const text = JSON.stringify(constant);
  return /[$%]\{/.test(text) ? undefined : text;
}

/** Returns whether a value contains `true` at any depth. */
export function containsTrue(mark: unknown): boolean {
  if (mark === true) return true;
  return (
    typeof mark === "object" &&
    mark !== null &&
    Object.values(mark).some(containsTrue)
  );
}
