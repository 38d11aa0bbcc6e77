/** Terraform configuration in JSON syntax, rewritten in native syntax for people to read. */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = Readonly<Record<string, Json>>;

/** How Terraform reads an argument's strings: as templates, as they stand, as references, or as a type constraint. */
type Reading = "template" | "literal" | "reference" | "type";

/** What Terraform's own language fixes about a kind of block; the rest is its provider's {@link Shape}. */
interface Block {
  readonly labels?: number;
  readonly hasShape?: true;
  readonly blocks?: Readonly<Record<string, Block>>;
  readonly reads?: Readonly<Record<string, Reading>>;
  readonly readsOthers?: Reading;
}

/** Nested blocks of a provider's schema, as far as cdktf's fragments mention them. */
type Shape = ReadonlyMap<string, Shape>;
type Token = readonly [kind: string, text: string];
type Pair = readonly [key: string, value: string];

const NO_SHAPE: Shape = new Map();
const CONNECTION = { connection: {} };
const CONDITIONS = { precondition: {}, postcondition: {} };
const RESOURCE: Block = {
  labels: 2,
  hasShape: true,
  reads: { depends_on: "reference", provider: "reference" },
  blocks: {
    ...CONNECTION,
    lifecycle: {
      reads: { ignore_changes: "reference", replace_triggered_by: "reference" },
      blocks: CONDITIONS,
    },
    provisioner: {
      labels: 1,
      reads: { when: "reference", on_failure: "reference" },
      blocks: CONNECTION,
    },
  },
};
const DYNAMIC: Block = {
  labels: 1,
  reads: { iterator: "reference" },
  blocks: { content: {} },
};
const TOP_LEVEL: Readonly<Record<string, Block>> = {
  terraform: {
    readsOthers: "literal",
    blocks: {
      required_providers: { readsOthers: "literal" },
      backend: { labels: 1, readsOthers: "literal" },
    },
  },
  provider: { labels: 1, hasShape: true },
  locals: {},
  variable: {
    labels: 1,
    reads: { default: "literal", description: "literal", type: "type" },
    blocks: { validation: {} },
  },
  data: RESOURCE,
  resource: RESOURCE,
  module: {
    labels: 1,
    reads: { depends_on: "reference", providers: "reference" },
  },
  output: {
    labels: 1,
    reads: { depends_on: "reference", description: "literal" },
    blocks: CONDITIONS,
  },
  moved: { reads: { from: "reference", to: "reference" } },
  import: { reads: { provider: "reference", to: "reference" } },
};

/** Places of what goes elsewhere than by its name: other arguments have rank 1, other blocks rank 2. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ["count", 0],
  ["for_each", 0],
  ["provider", 0],
  ["connection", 3],
  ["provisioner", 4],
  ["lifecycle", 5],
  ["depends_on", 6],
]);

/** Keys that need no quotes in an object, where `for` would begin an expression. */
const NAME = /^(?!(?:for|null|true|false)$)[a-z_][\w-]*$/i;
const ESCAPES = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);
const GRAPHEMES = new Intl.Segmenter();

/** What to look for next, by the bracket that was opened last; everywhere else it is {@link CODE}. */
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
/** After these a minus is a sign, not a subtraction. */
const BEFORE_SIGN = /^(?:[([{=:,?+*/%!<>-]|[=!<>]=|&&|\|\|)$/;

/**
 * Writes a configuration as `terraform fmt` leaves it; cdktf's own writer breaks on quotes, newlines and overrides.
 * Only `typed`, the merged `element.toHclTerraform()` of all elements, tells nested blocks from arguments. An override of
 * a list hides its type there, so take it without overrides.
 */
export function toHcl(configuration: JsonObject, typed: JsonObject): string {
  const types = keysOf(configuration).filter((type) => type !== "//");
  const stranger = types.find((type) => !Object.hasOwn(TOP_LEVEL, type));
  if (stranger !== undefined) {
    throw new Error(
      `top-level block must be one of ${Object.keys(TOP_LEVEL).join(", ")}, got ${JSON.stringify(stranger)}`,
    );
  }
  const blocks = Object.entries(TOP_LEVEL).flatMap(([type, block]) => {
    const fragments = block.hasShape ? typed[type] : undefined;
    const shapes: Shape = new Map(
      Object.entries(isObject(fragments) ? fragments : {}).map(
        ([label, named]) => [
          label,
          shapeOf(isObject(named) ? Object.values(named) : listOf(named)),
        ],
      ),
    );
    return blocksOf(type, configuration[type], block, "", (label) =>
      shapes.get(label),
    );
  });
  return blocks.map((block) => `${block}\n`).join("\n");
}

/** The nested blocks of one provider type, from all that was made of it: one object rarely uses every block. */
function shapeOf(fragments: readonly Json[]): Shape {
  const blocks = new Map<string, Json[]>();
  for (const fragment of fragments.filter(isObject)) {
    for (const [key, typed] of Object.entries(fragment)) {
      // cdktf calls a map of objects a block too, and gives providers their keys in snake case
      if (!isObject(typed) || typed.type === "map") continue;
      if ((typed.isBlock ?? typed.is_block) !== true) continue;
      const values = blocks.get(key) ?? [];
      for (const value of listOf(typed.value)) values.push(value);
      blocks.set(key, values);
    }
  }
  return new Map([...blocks].map(([key, values]) => [key, shapeOf(values)]));
}

/** Blocks of one type; the shape of each may depend on its first label. */
function blocksOf(
  type: string,
  value: Json | undefined,
  block: Block,
  pad: string,
  shapeFor: (label: string) => Shape | undefined,
): string[] {
  return labelled(value, block.labels ?? 0).map(([labels, body]) => {
    const head = [type, ...labels.map((label) => quoted(label, "literal"))];
    const shape = shapeFor(labels[0] ?? "") ?? NO_SHAPE;
    const inside = bodyOf(body, block, `${pad}  `, shape);
    return `${pad}${head.join(" ")} {${inside && `\n${inside}\n${pad}`}}`;
  });
}

function labelled(
  value: Json | undefined,
  labels: number,
): [string[], JsonObject][] {
  const objects = listOf(value).filter(isObject);
  if (labels === 0) return objects.map((body) => [[], body]);
  return objects.flatMap((object) =>
    keysOf(object).flatMap((label) =>
      labelled(object[label], labels - 1).map(
        ([rest, body]): [string[], JsonObject] => [[label, ...rest], body],
      ),
    ),
  );
}

function bodyOf(
  body: JsonObject,
  block: Block,
  pad: string,
  shape: Shape,
): string {
  const nested = (key: string): Block | undefined => {
    if (key === "dynamic") return DYNAMIC;
    const isBlock = shape.has(key) && listOf(body[key]).every(isObject);
    return own(block.blocks, key) ?? (isBlock ? {} : undefined);
  };
  const rank = (key: string) => RANKS.get(key) ?? (nested(key) ? 2 : 1);
  const parts: string[] = [];
  let pairs: Pair[] = [];
  const endArguments = () => {
    if (pairs.length > 0) parts.push(assignments(pairs, pad));
    pairs = [];
  };
  for (const key of keysOf(body).sort((a, b) => rank(a) - rank(b))) {
    const inner = nested(key);
    if (inner) {
      endArguments();
      const blocks = blocksOf(key, body[key], inner, pad, (label) =>
        inner === DYNAMIC
          ? new Map([["content", shape.get(label) ?? NO_SHAPE]])
          : shape.get(key),
      );
      parts.push(...blocks);
    } else if (key !== "//") {
      const reading = own(block.reads, key) ?? block.readsOthers ?? "template";
      pairs.push([key, valueOf(body[key], reading, pad)]);
    }
  }
  endArguments();
  return parts.join("\n\n");
}

/** Lines of `key = value` with the signs under each other, wherever `terraform fmt` puts them so. */
function assignments(pairs: readonly Pair[], pad: string): string {
  const chains: Pair[][] = [];
  let chain: Pair[] | undefined;
  for (const pair of pairs) {
    const hasLines = pair[1].includes("\n");
    if (!chain || hasLines) chains.push((chain = []));
    chain.push(pair);
    if (hasLines) chain = undefined;
  }
  return chains
    .flatMap((lines) => {
      const widths = lines.map(([key]) => columns(key));
      const width = widths.reduce((a, b) => Math.max(a, b), 0);
      return lines.map(
        ([key, value], i) =>
          `${pad}${key}${" ".repeat(width - (widths[i] ?? 0))} = ${value}`,
      );
    })
    .join("\n");
}

function columns(key: string): number {
  return /^[ -~]*$/.test(key) ? key.length : [...GRAPHEMES.segment(key)].length;
}

function valueOf(
  value: Json | undefined,
  reading: Reading,
  pad: string,
): string {
  if (typeof value === "string") return stringOf(value, reading);
  const inside = `${pad}  `;
  if (isObject(value)) {
    const pairs = keysOf(value).map((key): Pair => {
      const isName = reading === "reference" || NAME.test(key);
      return [
        isName ? key : quoted(key, reading),
        valueOf(value[key], reading, inside),
      ];
    });
    return pairs.length > 0
      ? `{\n${assignments(pairs, inside)}\n${pad}}`
      : "{}";
  }
  if (!isList(value)) return JSON.stringify(value ?? null);
  const items = value.map((item) => valueOf(item, reading, inside));
  const line = `[${items.join(", ")}]`;
  return line.length <= 80 - pad.length && !line.includes("\n")
    ? line
    : `[\n${items.map((item) => `${inside}${item},\n`).join("")}${pad}]`;
}

function stringOf(value: string, reading: Reading): string {
  if (reading === "literal") return quoted(value, reading);
  if (reading === "type" && /^(?:list|map|set)$/.test(value)) {
    return `${value}(any)`;
  }
  const template = tokensOf(value, "template");
  const expression = interpolated(template);
  if (expression) return spaced(expression);
  return reading === "template"
    ? quoted(value, reading)
    : spaced(tokensOf(value, "code"));
}

function quoted(value: string, reading: Reading): string {
  return reading === "literal"
    ? `"${escaped(value).replace(/([$%])\{/g, "$1$1{")}"`
    : spaced([
        ["quote", '"'],
        ...tokensOf(value, "template"),
        ["unquote", '"'],
      ]);
}

function escaped(literal: string): string {
  return literal.replace(
    /["\\\p{Cc}\p{Zl}\p{Zp}\ufeff]/gu,
    (char) =>
      ESCAPES.get(char) ??
      `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The expression of a template that is one `${…}` and nothing else: its value keeps its type, quoted or not. */
function interpolated(
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
  return (isString ? interpolated(inner.slice(1, -1)) : undefined) ?? inner;
}

/** Splits as Terraform's scanner does, but for comments and the line breaks that `${…}` allows: they are left out. */
function tokensOf(source: string, start: "template" | "code"): Token[] {
  const tokens: Token[] = [];
  const open: string[] = [start];
  let isItemOver = false;
  for (let at = 0; at < source.length;) {
    const inside = open.at(-1) ?? "";
    const pattern = PATTERNS.get(inside) ?? CODE;
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match || match[0] === "<<") return fail(source);
    const [text, first, number, newline, blank] = match;
    at = pattern.lastIndex;
    const last = tokens.at(-1)?.[0] ?? "";
    if (pattern !== CODE) {
      if (first !== undefined) {
        tokens.push(["literal", start === inside ? escaped(first) : first]);
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
      if (!CLOSERS.get(opener)?.includes(text)) return fail(source);
      tokens.push([opener === "${" ? "end" : text, text]);
    } else {
      tokens.push([text, text]);
    }
  }
  return open.length === 1 ? tokens : fail(source);
}

function fail(source: string): never {
  throw new Error(
    `template must close every quote and bracket that it opens and hold no heredoc, got ${JSON.stringify(source)}`,
  );
}

function spaced(tokens: readonly Token[]): string {
  return tokens
    .map((token, i) => {
      const after = tokens[i + 1];
      return after && isSpaced(tokens[i - 1]?.[0], token, after[0])
        ? `${token[1]} `
        : token[1];
    })
    .join("");
}

/** The rules of `terraform fmt` for a space between two tokens, in its order: the first that fits decides. */
function isSpaced(
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

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

function keysOf(object: JsonObject): string[] {
  return Object.keys(object).sort();
}

function own<T>(
  record: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
