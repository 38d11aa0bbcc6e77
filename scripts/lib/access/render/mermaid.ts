import { truncateMiddle } from "../../cli/table";
import { escapeControlCharacters } from "../../cli/escape";
import {
  type AccessGraph,
  type AccessNode,
  type EdgeChange,
  getNounPrefix,
} from "../access-graph";
import {
  type AccessArrow,
  DIAGRAM_COLUMNS,
  formatArrowLabel,
  getColumn,
  listArrows,
  listNodes,
} from "./access-rows";

/** GitHub draws no chart with more than 500 edges or 50,000 characters. */
const MAX_ARROWS = 400;
const MAX_CHARACTERS = 48_000;
const MAX_NAME_WIDTH = 64;
const MAX_LABEL_WIDTH = 48;
const LINES: Readonly<Record<EdgeChange, string>> = {
  same: "-->",
  gained: "==>",
  lost: "-.->",
};
const STYLES: readonly (readonly [EdgeChange, string])[] = [
  ["gained", "stroke:#1a7f37,stroke-width:4px"],
  ["lost", "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4"],
];

/** Formats a graph as a Mermaid chart. A chart that is too large shows changed arrows first and counts the rest. */
export function formatAccessMermaid(graph: AccessGraph): string {
  const nodes = listNodes(graph);
  const arrows = listArrows(graph);
  const chart = new Chart(nodes);
  for (const arrow of changedFirst(arrows).slice(0, MAX_ARROWS))
    chart.addArrow(arrow);
  const connected = new Set(arrows.flatMap(({ from, to }) => [from.id, to.id]));
  const isolated = nodes.filter(({ id }) => !connected.has(id));
  for (const node of isolated) chart.addNodes([node]);

  const shownArrows = arrows.filter((arrow) => chart.arrows.has(arrow));
  const hidden = isolated.filter(({ id }) => !chart.nodes.has(id));
  return [
    "flowchart LR",
    ...DIAGRAM_COLUMNS.flatMap((title, column) => {
      const lines = nodes
        .filter(({ kind }) => getColumn(kind) === column)
        .flatMap(({ id }) => chart.nodes.get(id) ?? []);
      if (lines.length === 0) return [];
      return [`  subgraph column${column}["${title}"]`, ...lines, "  end"];
    }),
    ...shownArrows.flatMap((arrow) => chart.arrows.get(arrow) ?? []),
    ...formatHidden(arrows.length - shownArrows.length, hidden.length),
    ...STYLES.flatMap(([change, style]) => {
      const indexes = [...shownArrows.keys()].filter(
        (index) => shownArrows[index]?.change === change,
      );
      return indexes.length === 0
        ? []
        : [`  linkStyle ${indexes.join()} ${style}`];
    }),
  ].join("\n");
}

/** Lines of a chart, added until the chart has its maximum size. */
class Chart {
  readonly nodes = new Map<string, string>();
  readonly arrows = new Map<AccessArrow, string>();
  private readonly ids: ReadonlyMap<string, string>;
  private charactersLeft = MAX_CHARACTERS;

  constructor(nodes: readonly AccessNode[]) {
    this.ids = new Map(nodes.map(({ id }, index) => [id, `n${index + 1}`]));
  }

  addArrow(arrow: AccessArrow): void {
    const { from, to, change } = arrow;
    const text = quote(formatArrowLabel(arrow), MAX_LABEL_WIDTH);
    // Mermaid rejects an empty label
    const label = text === '""' ? "" : `|${text}|`;
    const line = `  ${this.getId(from)} ${LINES[change]}${label} ${this.getId(to)}`;
    // a style line may also name the arrow's number
    if (this.addNodes([from, to], line.length + 5))
      this.arrows.set(arrow, line);
  }

  /** Adds nodes if they and `more` characters fit; returns whether they do. */
  addNodes(nodes: readonly AccessNode[], more = 0): boolean {
    const added = nodes
      .filter(({ id }) => !this.nodes.has(id))
      .map((node) => {
        const text = quote(node.name, MAX_NAME_WIDTH, getNounPrefix(node));
        return [node.id, `    ${this.getId(node)}[${text}]`] as const;
      });
    const size = added.reduce((sum, [, line]) => sum + line.length + 1, more);
    if (size > this.charactersLeft) return false;
    this.charactersLeft -= size;
    for (const [id, line] of added) this.nodes.set(id, line);
    return true;
  }

  private getId({ id }: AccessNode): string {
    return this.ids.get(id) ?? "n0";
  }
}

function formatHidden(arrows: number, nodes: number): string[] {
  if (arrows + nodes === 0) return [];
  const parts = [
    ...(arrows > 0 ? [`${arrows} more arrows`] : []),
    ...(nodes > 0 ? [`${nodes} more names without an arrow`] : []),
  ];
  return [`  more["… ${parts.join(" and ")} are not shown"]`];
}

function changedFirst(arrows: readonly AccessArrow[]): AccessArrow[] {
  const isSame = ({ change }: AccessArrow) => change === "same";
  return [
    ...arrows.filter((arrow) => !isSame(arrow)),
    ...arrows.filter(isSame),
  ];
}

/**
 * Quotes a text so that Mermaid finds no markup in it. All characters but letters, digits, and separators between them
 * become character codes.
 */
function quote(text: string, width: number, prefix = ""): string {
  const short = truncateMiddle(escapeControlCharacters(text), width);
  const safe = `${prefix}${short}`.replace(
    /(?<![A-Za-z0-9])[-_/]|[-_/](?![A-Za-z0-9])|[^-_/\p{L}\p{N} …]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
  return `"${safe}"`;
}
