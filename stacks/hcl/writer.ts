import { quote, formatString, type Reading } from "./expression";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = Readonly<Record<string, Json>>;

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
const KEY_TOKENS = /(?:[^"\\$%]|\\[^])+|\$\$\{~?|%%\{~?|[^]/g;

/**
 * Writes a configuration as `terraform fmt` leaves it; cdktf's own writer breaks on quotes, newlines and overrides.
 * Only `typed`, the merged `element.toHclTerraform()` of all elements, tells nested blocks from arguments. An override of
 * a list hides its type there, so take it without overrides.
 */
export function formatHcl(
  configuration: JsonObject,
  typed: JsonObject,
): string {
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
    const head = [type, ...labels.map((label) => quote(label, "literal"))];
    const shape = shapeFor(labels[0] ?? "") ?? NO_SHAPE;
    const inside = [
      ...commentsOf(body).map((comment) => `${pad}  # ${comment}`),
      ...[bodyOf(body, block, `${pad}  `, shape)].filter((text) => text !== ""),
    ].join("\n");
    return `${pad}${head.join(" ")} {${inside && `\n${inside}\n${pad}`}}`;
  });
}

/** Lines that are told of a block beside its metadata, for who reads or scans it. */
function commentsOf(body: JsonObject): string[] {
  const notes = body["//"];
  const comments = isObject(notes ?? null)
    ? listOf((notes as JsonObject).comments)
    : [];
  return comments.flatMap((comment) =>
    typeof comment === "string" ? [comment.replace(/\s+/g, " ")] : [],
  );
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
    if (!listOf(body[key]).every(isObject)) return;
    if (block.hasShape && key === "dynamic") return DYNAMIC;
    return own(block.blocks, key) ?? (shape.has(key) ? NESTED : undefined);
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

/** What `terraform fmt` takes for a key's width: the graphemes of each token that Terraform's scanner makes of it. */
function columns(key: string): number {
  if (/^[ -~]*$/.test(key)) return key.length;
  // made here, since it takes long and few keys need it
  const graphemes = new Intl.Segmenter();
  return (key.match(KEY_TOKENS) ?? [])
    .map((token) => [...graphemes.segment(token)].length)
    .reduce((a, b) => a + b, 0);
}

function valueOf(
  value: Json | undefined,
  reading: Reading,
  pad: string,
): string {
  if (typeof value === "string") return formatString(value, reading);
  const inside = `${pad}  `;
  if (isObject(value)) {
    const pairs = keysOf(value).map((key): Pair => {
      const isName = reading === "reference" || NAME.test(key);
      return [
        isName ? key : quote(key, reading),
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
