import { formatString, quote, type Reading } from "./expression";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = Readonly<Record<string, Json>>;

/** Structure of a block that Terraform's language defines. A {@link Shape} describes the rest. */
interface Block {
  readonly labels?: number;
  readonly hasShape?: true;
  readonly blocks?: Readonly<Record<string, Block>>;
  readonly reads?: Readonly<Record<string, Reading>>;
  readonly readsOthers?: Reading;
}

/** Nested blocks of a provider's schema, as far as the configuration uses them. */
type Shape = ReadonlyMap<string, Shape>;
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
const NESTED: Block = { hasShape: true };
const DYNAMIC: Block = {
  labels: 1,
  reads: { iterator: "reference" },
  blocks: { content: NESTED },
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

/** Order in a block. Other arguments have rank 1, other blocks rank 2; each rank is sorted by name. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ["count", 0],
  ["for_each", 0],
  ["provider", 0],
  ["connection", 3],
  ["provisioner", 4],
  ["lifecycle", 5],
  ["depends_on", 6],
]);

/** Keys that require no quotes in an object; `for` would start an expression. */
const NAME = /^(?!(?:for|null|true|false)$)[a-z_][\w-]*$/i;
const KEY_TOKENS = /(?:[^"\\$%]|\\[^])+|\$\$\{~?|%%\{~?|[^]/g;

/**
 * Formats a configuration in Terraform's native syntax as `terraform fmt` does. The writer of cdktf fails for quotes,
 * newlines and overrides.
 *
 * @param typed the merged `toHclTerraform()` of all elements, without overrides: only this has nested blocks and arguments
 *   as different types
 */
export function formatHcl(
  configuration: JsonObject,
  typed: JsonObject,
): string {
  const types = listKeys(configuration).filter((type) => type !== "//");
  const unknown = types.find((type) => !Object.hasOwn(TOP_LEVEL, type));
  if (unknown !== undefined) {
    throw new Error(
      `top-level block must be one of ${Object.keys(TOP_LEVEL).join(", ")}, got ${JSON.stringify(unknown)}`,
    );
  }
  const blocks = Object.entries(TOP_LEVEL).flatMap(([type, block]) => {
    const fragments = block.hasShape ? typed[type] : undefined;
    const shapes: Shape = new Map(
      Object.entries(isObject(fragments) ? fragments : {}).map(
        ([label, named]) => [
          label,
          mergeShapes(isObject(named) ? Object.values(named) : toList(named)),
        ],
      ),
    );
    return formatBlocks(type, configuration[type], block, "", (label) =>
      shapes.get(label),
    );
  });
  return blocks.map((block) => `${block}\n`).join("\n");
}

/** Merges the nested blocks of all elements of one type, because one element rarely uses every block. */
function mergeShapes(fragments: readonly Json[]): Shape {
  const blocks = new Map<string, Json[]>();
  for (const fragment of fragments.filter(isObject)) {
    for (const [key, typed] of Object.entries(fragment)) {
      // cdktf marks a map of objects as a block too, and providers have keys in snake case
      if (!isObject(typed) || typed.type === "map") continue;
      if ((typed.isBlock ?? typed.is_block) !== true) continue;
      const values = blocks.get(key) ?? [];
      for (const value of toList(typed.value)) values.push(value);
      blocks.set(key, values);
    }
  }
  return new Map(
    [...blocks].map(([key, values]) => [key, mergeShapes(values)]),
  );
}

/** Formats the blocks of one type. Their shape can depend on the first label. */
function formatBlocks(
  type: string,
  value: Json | undefined,
  block: Block,
  pad: string,
  shapeFor: (label: string) => Shape | undefined,
): string[] {
  return listBlocks(value, block.labels ?? 0).map(([labels, body]) => {
    const head = [type, ...labels.map((label) => quote(label, "literal"))];
    const shape = shapeFor(labels[0] ?? "") ?? NO_SHAPE;
    const inside = [
      ...listComments(body).map((comment) => `${pad}  # ${comment}`),
      ...[formatBody(body, block, `${pad}  `, shape)].filter(
        (text) => text !== "",
      ),
    ].join("\n");
    return `${pad}${head.join(" ")} {${inside && `\n${inside}\n${pad}`}}`;
  });
}

/** Returns the comments in a block's metadata, such as suppressed findings. */
function listComments(body: JsonObject): string[] {
  const notes = body["//"];
  const comments = isObject(notes ?? null)
    ? toList((notes as JsonObject).comments)
    : [];
  return comments.flatMap((comment) =>
    typeof comment === "string" ? [comment.replace(/\s+/g, " ")] : [],
  );
}

function listBlocks(
  value: Json | undefined,
  labels: number,
): [string[], JsonObject][] {
  const objects = toList(value).filter(isObject);
  if (labels === 0) return objects.map((body) => [[], body]);
  return objects.flatMap((object) =>
    listKeys(object).flatMap((label) =>
      listBlocks(object[label], labels - 1).map(
        ([rest, body]): [string[], JsonObject] => [[label, ...rest], body],
      ),
    ),
  );
}

function formatBody(
  body: JsonObject,
  block: Block,
  pad: string,
  shape: Shape,
): string {
  const nested = (key: string): Block | undefined => {
    if (!toList(body[key]).every(isObject)) return;
    if (block.hasShape && key === "dynamic") return DYNAMIC;
    return getOwn(block.blocks, key) ?? (shape.has(key) ? NESTED : undefined);
  };
  const rank = (key: string) => RANKS.get(key) ?? (nested(key) ? 2 : 1);
  const parts: string[] = [];
  let pairs: Pair[] = [];
  const endArguments = () => {
    if (pairs.length > 0) parts.push(formatAssignments(pairs, pad));
    pairs = [];
  };
  for (const key of listKeys(body).sort((a, b) => rank(a) - rank(b))) {
    const inner = nested(key);
    if (inner) {
      endArguments();
      const blocks = formatBlocks(key, body[key], inner, pad, (label) =>
        inner === DYNAMIC
          ? new Map([["content", shape.get(label) ?? NO_SHAPE]])
          : shape.get(key),
      );
      parts.push(...blocks);
    } else if (key !== "//") {
      const reading =
        getOwn(block.reads, key) ?? block.readsOthers ?? "template";
      pairs.push([key, formatValue(body[key], reading, pad)]);
    }
  }
  endArguments();
  return parts.join("\n\n");
}

/** Formats lines of `key = value`, aligned as `terraform fmt` aligns them. */
function formatAssignments(pairs: readonly Pair[], pad: string): string {
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
      const widths = lines.map(([key]) => countColumns(key));
      const width = widths.reduce((a, b) => Math.max(a, b), 0);
      return lines.map(
        ([key, value], i) =>
          `${pad}${key}${" ".repeat(width - (widths[i] ?? 0))} = ${value}`,
      );
    })
    .join("\n");
}

/** Returns the width of a key for `terraform fmt`: the graphemes in each token of Terraform's scanner. */
function countColumns(key: string): number {
  if (/^[ -~]*$/.test(key)) return key.length;
  // created here, because it is slow and few keys need it
  const graphemes = new Intl.Segmenter();
  return (key.match(KEY_TOKENS) ?? [])
    .map((token) => [...graphemes.segment(token)].length)
    .reduce((a, b) => a + b, 0);
}

function formatValue(
  value: Json | undefined,
  reading: Reading,
  pad: string,
): string {
  if (typeof value === "string") return formatString(value, reading);
  const inside = `${pad}  `;
  if (isObject(value)) {
    const pairs = listKeys(value).map((key): Pair => {
      const isName = reading === "reference" || NAME.test(key);
      return [
        isName ? key : quote(key, reading),
        formatValue(value[key], reading, inside),
      ];
    });
    return pairs.length > 0
      ? `{\n${formatAssignments(pairs, inside)}\n${pad}}`
      : "{}";
  }
  if (!isList(value)) return JSON.stringify(value ?? null);
  const items = value.map((item) => formatValue(item, reading, inside));
  const line = `[${items.join(", ")}]`;
  return line.length <= 80 - pad.length && !line.includes("\n")
    ? line
    : `[\n${items.map((item) => `${inside}${item},\n`).join("")}${pad}]`;
}

function toList(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

function listKeys(object: JsonObject): string[] {
  return Object.keys(object).sort();
}

function getOwn<T>(
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
