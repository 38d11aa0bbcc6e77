import { UserError } from "../../constructs/errors";

export const JSON_HINT =
  "synthesize JSON, which can express more: leave out --hcl and SYNTH_HCL_OUTPUT";

/** How Terraform evaluates the strings of an argument. */
export type Reading = "template" | "literal" | "reference" | "type";

type Token = readonly [kind: string, text: string];

const ESCAPES = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** Pattern of the next token by the innermost open bracket. Others use {@link CODE}. */
const PATTERNS: ReadonlyMap<string, RegExp> = new Map([
  ["template", /((?:[^$%]|\$\$\{|%%\{|[$%](?!\{))+)|[$%]\{~?/y],
  ['"', /((?:[^"\\$%]|\\[^]|\$\$\{|%%\{|[$%](?!\{))+)|[$%]\{~?|"/y],
]);
const CODE =
  /([\p{ID_Start}_][\p{ID_Continue}-]*)|(\d(?:(?:[\d.]|e[+-]?\d)*(?:\d|e[+-]?\d))?)|(\r?\n)|([ \t]+|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/)|<<|[=!<>]=|&&|\|\||::|\.\.\.|=>|~\}|[^]/iuy;
const CLOSERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["${", ["}", "~}"]],
  ["{", ["}"]],
  ["for", ["}"]],
  ["(", [")"]],
  ["[", ["]"]],
]);
/** Tokens after which a minus is a sign and not a subtraction. */
const BEFORE_SIGN = /^(?:[([{=:,?+*/%!<>-]|[=!<>]=|&&|\|\|)$/;

/** Formats a string of the JSON syntax as an expression, without quotes if it is a single expression. */
export function formatString(value: string, reading: Reading): string {
  if (reading === "literal") return quote(value, reading);
  if (reading === "type" && /^(?:list|map|set)$/.test(value)) {
    return `${value}(any)`;
  }
  const template = tokenize(value, "template");
  const expression = unwrapInterpolation(template);
  if (expression) return joinTokens(expression);
  return reading === "template"
    ? quote(value, reading)
    : joinTokens(tokenize(value, "code"));
}

/** Formats a string of the JSON syntax as a quoted template with the same value. */
export function quote(value: string, reading: Reading): string {
  return reading === "literal"
    ? `"${escape(value).replace(/([$%])\{/g, "$1$1{")}"`
    : joinTokens([
        ["quote", '"'],
        ...tokenize(value, "template"),
        ["unquote", '"'],
      ]);
}

function escape(literal: string): string {
  return literal.replace(
    /["\\\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu,
    (char) =>
      ESCAPES.get(char) ??
      `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Returns the expression of a template that consists of one `${…}`. The type of its value does not depend on quotes. */
function unwrapInterpolation(
  template: readonly Token[],
): readonly Token[] | undefined {
  if (template.length < 3 || !template[0]?.[1].startsWith("${")) return;
  let depth = 0;
  const end = template.findIndex(([kind]) => {
    depth += kind === "open" ? 1 : kind === "end" ? -1 : 0;
    return depth === 0;
  });
  if (end !== template.length - 1) return;
  const inner = template.slice(1, -1);
  const isString = inner[0]?.[0] === "quote" && inner.at(-1)?.[0] === "unquote";
  return (
    (isString ? unwrapInterpolation(inner.slice(1, -1)) : undefined) ?? inner
  );
}

/** Splits a source into tokens as Terraform's scanner does, without comments and without line breaks in `${…}`. */
function tokenize(source: string, start: "template" | "code"): Token[] {
  const tokens: Token[] = [];
  const open: string[] = [start];
  let isItemOver = false;
  for (let at = 0; at < source.length;) {
    const inside = open.at(-1) ?? "";
    const pattern = PATTERNS.get(inside) ?? CODE;
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match) return throwSyntaxError(source);
    const [text, first, number, newline, blank] = match;
    at = pattern.lastIndex;
    const last = tokens.at(-1)?.[0] ?? "";
    if (pattern !== CODE) {
      if (first !== undefined) {
        tokens.push(["literal", start === inside ? escape(first) : first]);
      } else if (text === '"') {
        tokens.push(["unquote", text]);
        open.pop();
      } else {
        tokens.push(["open", text]);
        open.push("${");
      }
      continue;
    }
    if (newline !== undefined) {
      isItemOver ||= inside === "{" && last !== "{" && last !== ",";
    }
    if (newline !== undefined || blank !== undefined) continue;
    if (isItemOver && text !== "}") tokens.push([",", ","]);
    isItemOver = false;
    if (first !== undefined) {
      tokens.push(["name", text]);
      if (text === "for" && last === "{") open.splice(-1, 1, "for");
    } else if (number !== undefined) {
      tokens.push(["number", text]);
    } else if (/["([{]/.test(text)) {
      tokens.push([text === '"' ? "quote" : text, text]);
      open.push(text);
    } else if (/[)\]}]/.test(text)) {
      const opener = open.pop() ?? "";
      if (!CLOSERS.get(opener)?.includes(text)) return throwSyntaxError(source);
      tokens.push([opener === "${" ? "end" : text, text]);
    } else if (text === "<<") {
      return throwSyntaxError(source);
    } else {
      tokens.push([text, text]);
    }
  }
  return open.length === 1 ? tokens : throwSyntaxError(source);
}

function throwSyntaxError(source: string): never {
  throw new UserError(
    `template must close every quote and bracket and contain no heredoc, got ${JSON.stringify(source)}`,
    JSON_HINT,
  );
}

function joinTokens(tokens: readonly Token[]): string {
  return tokens
    .map((token, i) => {
      const after = tokens[i + 1];
      return after && hasSpaceAfter(tokens[i - 1]?.[0], token, after[0])
        ? `${token[1]} `
        : token[1];
    })
    .join("");
}

/** Returns whether `terraform fmt` writes a space between two tokens. The first rule that applies decides. */
function hasSpaceAfter(
  before: string | undefined,
  [kind, text]: Token,
  after: string,
): boolean {
  if (kind === "name" && (after === "(" || after === "::")) return false;
  if (kind === "::" && after === "name") return false;
  if (kind === "." || /^(?:\.|,|\.\.\.)$/.test(after)) return false;
  if (kind === ",") return true;
  if (kind === "literal" || kind === "quote") return false;
  if (after === "literal" || after === "unquote") return false;
  if (text === "in" && before === "name") return true;
  if (after === "[" && /^(?:name|number|end|[)\]}])$/.test(kind)) return false;
  if (kind === "!") return false;
  if (kind === "-") return before !== undefined && !BEFORE_SIGN.test(before);
  if (kind === "{" || after === "}") return kind + after !== "{}";
  if (kind === "open" && after === "{") return true;
  if (kind === "}" && after === "end") return true;
  if (kind === "end" && after === "open") return false;
  return !/^(?:open|[([])$/.test(kind) && !/^(?:end|[)\]])$/.test(after);
}
