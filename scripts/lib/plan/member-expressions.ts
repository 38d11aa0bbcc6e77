import { isJsonObject, type JsonObject } from "../json-object";

/** An expression of which the plan does not say what it is made of. */
export const UNCLEAR: JsonObject = { references: [] };

/** Returns the expression of a part of a value. */
export function partOf(expression: unknown, key: string): unknown {
  if (expression === UNCLEAR) return UNCLEAR;
  if (!isJsonObject(expression)) return undefined;
  const { constant_value: whole } = expression;
  if (isJsonObject(whole)) {
    const part = Object.hasOwn(whole, key) ? whole[key] : undefined;
    return part === undefined ? undefined : { constant_value: part };
  }
  return Object.hasOwn(expression, key) ? expression[key] : undefined;
}

/**
 * Returns the expressions of the members of a list. A plan has the members of a set in another order than the code, and those
 * of a dynamic block without an expression: so a member has the expression that fits what is known of it, and an unclear one
 * if more or fewer expressions fit than there are members like it.
 */
export function memberExpressions(
  expression: unknown,
  members: readonly unknown[],
  unknown: readonly unknown[],
): readonly unknown[] {
  const all = listed(expression);
  if (all === undefined) return members.map(() => expression && UNCLEAR);
  const keys = members.map((member, index) =>
    JSON.stringify([member, unknown[index]]),
  );
  return members.map((member, index) => {
    const fitting = all.filter((one) => fits(one, member, unknown[index]));
    const alike = keys.filter((key) => key === keys[index]).length;
    const before = keys.slice(0, index).filter((key) => key === keys[index]);
    return fitting.length === alike ? fitting[before.length] : UNCLEAR;
  });
}

function listed(expression: unknown): readonly unknown[] | undefined {
  if (Array.isArray(expression)) return expression;
  const whole = isJsonObject(expression)
    ? expression.constant_value
    : undefined;
  return Array.isArray(whole)
    ? whole.map((constant_value: unknown) => ({ constant_value }))
    : undefined;
}

/** Whether a value with such unknown parts may come from an expression. */
function fits(expression: unknown, value: unknown, unknown: unknown): boolean {
  if (expression === undefined) return true;
  if (unknown === true) return !isConstant(expression);
  if (Array.isArray(value) || Array.isArray(unknown)) return true;
  if (isJsonObject(value) || isJsonObject(unknown)) {
    const [values, marks] = [value, unknown].map((one) =>
      isJsonObject(one) ? one : {},
    );
    return Object.keys({ ...values, ...marks }).every((key) =>
      fits(partOf(expression, key), values?.[key], marks?.[key]),
    );
  }
  if (value === undefined || value === null || !isConstant(expression))
    return true;
  const { constant_value: constant } = expression as JsonObject;
  // the provider writes policies in its own way
  return (
    /^\s*[[{]|\(redacted/.test(String(value)) ||
    String(constant) === String(value)
  );
}

/** Whether an expression is a text, a number or a switch without a reference. */
function isConstant(expression: unknown): boolean {
  const constant = isJsonObject(expression)
    ? expression.constant_value
    : undefined;
  return typeof constant === "string"
    ? !/[$%]\{/.test(constant)
    : typeof constant === "number" || typeof constant === "boolean";
}
