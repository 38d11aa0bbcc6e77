/** Values of an expression by the name of the context. */
export type Contexts = Readonly<Record<string, unknown>>;

const TOKENS =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<name>[A-Za-z_][\w-]*)|(?<sign>==|!=|&&|\|\||[!()[\].]))/y;

/**
 * Evaluates a GitHub expression of the forms in this project's workflows. Throws for any other form and for an unknown
 * context.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
export function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = tokenize(expression);
  const next = (): string => tokens.shift() ?? "";
  const take = (sign: string): boolean => {
    if (tokens[0] !== sign) return false;
    tokens.shift();
    return true;
  };
  const fail = (what: string): never => {
    throw new Error(`${what} in the expression ${expression}`);
  };

  const either = (): unknown => {
    let value = both();
    while (take("||")) {
      const other = both();
      value = isTrue(value) ? value : other;
    }
    return value;
  };
  const both = (): unknown => {
    let value = equality();
    while (take("&&")) {
      const other = equality();
      value = isTrue(value) ? other : value;
    }
    return value;
  };
  const equality = (): unknown => {
    const value = negation();
    if (take("==")) return toText(value) === toText(negation());
    if (take("!=")) return toText(value) !== toText(negation());
    return value;
  };
  const negation = (): unknown =>
    take("!") ? !isTrue(negation()) : reference();
  const reference = (): unknown => {
    let value = primary();
    for (;;) {
      if (take(".")) value = getMember(value, next());
      else if (take("[")) {
        value = getMember(value, toText(either()));
        if (!take("]")) fail("no ]");
      } else return value;
    }
  };
  const primary = (): unknown => {
    if (take("(")) {
      const value = either();
      return take(")") ? value : fail("no )");
    }
    const token = next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "true" || token === "false") return token === "true";
    return Object.hasOwn(contexts, token)
      ? contexts[token]
      : fail(`unknown "${token}"`);
  };

  const value = either();
  return tokens.length === 0 ? value : fail(`unread "${tokens.join(" ")}"`);
}

/** Replaces the `${{ }}` expressions of a text with their values. */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    toText(evaluate(expression, contexts)),
  );
}

/** Evaluates an `if:` condition, with or without `${{ }}`. */
export function evaluateCondition(
  condition: string,
  contexts: Contexts,
): boolean {
  const expression = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition)?.[1];
  return isTrue(evaluate(expression ?? condition, contexts));
}

function tokenize(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKENS.lastIndex = 0;
  while (TOKENS.lastIndex < text.length) {
    const { lastIndex } = TOKENS;
    const match = TOKENS.exec(text);
    if (match === null)
      throw new Error(`unread "${text.slice(lastIndex)}" in ${expression}`);
    tokens.push(match[0].trim());
  }
  return tokens;
}

/** Returns a member, or `undefined` if there is none. */
function getMember(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function isTrue(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== "" && value !== false
  );
}

function toText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number")
    return String(value);
  throw new Error("an object is no value of an expression");
}
