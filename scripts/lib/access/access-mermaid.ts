import { inOneLine } from "../plan/shown-values";
import {
  arrowsOf,
  COLUMNS,
  columnOf,
  labelOf,
  nodesOf,
  type AccessArrow,
} from "./access-facts";
import type { AccessChange, AccessGraph, AccessNode } from "./access-graph";
import { shortened } from "./shown-width";

/** GitHub draws no chart of more than 500 edges or of more than 50,000 characters. */
const MOST_ARROWS = 400;
const LONGEST = 48_000;
const LONGEST_NAME = 64;
const LONGEST_LABEL = 48;
const LINES: Readonly<Record<AccessChange, string>> = {
  same: "-->",
  gained: "==>",
  lost: "-.->",
};
const STYLES: readonly (readonly [AccessChange, string])[] = [
  ["gained", "stroke:#1a7f37,stroke-width:4px"],
  ["lost", "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4"],
];

/** Who can do what as a Mermaid chart, what changes first where not all of it can be shown. */
export function accessMermaid(graph: AccessGraph): string {
  const nodes = nodesOf(graph);
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index + 1}`]));
  const arrows = changedFirst(arrowsOf(graph));
  const chart = new Chart(ids);
  const missing = arrows.filter(
    (arrow, index) => index >= MOST_ARROWS || !chart.addArrow(arrow),
  );
  const connected = new Set(arrows.flatMap(({ from, to }) => [from.id, to.id]));
  const alone = nodes.filter(({ id }) => !connected.has(id));
  const missingAlone = alone.filter((node) => !chart.addNodes([node]));
  return chart.text(missing.length, missingAlone.length);
}

/** A chart that takes what there is room for. */
class Chart {
  private readonly columns = COLUMNS.map(() => new Map<string, string>());
  private readonly arrows: string[] = [];
  private readonly changed: Record<AccessChange, number[]> = {
    same: [],
    gained: [],
    lost: [],
  };
  private length = 1000;

  constructor(private readonly ids: ReadonlyMap<string, string>) {}

  addArrow(arrow: AccessArrow): boolean {
    const { from, to, change } = arrow;
    const label = shortened(inOneLine(labelOf(arrow)), LONGEST_LABEL);
    // an empty label is an error to Mermaid
    const told = label === "" ? "" : `|${quoted(label)}|`;
    const line = `  ${this.id(from)} ${LINES[change]}${told} ${this.id(to)}`;
    if (!this.addNodes([from, to], line.length + 6)) return false;
    this.changed[change].push(this.arrows.length);
    this.arrows.push(line);
    return true;
  }

  addNodes(nodes: readonly AccessNode[], besides = 0): boolean {
    const added = nodes
      .filter(({ id, kind }) => !this.columns[columnOf(kind)]?.has(id))
      .map((node) => ({ node, line: `    ${this.id(node)}[${shown(node)}]` }));
    const length = added.reduce((sum, { line }) => sum + line.length + 1, 0);
    if (this.length + length + besides > LONGEST) return false;
    this.length += length + besides;
    for (const { node, line } of added)
      this.columns[columnOf(node.kind)]?.set(node.id, line);
    return true;
  }

  text(missingArrows: number, missingNodes: number): string {
    return [
      "flowchart LR",
      ...this.columns.flatMap((lines, column) =>
        lines.size === 0
          ? []
          : [
              `  subgraph column${column}["${COLUMNS[column] ?? ""}"]`,
              ...lines.values(),
              "  end",
            ],
      ),
      ...this.arrows,
      ...notShown(missingArrows, missingNodes),
      ...STYLES.flatMap(([change, style]) => this.styled(change, style)),
    ].join("\n");
  }

  private styled(change: AccessChange, style: string): string[] {
    const arrows = this.changed[change];
    return arrows.length === 0 ? [] : [`  linkStyle ${arrows.join()} ${style}`];
  }

  private id({ id }: AccessNode): string {
    return this.ids.get(id) ?? "n0";
  }
}

function notShown(arrows: number, nodes: number): string[] {
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

function shown({ kind, name }: AccessNode): string {
  return quoted(`${kind} ${shortened(inOneLine(name), LONGEST_NAME)}`);
}

/** A text in which Mermaid finds no markup: all but letters, digits and what joins two of them goes as a code. */
function quoted(text: string): string {
  const safe = text.replace(
    /(?<![A-Za-z0-9])[-_/]|[-_/](?![A-Za-z0-9])|[^-_/\p{L}\p{N} …]/gu,
    (sign) => `#${sign.codePointAt(0) ?? 0};`,
  );
  return `"${safe}"`;
}
