import { inOneLine } from "../plan/shown-values";
import { CHANGE_SIGNS } from "./access-facts";
import { asList, type AccessMatrix, type MatrixEntry } from "./access-matrix";
import { asCode } from "./markdown-code";
import { aligned, shownWidth } from "./shown-width";

/** A grid that is wider is printed as one list per row. */
const WIDEST = 120;

/** Formats a matrix as aligned columns for a terminal. */
export function matrixText(matrix: AccessMatrix): string {
  const grid = linesOf(matrix);
  const isWide = grid.some((line) => shownWidth(line) > WIDEST);
  const of = matrix.of === undefined ? "" : ` ${inOneLine(matrix.of)}`;
  return [
    `${matrix.title}${of}`,
    ...(isWide ? linesOf(asList(matrix)) : grid),
    ...(matrix.note === undefined ? [] : [matrix.note]),
  ].join("\n");
}

/** Formats a matrix as a table of GitHub's Markdown in which every name is only text. */
export function matrixMarkdown(matrix: AccessMatrix): string {
  const { title, of, corner, columns, rows, note } = matrix;
  const lines = [
    [
      corner,
      ...columns.map(({ text, isName }) => (isName ? asCode(text) : text)),
    ],
    ["---", ...columns.map(() => "---")],
    ...rows.map(({ node, cells }) => [
      `${node.kind} ${asCode(node.name)}`,
      ...cells.map((entries) =>
        entries.map((entry) => entryText(entry, asCode)).join("<br>"),
      ),
    ]),
  ];
  return [
    `**${title}**${of === undefined ? "" : ` ${asCode(of)}`}`,
    lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"),
    ...(note === undefined ? [] : [note]),
  ].join("\n\n");
}

/** Formats an entry: its change is in words and a sign, and an entry without text is a yes. */
export function entryText(
  { text, change }: MatrixEntry,
  shown: (text: string) => string,
): string {
  const sign = CHANGE_SIGNS[change];
  if (text === "") return change === "same" ? "yes" : `${sign} ${change}`;
  return change === "same" ? shown(text) : `${sign} ${shown(text)} (${change})`;
}

/** The lines of a row have one entry of each of its cells. */
function linesOf({ corner, columns, rows }: AccessMatrix): readonly string[] {
  const body = rows.flatMap(({ node, cells }) => {
    const height = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => [
      line === 0 ? `${node.kind} ${inOneLine(node.name)}` : "",
      ...cells.map((entries) => {
        const entry = entries[line];
        return entry === undefined ? "" : entryText(entry, inOneLine);
      }),
    ]);
  });
  return aligned([
    [corner, ...columns.map(({ text }) => inOneLine(text))],
    ...body,
  ]);
}
