import { graphlib, layout } from "@dagrejs/dagre";
import { inOneLine } from "../plan/shown-values";
import { columnOf, labelOf, type AccessArrow } from "./access-facts";
import type { AccessNode } from "./access-graph";
import { shortened, shownWidth } from "./shown-width";

/** Size of every node's box. */
export const BOX = { width: 212, height: 44 } as const;

const LETTER_WIDTH = 6.4;
const LONGEST_LABEL = 26;
/** Most arrows that can all have a label and still be told apart. */
const MOST_LABELS = 150;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node and the centre of its box. */
export interface PlacedNode extends Point {
  readonly node: AccessNode;
}

export interface PlacedArrow {
  readonly arrow: AccessArrow;
  /** From the edge of one box to that of the other. */
  readonly points: readonly Point[];
  /** Absent where there are too many to read. */
  readonly label?: Point & { readonly text: string };
}

export interface AccessLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly arrows: readonly PlacedArrow[];
}

/** Where everything of a picture stands: boxes that do not overlap, in columns from who to what. */
export function accessLayout(
  nodes: readonly AccessNode[],
  arrows: readonly AccessArrow[],
): AccessLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    // what is used stands at the right, and a thousand nodes take seconds, not minutes
    ranker: "longest-path",
    nodesep: 14,
    edgesep: 12,
    ranksep: 64,
    marginx: 12,
    marginy: 12,
  });
  for (const { id } of nodes) graph.setNode(id, { ...BOX });
  const labels = arrows.map((arrow) => labelText(arrow, arrows.length));
  arrows.forEach(({ from, to }, index) => {
    const apart = columnOf(to.kind) - columnOf(from.kind);
    graph.setEdge(
      from.id,
      to.id,
      { ...labelSize(labels[index]), minlen: Math.max(1, apart) },
      String(index),
    );
  });
  layout(graph);
  const placed = nodes.map((node) => ({
    node,
    ...pointOf(graph.node(node.id)),
  }));
  const { width = 0, height = 0 } = graph.graph() as Partial<typeof BOX>;
  return {
    width: Math.max(width, BOX.width + 24),
    height: Math.max(height, BOX.height + 24),
    nodes: placed,
    arrows: arrows.map((arrow, index) => {
      const edge = graph.edge(arrow.from.id, arrow.to.id, String(index)) as {
        readonly points: readonly Point[];
      } & Point;
      const text = labels[index];
      return {
        arrow,
        points: betweenBoxes(
          edge.points,
          pointOf(graph.node(arrow.from.id)),
          pointOf(graph.node(arrow.to.id)),
        ),
        ...(text !== undefined && { label: { ...pointOf(edge), text } }),
      };
    }),
  };
}

function labelText(arrow: AccessArrow, count: number): string | undefined {
  if (count > MOST_LABELS && arrow.change === "same") return undefined;
  return shortened(inOneLine(labelOf(arrow)), LONGEST_LABEL);
}

function labelSize(text: string | undefined): object {
  if (text === undefined) return {};
  const width = Math.ceil(shownWidth(text) * LETTER_WIDTH) + 8;
  return { width, height: 16, labelpos: "c" };
}

function pointOf(placed: unknown): Point {
  const { x, y } = placed as Point;
  return { x, y };
}

/** The way of an arrow, begun and ended in the middle of a box's side; one back to its own box stays as it is. */
function betweenBoxes(
  points: readonly Point[],
  from: Point,
  to: Point,
): readonly Point[] {
  const inner = points.slice(1, -1);
  if (from.x === to.x && from.y === to.y) return points;
  return [
    sideOf(from, inner[0] ?? to),
    ...inner,
    sideOf(to, inner.at(-1) ?? from),
  ];
}

function sideOf(box: Point, toward: Point): Point {
  const half = BOX.width / 2;
  return { x: box.x + (toward.x < box.x ? -half : half), y: box.y };
}
