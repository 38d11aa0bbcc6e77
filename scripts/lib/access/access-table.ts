import { inOneLine } from "../plan/shown-values";
import { CHANGE_SIGNS, changesAnything, factsOf } from "./access-facts";
import type { AccessGraph, AccessNode } from "./access-graph";
import { accessMatrices } from "./access-matrix";
import { isOfPlan, NO_CHANGES, type AccessOrigin } from "./access-origin";
import { asCode } from "./markdown-code";
import { matrixMarkdown, matrixText } from "./matrix-text";
import { aligned } from "./shown-width";

/** The sentence for a graph without an edge. */
export const NO_ACCESS = "No one can do anything.";

/** Who can do what, as aligned columns for a terminal: the matrices, then every fact. */
export function accessTable(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  return [
    ...noChanges(graph, origin),
    ...accessMatrices(graph).map(matrixText),
    graph.edges.length === 0
      ? NO_ACCESS
      : aligned(rowsOf(graph, inOneLine)).join("\n"),
  ].join("\n\n");
}

/** Who can do what, as tables of GitHub's Markdown in which every name is nothing but text. */
export function accessMarkdown(
  graph: AccessGraph,
  origin: AccessOrigin = {},
): string {
  const [header = [], ...rows] = rowsOf(graph, asCode);
  const table = [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
  return [
    ...noChanges(graph, origin),
    ...accessMatrices(graph).map(matrixMarkdown),
    graph.edges.length === 0 ? NO_ACCESS : table,
  ].join("\n\n");
}

function noChanges(
  graph: AccessGraph,
  origin: AccessOrigin,
): readonly string[] {
  return isOfPlan(origin) && !changesAnything(graph) ? [NO_CHANGES] : [];
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
