import { escapeControlCharacters } from "../../plan/attribute";
import {
  listArrows,
  DIAGRAM_COLUMNS,
  getColumn,
  formatArrowLabel,
  listNodes,
  type AccessArrow,
} from "./access-rows";
import type { EdgeChange, AccessGraph, AccessNode } from "../access-graph";
import { truncateMiddle } from "../../cli/table";

/** GitHub draws no chart of more than 500 edges or of more than 50,000 characters. */
const MOST_ARROWS = 400;
const LONGEST = 48_000;
const LONGEST_NAME = 64;
const LONGEST_LABEL = 48;
const LINES: Readonly<Record<EdgeChange, string>> = {
  same: "-->",
  gained: "==>",
  lost: "-.->",
};
const STYLES: readonly (readonly [EdgeChange, string])[] = [
  ["gained", "stroke:#1a7f37,stroke-width:4px"],
  ["lost", "stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4"],
];

/** Who can do what as a Mermaid chart, what changes first where not all of it can be shown. */
export function formatAccessMermaid(graph: AccessGraph): string {
  const nodes = listNodes(graph);
  const arrows = listArrows(graph);
  const ids = new Map(nodes.map(({ id }, index) => [id, `n${index + 1}`]));
  const room = new Room(ids);
  for (const arrow of changedFirst(arrows).slice(0, MOST_ARROWS))
    room.takeArrow(arrow);
  const connected = new Set(arrows.flatMap(({ from, to }) => [from.id, to.id]));
  const alone = nodes.filter(({ id }) => !connected.has(id));
  for (const node of alone) room.takeNodes([node]);

  const shownArrows = arrows.filter((arrow) => room.arrows.has(arrow));
  const missingNodes = alone.filter((node) => !room.nodes.has(node.id)).length;
  return [
    "flowchart LR",
    ...DIAGRAM_COLUMNS.flatMap((title, column) => {
      const lines = nodes
        .filter(({ kind }) => getColumn(kind) === column)
        .flatMap((node) => room.nodes.get(node.id) ?? []);
      if (lines.length === 0) return [];
      return [`  subgraph column${column}["${title}"]`, ...lines, "  end"];
    }),
    ...shownArrows.flatMap((arrow) => room.arrows.get(arrow) ?? []),
    ...notShown(arrows.length - shownArrows.length, missingNodes),
    ...STYLES.flatMap(([change, style]) => styled(shownArrows, change, style)),
  ].join("\n");
}

/** Takes lines of a chart for as long as there is room. */
class Room {
  readonly nodes = new Map<string, string>();
  readonly arrows = new Map<AccessArrow, string>();
  private left = LONGEST;

  constructor(private readonly ids: ReadonlyMap<string, string>) {}

  takeArrow(arrow: AccessArrow): void {
    const { from, to, change } = arrow;
    const label = truncateMiddle(
      escapeControlCharacters(formatArrowLabel(arrow)),
      LONGEST_LABEL,
    );
    // an empty label is an error to Mermaid
    const told = label === "" ? "" : `|${quoted(label)}|`;
    const line = `  ${this.id(from)} ${LINES[change]}${told} ${this.id(to)}`;
    // its place in a line of styles too
    if (this.takeNodes([from, to], line.length + 5))
      this.arrows.set(arrow, line);
  }

  takeNodes(nodes: readonly AccessNode[], besides = 0): boolean {
    const added = nodes
      .filter((node) => !this.nodes.has(node.id))
      .map((node) => [node, `    ${this.id(node)}[${shown(node)}]`] as const);
    const needed = added.reduce(
      (sum, [, line]) => sum + line.length + 1,
      besides,
    );
    if (needed > this.left) return false;
    this.left -= needed;
    for (const [node, line] of added) this.nodes.set(node.id, line);
    return true;
  }

  private id({ id }: AccessNode): string {
    return this.ids.get(id) ?? "n0";
  }
}

function styled(
  arrows: readonly AccessArrow[],
  change: EdgeChange,
  style: string,
): string[] {
  const places = [...arrows.keys()].filter(
    (place) => arrows[place]?.change === change,
  );
  return places.length === 0 ? [] : [`  linkStyle ${places.join()} ${style}`];
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
  return quoted(
    `${kind} ${truncateMiddle(escapeControlCharacters(name), LONGEST_NAME)}`,
  );
}

/** A text in which Mermaid finds no markup: all but letters, digits and what joins two of them goes as a code. */
function quoted(text: string): string {
  const safe = text.replace(
    /(?<![A-Za-z0-9])[-_/]|[-_/](?![A-Za-z0-9])|[^-_/\p{L}\p{N} …]/gu,
    (sign) => `#${sign.codePointAt(0) ?? 0};`,
  );
  return `"${safe}"`;
}
