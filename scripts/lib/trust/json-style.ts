import type { Node } from "jsonc-parser";

/** Whitespace and separators of one JSON object. */
interface Style {
  /** Between a key and its value. */
  readonly colon: string;
  /** Between two members on one line. */
  readonly comma: string;
  /** Inside the braces of an object on one line. */
  readonly padding: string;
  /** Line breaks of an object with one line for each member. */
  readonly lines?: {
    readonly newline: string;
    /** Indent of the closing brace. */
    readonly base: string;
    /** Indent that each level adds. */
    readonly unit: string;
  };
}

const COMPACT: Style = { colon: ":", comma: ",", padding: "" };

/** Returns the offset after the last character of a node. */
export function getNodeEnd({ offset, length }: Node): number {
  return offset + length;
}

/** Formats an object in the style of `model`, which is a part of `text`. */
export function formatLike(model: Node, text: string, value: object): string {
  return formatValue(value, readStyle(model, text));
}

/** Returns the separator of two statements in the style of `model`. `before` is the whitespace before the first one. */
export function formatSeparatorLike(
  model: Node,
  text: string,
  before: string,
): string {
  if (before.includes("\n")) return `,${before}`;
  const { lines, comma } = readStyle(model, text);
  return lines === undefined ? comma : ", ";
}

function readStyle(model: Node, text: string): Style {
  const members = model.children ?? [];
  const [first, second] = members;
  const last = members.at(-1);
  if (first === undefined || last === undefined) return COMPACT;
  const [key = first, value = first] = first.children ?? [];
  const colon = text.slice(getNodeEnd(key), value.offset);
  const open = text.slice(model.offset + 1, first.offset);
  const close = text.slice(getNodeEnd(last), getNodeEnd(model) - 1);
  const comma =
    second === undefined ? "" : text.slice(getNodeEnd(first), second.offset);
  const line = afterNewline(text.slice(0, model.offset));
  return {
    colon: isOneLine(colon) ? colon : ": ",
    comma: isOneLine(comma) ? comma : /\s$/.test(colon) ? ", " : ",",
    padding: isOneLine(open) ? open : "",
    ...(open.includes("\n") && { lines: readLines(open, close, line) }),
  };
}

function readLines(
  open: string,
  close: string,
  line: string,
): NonNullable<Style["lines"]> {
  const newline = open.includes("\r\n") ? "\r\n" : "\n";
  const inner = afterNewline(open);
  const base = close.includes("\n")
    ? afterNewline(close)
    : (/^[ \t]*/.exec(line)?.[0] ?? "");
  const isDeeper = inner.startsWith(base) && inner.length > base.length;
  return { newline, base, unit: isDeeper ? inner.slice(base.length) : "  " };
}

function formatValue(value: unknown, style: Style): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { colon, comma, padding, lines } = style;
  const inner =
    lines === undefined
      ? style
      : { ...style, lines: { ...lines, base: lines.base + lines.unit } };
  const members = Object.entries(value).map(
    ([key, member]) => JSON.stringify(key) + colon + formatValue(member, inner),
  );
  if (lines === undefined)
    return `{${padding}${members.join(comma)}${padding}}`;
  const { newline, base, unit } = lines;
  return `{${newline}${base}${unit}${members.join(`,${newline}${base}${unit}`)}${newline}${base}}`;
}

function isOneLine(text: string): boolean {
  return text !== "" && !/[\r\n]/.test(text);
}

function afterNewline(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}
