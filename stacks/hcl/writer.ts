import { UserError } from "../../constructs/errors";
import { formatString, JSON_HINT, quote, type Reading } from "./expression";
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  listKeys,
  toList,
} from "./json";
import {
  type Block,
  DYNAMIC,
  IDENTIFIER,
  NESTED,
  RANKS,
  TOP_LEVEL,
} from "./language";
import { createShapes, inferShape, NO_SHAPE, type Shape } from "./shape";

export type { Json, JsonObject };

type Pair = readonly [key: string, value: string];

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
  const unknown = types.filter((type) => !Object.hasOwn(TOP_LEVEL, type));
  if (unknown.length > 0) {
    throw new UserError(
      `top-level block must be one of ${Object.keys(TOP_LEVEL).join(", ")}, got ${unknown.map((type) => JSON.stringify(type)).join(" and ")}`,
      JSON_HINT,
    );
  }
  const shapes = createShapes(typed);
  const blocks = Object.entries(TOP_LEVEL).flatMap(([type, block]) =>
    formatBlocks(type, configuration[type], block, "", shapes.get(type)),
  );
  return blocks.map((block) => `${block}\n`).join("\n");
}

/** Formats the blocks of one type. Their shape can depend on the first label. */
function formatBlocks(
  type: string,
  value: Json | undefined,
  block: Block,
  pad: string,
  shapes: Shape | null | undefined,
): string[] {
  return listBlocks(type, value, block.labels ?? 0).map(([labels, body]) => {
    const head = [type, ...labels.map((label) => quote(label, "literal"))];
    const [label = ""] = labels;
    const shape = getShape(block, label, body, shapes ?? NO_SHAPE);
    const blocks = { ...block.blocks, ...getOwn(block.blocksByLabel, label) };
    const inside = [
      ...listComments(body).map((comment) => `${pad}  # ${comment}`),
      ...[formatBody(body, { ...block, blocks }, `${pad}  `, shape)].filter(
        (text) => text !== "",
      ),
    ].join("\n");
    return `${pad}${head.join(" ")} {${inside && `\n${inside}\n${pad}`}}`;
  });
}

function getShape(
  block: Block,
  label: string,
  body: JsonObject,
  shapes: Shape,
): Shape {
  const shape = shapes.get(label) ?? NO_SHAPE;
  if (block === DYNAMIC) return new Map([["content", shape]]);
  const hasTypes = block.hasShape === true && block.labels !== undefined;
  return hasTypes ? inferShape(label, shape, [body]) : shapes;
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
  type: string,
  value: Json | undefined,
  labels: number,
): [string[], JsonObject][] {
  const items = toList(value).filter((item) => item !== null);
  const objects = items.filter(isObject);
  const other = items.find((item) => !isObject(item));
  if (other !== undefined)
    throw new UserError(
      `${type} block must be an object or a list of objects, got ${JSON.stringify(other)}`,
      "correct the block, which Terraform also refuses in JSON",
    );
  if (labels === 0) return objects.map((body) => [[], body]);
  return objects.flatMap((object) =>
    listKeys(object).flatMap((label) =>
      listBlocks(type, object[label], labels - 1).map(
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
    return getOwn(block.blocks, key) ?? (shape.get(key) ? NESTED : undefined);
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
      const shapes = inner === DYNAMIC ? shape : shape.get(key);
      parts.push(...formatBlocks(key, body[key], inner, pad, shapes));
    } else if (key !== "//") {
      const reading =
        getOwn(block.reads, key) ?? block.readsOthers ?? "template";
      requireIdentifier(key);
      const value = formatValue(body[key], reading, pad, block.nestedReads);
      pairs.push([key, value]);
    }
  }
  endArguments();
  return parts.join("\n\n");
}

function requireIdentifier(name: string): void {
  if (!IDENTIFIER.test(name))
    throw new UserError(
      `argument must have letters, digits, _ and - in its name, got ${JSON.stringify(name)}`,
      "correct the name, which Terraform also refuses in JSON",
    );
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
  reads?: Block["nestedReads"],
): string {
  if (typeof value === "string") return formatString(value, reading);
  const inside = `${pad}  `;
  if (isObject(value)) {
    const pairs = listKeys(value).map((key): Pair => {
      const isName = reading === "reference" || NAME.test(key);
      return [
        isName ? key : quote(key, reading),
        formatValue(value[key], getOwn(reads, key) ?? reading, inside),
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

function getOwn<T>(
  record: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined {
  return record && Object.hasOwn(record, key) ? record[key] : undefined;
}
