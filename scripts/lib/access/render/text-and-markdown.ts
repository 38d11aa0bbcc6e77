import {
  displayWidth,
  formatMarkdownTable,
  formatTextTable,
} from "../../cli/table";
import { escapeControlCharacters, formatCodeSpan } from "../../cli/escape";
import {
  type AccessGraph,
  type AccessNode,
  type AccessOrigin,
  getNounPrefix,
  isFromPlan,
  NO_CHANGES_TEXT,
} from "../access-graph";
import {
  type AccessMatrix,
  buildAccessMatrices,
  type MatrixEntry,
  toListMatrix,
} from "./access-matrix";
import {
  ACCESS_COLUMNS,
  CHANGE_SIGNS,
  formatChange,
  hasChanges,
  listAccessRows,
} from "./access-rows";

/** The sentence for a graph without an edge. */
export const NO_ACCESS_TEXT = "No one can do anything.";

/** Width above which a matrix is printed as one list per row. */
const MAX_WIDTH = 120;

type Escape = (text: string) => string;

/** Formats a graph for a terminal: the matrices, then a table of all access. */
export function formatAccessText(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  return joinParts(
    graph,
    origin,
    buildAccessMatrices(graph).map(formatMatrixText),
    formatTextTable(formatRows(graph, escapeControlCharacters)).join("\n"),
  );
}

/** Formats a graph as GitHub Markdown tables in which no name can add markup. */
export function formatAccessMarkdown(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  return joinParts(
    graph,
    origin,
    buildAccessMatrices(graph).map(formatMatrixMarkdown),
    formatMarkdownTable(formatRows(graph, formatMarkdownCode)),
  );
}

function joinParts(
  graph: AccessGraph,
  origin: AccessOrigin,
  matrices: readonly string[],
  table: string,
): string {
  return [
    ...(isFromPlan(origin) && !hasChanges(graph) ? [NO_CHANGES_TEXT] : []),
    ...matrices,
    graph.edges.length === 0 ? NO_ACCESS_TEXT : table,
  ].join("\n\n");
}

/** Returns the header and all rows; a principal is named only in its first row. */
function formatRows(
  graph: AccessGraph,
  escape: Escape,
): readonly (readonly string[])[] {
  const withChange = hasChanges(graph);
  const formatNode = (node: AccessNode) =>
    `${getNounPrefix(node)}${escape(node.name)}`;
  const rows = listAccessRows(graph);
  return [
    [...ACCESS_COLUMNS, ...(withChange ? ["Change"] : [])],
    ...rows.map(
      ({ principal, permissions, resource, condition, change }, index) => [
        rows[index - 1]?.principal === principal ? "" : formatNode(principal),
        permissions.map(escape).join(", "),
        formatNode(resource),
        condition === "" ? "" : escape(condition),
        ...(withChange ? [formatChange(change)] : []),
      ],
    ),
  ];
}

/** Formats a matrix as aligned columns for a terminal. */
export function formatMatrixText(matrix: AccessMatrix): string {
  const { title, resource, note } = matrix;
  const grid = formatGrid(matrix);
  const isWide = grid.some((line) => displayWidth(line) > MAX_WIDTH);
  const suffix =
    resource === undefined ? "" : ` ${escapeControlCharacters(resource)}`;
  return [
    `${title}${suffix}`,
    ...(isWide ? formatGrid(toListMatrix(matrix)) : grid),
    ...(note === undefined ? [] : [note]),
  ].join("\n");
}

/** Formats a matrix as a GitHub Markdown table in which no name can add markup. */
export function formatMatrixMarkdown(matrix: AccessMatrix): string {
  const { title, resource, rowHeading, columns, rows, note } = matrix;
  const suffix =
    resource === undefined ? "" : ` ${formatMarkdownCode(resource)}`;
  const headings = columns.map(({ text, isName }) =>
    isName ? formatMarkdownCode(text) : text,
  );
  const body = rows.map(({ node, cells }) => [
    `${getNounPrefix(node)}${formatMarkdownCode(node.name)}`,
    ...cells.map((entries) =>
      entries
        .map((entry) => formatEntry(entry, formatMarkdownCode))
        .join("<br>"),
    ),
  ]);
  return [
    `**${title}**${suffix}`,
    formatMarkdownTable([[rowHeading, ...headings], ...body]),
    ...(note === undefined ? [] : [note]),
  ].join("\n\n");
}

/** Formats an entry with the sign and the word of its change. An entry without text is a "yes". */
export function formatEntry(
  { text, change }: MatrixEntry,
  escape: Escape,
): string {
  if (text === "") return change === "same" ? "yes" : formatChange(change);
  if (change === "same") return escape(text);
  return `${CHANGE_SIGNS[change]} ${escape(text)} (${change})`;
}

/** Returns the lines of a matrix. A row takes one line for each entry of its longest cell. */
function formatGrid({
  rowHeading,
  columns,
  rows,
}: AccessMatrix): readonly string[] {
  const body = rows.flatMap(({ node, cells }) => {
    const height = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => [
      line === 0
        ? `${getNounPrefix(node)}${escapeControlCharacters(node.name)}`
        : "",
      ...cells.map(({ [line]: entry }) =>
        entry === undefined ? "" : formatEntry(entry, escapeControlCharacters),
      ),
    ]);
  });
  const headings = columns.map(({ text }) => escapeControlCharacters(text));
  return formatTextTable([[rowHeading, ...headings], ...body]);
}

/** Formats a text as a code span in a table cell, in which GitHub makes no link, mention or tag. */
function formatMarkdownCode(text: string): string {
  const line = escapeControlCharacters(text)
    // a backslash before an escaped pipe ends the cell in some readers
    .replace(/\\+(?=\|)/g, (slashes) => "\\u005c".repeat(slashes.length))
    .replaceAll("|", "\\|");
  return formatCodeSpan(line);
}
