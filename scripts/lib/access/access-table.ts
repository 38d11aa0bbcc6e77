import { inOneLine } from "../plan/shown-values";
import { CHANGE_SIGNS, changesAnything, factsOf } from "./access-facts";
import type { AccessGraph, AccessNode } from "./access-graph";
import { padded, shownWidth } from "./shown-width";

const NOTHING = "Nobody may do anything.";

/** Who can do what, as aligned columns for a terminal. */
export function accessTable(graph: AccessGraph): string {
  if (graph.edges.length === 0) return NOTHING;
  const rows = rowsOf(graph, inOneLine);
  const widths = rows.reduce<readonly number[]>(
    (widest, row) =>
      row.map((cell, column) =>
        Math.max(widest[column] ?? 0, shownWidth(cell)),
      ),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Who can do what, as a table of GitHub's Markdown in which every name is nothing but text. */
export function accessMarkdown(graph: AccessGraph): string {
  if (graph.edges.length === 0) return NOTHING;
  const [header = [], ...rows] = rowsOf(graph, asCode);
  return [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** The header and the facts; who stands in the first of its rows only. */
function rowsOf(
  graph: AccessGraph,
  shown: (text: string) => string,
): readonly (readonly string[])[] {
  const withChange = changesAnything(graph);
  const named = ({ kind, name }: AccessNode) => `${kind} ${shown(name)}`;
  const facts = factsOf(graph);
  return [
    ["Who", "May", "What", "Where", ...(withChange ? ["Change"] : [])],
    ...facts.map(({ from, to, can, where, change }, row) => [
      facts[row - 1]?.from === from ? "" : named(from),
      can.map(shown).join(", "),
      named(to),
      where === "" ? "" : shown(where),
      ...(withChange
        ? [change === "same" ? "" : `${CHANGE_SIGNS[change]} ${change}`]
        : []),
    ]),
  ];
}

/** A span of code, in which no link, mention or tag is made, for a cell of a table. */
function asCode(text: string): string {
  const line = inOneLine(text)
    // a backslash before an escaped pipe ends the cell in some readers
    .replace(/\\+(?=\|)/g, (slashes) => "\\u005c".repeat(slashes.length))
    .replaceAll("|", "\\|");
  const runs = (line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const space = /^[ `]|[ `]$|^$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}
