import type { Node } from "jsonc-parser";

/** How one JSON object is written: what stands between its parts, all of it whitespace but for `:` and `,`. */
interface Style {
  /** Between a key and its value. */
  readonly colon: string;
  /** Between two members on one line. */
  readonly comma: string;
  /** Inside the braces of an object on one line. */
  readonly padding: string;
  /** Of an object with a line for each member. */
  readonly lines?: {
    readonly newline: string;
    /** Before the closing brace. */
    readonly base: string;
    /** What each level adds. */
    readonly unit: string;
  };
}

const COMPACT: Style = { colon: ":", comma: ",", padding: "" };

/** Offset after the last character of a node. */
export function getNodeEnd({ offset, length }: Node): number {
  return offset + length;
}

/** A value of objects and scalars, written as `model` is in `text`. */
export function formatLike(model: Node, text: string, value: object): string {
  return written(value, styleOf(model, text));
}

/** What to put between two statements of a list, written as `model` is, where there is no list of two to look at. */
export function formatSeparatorLike(
  model: Node,
  text: string,
  before: string,
): string {
  if (before.includes("\n")) return `,${before}`;
  const { lines, comma } = styleOf(model, text);
  return lines === undefined ? comma : ", ";
}

function styleOf(model: Node, text: string): Style {
  const members = model.children ?? [];
  const [first, second] = members;
  const last = members.at(-1);
  if (first === undefined || last === undefined) return COMPACT;
  const between = (start: number, end: number): string =>
    text.slice(start, end);
  const [key, value] = first.children ?? [];
  const colon =
    key === undefined || value === undefined
      ? ""
      : between(getNodeEnd(key), value.offset);
  const open = between(model.offset + 1, first.offset);
  const close = between(getNodeEnd(last), getNodeEnd(model) - 1);
  const comma =
    second === undefined ? "" : between(getNodeEnd(first), second.offset);
  return {
    colon: isOnOneLine(colon) ? colon : ": ",
    comma: isOnOneLine(comma) ? comma : /\s$/.test(colon) ? ", " : ",",
    padding: isOnOneLine(open) ? open : "",
    ...(open.includes("\n") && {
      lines: linesOf(open, close, lineOf(text, model.offset)),
    }),
  };
}

function linesOf(
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

function written(value: unknown, style: Style): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { colon, comma, padding, lines } = style;
  const inner =
    lines === undefined
      ? style
      : { ...style, lines: { ...lines, base: lines.base + lines.unit } };
  const members = Object.entries(value).map(
    ([key, member]) => JSON.stringify(key) + colon + written(member, inner),
  );
  if (lines === undefined)
    return `{${padding}${members.join(comma)}${padding}}`;
  const { newline, base, unit } = lines;
  return `{${newline}${base}${unit}${members.join(`,${newline}${base}${unit}`)}${newline}${base}}`;
}

function isOnOneLine(text: string): boolean {
  return text !== "" && !/[\r\n]/.test(text);
}

function afterNewline(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}

/** The line that an offset lies in, up to there. */
function lineOf(text: string, offset: number): string {
  return afterNewline(text.slice(0, offset));
}
