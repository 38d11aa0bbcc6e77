import { escapeControlCharacters } from "../../plan/attribute";
import { CHANGE_SIGNS, hasChanges, listAccessRows } from "./access-rows";
import {
  type AccessGraph,
  type AccessNode,
  type AccessOrigin,
  isFromPlan,
  NO_CHANGES_TEXT,
} from "../access-graph";
import {
  type AccessMatrix,
  buildAccessMatrices,
  type MatrixEntry,
  toListMatrix,
} from "./access-matrix";
import { displayWidth, formatTextTable } from "../../cli/table";

/** The sentence for a graph without an edge. */
export const NO_ACCESS_TEXT = "No one can do anything.";

/** Who can do what, as aligned columns for a terminal: the matrices, then every fact. */
export function formatAccessText(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  return [
    ...noChanges(graph, origin),
    ...buildAccessMatrices(graph).map(formatMatrixText),
    graph.edges.length === 0
      ? NO_ACCESS_TEXT
      : formatTextTable(rowsOf(graph, escapeControlCharacters)).join("\n"),
  ].join("\n\n");
}

/** Who can do what, as tables of GitHub's Markdown in which every name is nothing but text. */
export function formatAccessMarkdown(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  const [header = [], ...rows] = rowsOf(graph, formatMarkdownCode);
  const table = [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
  return [
    ...noChanges(graph, origin),
    ...buildAccessMatrices(graph).map(formatMatrixMarkdown),
    graph.edges.length === 0 ? NO_ACCESS_TEXT : table,
  ].join("\n\n");
}

function noChanges(
  graph: AccessGraph,
  origin: AccessOrigin,
): readonly string[] {
  return isFromPlan(origin) && !hasChanges(graph) ? [NO_CHANGES_TEXT] : [];
}

/** The header and the facts; who stands in the first of its rows only. */
function rowsOf(
  graph: AccessGraph,
  shown: (text: string) => string,
): readonly (readonly string[])[] {
  const withChange = hasChanges(graph);
  const named = ({ kind, name }: AccessNode) => `${kind} ${shown(name)}`;
  const facts = listAccessRows(graph);
  return [
    ["Who", "May", "What", "Where", ...(withChange ? ["Change"] : [])],
    ...facts.map(
      (
        {
          principal: from,
          resource: to,
          permissions: can,
          condition: where,
          change,
        },
        row,
      ) => [
        facts[row - 1]?.principal === from ? "" : named(from),
        can.map(shown).join(", "),
        named(to),
        where === "" ? "" : shown(where),
        ...(withChange
          ? [change === "same" ? "" : `${CHANGE_SIGNS[change]} ${change}`]
          : []),
      ],
    ),
  ];
}

/** A grid that is wider is printed as one list per row. */
const WIDEST = 120;

/** Formats a matrix as aligned columns for a terminal. */
export function formatMatrixText(matrix: AccessMatrix): string {
  const grid = linesOf(matrix);
  const isWide = grid.some((line) => displayWidth(line) > WIDEST);
  const of =
    matrix.resource === undefined
      ? ""
      : ` ${escapeControlCharacters(matrix.resource)}`;
  return [
    `${matrix.title}${of}`,
    ...(isWide ? linesOf(toListMatrix(matrix)) : grid),
    ...(matrix.note === undefined ? [] : [matrix.note]),
  ].join("\n");
}

/** Formats a matrix as a table of GitHub's Markdown in which every name is only text. */
export function formatMatrixMarkdown(matrix: AccessMatrix): string {
  const {
    title,
    resource: of,
    rowHeading: corner,
    columns,
    rows,
    note,
  } = matrix;
  const lines = [
    [
      corner,
      ...columns.map(({ text, isName }) =>
        isName ? formatMarkdownCode(text) : text,
      ),
    ],
    ["---", ...columns.map(() => "---")],
    ...rows.map(({ node, cells }) => [
      `${node.kind} ${formatMarkdownCode(node.name)}`,
      ...cells.map((entries) =>
        entries
          .map((entry) => formatEntry(entry, formatMarkdownCode))
          .join("<br>"),
      ),
    ]),
  ];
  return [
    `**${title}**${of === undefined ? "" : ` ${formatMarkdownCode(of)}`}`,
    lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    ...(note === undefined ? [] : [note]),
  ].join("\n\n");
}

/** Formats an entry: its change is in words and a sign, and an entry without text is a yes. */
export function formatEntry(
  { text, change }: MatrixEntry,
  shown: (text: string) => string,
): string {
  const sign = CHANGE_SIGNS[change];
  if (text === "") return change === "same" ? "yes" : `${sign} ${change}`;
  return change === "same" ? shown(text) : `${sign} ${shown(text)} (${change})`;
}

/** The lines of a row have one entry of each of its cells. */
function linesOf({
  rowHeading: corner,
  columns,
  rows,
}: AccessMatrix): readonly string[] {
  const body = rows.flatMap(({ node, cells }) => {
    const height = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => [
      line === 0 ? `${node.kind} ${escapeControlCharacters(node.name)}` : "",
      ...cells.map((entries) => {
        const entry = entries[line];
        return entry === undefined
          ? ""
          : formatEntry(entry, escapeControlCharacters);
      }),
    ]);
  });
  return formatTextTable([
    [corner, ...columns.map(({ text }) => escapeControlCharacters(text))],
    ...body,
  ]);
}

/** A span of code, in which no link, mention or tag is made, for a cell of a table. */
export function formatMarkdownCode(text: string): string {
  const line = escapeControlCharacters(text)
    // a backslash before an escaped pipe ends the cell in some readers
    .replace(/\\+(?=\|)/g, (slashes) => "\\u005c".repeat(slashes.length))
    .replaceAll("|", "\\|");
  const runs = (line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const space = /^[ `]|[ `]$|^$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}
