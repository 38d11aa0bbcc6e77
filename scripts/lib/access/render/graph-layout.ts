import { graphlib, layout } from "@dagrejs/dagre";
import { escapeControlCharacters } from "../../plan/attribute";
import { getColumn, formatArrowLabel, type AccessArrow } from "./access-rows";
import type { AccessNode } from "../access-graph";
import { truncateMiddle, displayWidth } from "../../cli/table";

/** Size of every node's box. */
export const BOX = { width: 230, height: 44 } as const;

const LETTER_WIDTH = 6.4;
const LONGEST_LABEL = 30;
/** How far an arrow back to its own box goes. */
const LOOP = 22;
/** Most arrows that can all have a label and still be told apart. */
const MOST_LABELS = 150;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node and the centre of its box. */
export interface NodePosition extends Point {
  readonly node: AccessNode;
}

export interface ArrowPosition {
  readonly arrow: AccessArrow;
  /** From the edge of one box to that of the other. */
  readonly points: readonly Point[];
  /** Its text and where its middle is; absent where there are too many to read. */
  readonly label?: Point & {
    readonly text: string;
    readonly width: number;
    /** Whether the text is shortened. */
    readonly isShort: boolean;
  };
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly NodePosition[];
  readonly arrows: readonly ArrowPosition[];
}

/** Where everything of a picture stands: boxes that do not overlap, in columns from who to what. */
export function layOutGraph(
  nodes: readonly AccessNode[],
  arrows: readonly AccessArrow[],
): GraphLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    // what is used stands at the right, and a thousand nodes take seconds, not minutes
    ranker: "longest-path",
    nodesep: 14,
    edgesep: 12,
    ranksep: 64 + Math.min(160, arrows.length / 8),
    marginx: 12,
    marginy: 12,
  });
  for (const { id } of nodes) graph.setNode(id, { ...BOX });
  const labels = arrows.map((arrow) => labelText(arrow, arrows.length));
  arrows.forEach(({ from, to }, index) => {
    if (from === to) return;
    const apart = getColumn(to.kind) - getColumn(from.kind);
    graph.setEdge(
      from.id,
      to.id,
      { ...labelSize(labels[index]), minlen: Math.max(1, apart) },
      String(index),
    );
  });
  layout(graph);
  const centreOf = ({ id }: AccessNode) => pointOf(graph.node(id));
  const placed = arrows.map((arrow, index): ArrowPosition => {
    const { from, to } = arrow;
    const text = labels[index];
    if (from === to) return loop(arrow, centreOf(from), text);
    const edge = graph.edge(from.id, to.id, String(index)) as Point & {
      readonly points: readonly Point[];
    };
    const points = betweenBoxes(edge.points, centreOf(from), centreOf(to));
    return { arrow, points, ...labelAt(arrow, pointOf(edge), text) };
  });
  const { width = 0, height = 0 } = graph.graph() as Partial<typeof BOX>;
  const loopEnds = placed
    .filter(({ arrow: { from, to } }) => from === to)
    .map(({ label, points: [at] }) =>
      label === undefined ? (at?.x ?? 0) + LOOP : label.x + label.width / 2,
    );
  return {
    width: Math.max(width, BOX.width + 24, ...loopEnds),
    height: Math.max(height, BOX.height + 24),
    nodes: nodes.map((node) => ({ node, ...centreOf(node) })),
    arrows: placed,
  };
}

/** An arrow back to its own box, at the box's right. */
function loop(
  arrow: AccessArrow,
  { x, y }: Point,
  text: string | undefined,
): ArrowPosition {
  const side = x + BOX.width / 2;
  const way = [
    [0, -LOOP / 2],
    [LOOP, -LOOP / 2],
    [LOOP, LOOP / 2],
    [0, LOOP / 2],
  ] as const;
  const middle = side + LOOP + labelWidth(text ?? "") / 2;
  return {
    arrow,
    points: way.map(([right, down]) => ({ x: side + right, y: y + down })),
    ...labelAt(arrow, { x: middle, y }, text),
  };
}

function labelAt(
  arrow: AccessArrow,
  at: Point,
  text: string | undefined,
): Pick<ArrowPosition, "label"> {
  if (text === undefined) return {};
  const isShort = text !== fullLabel(arrow);
  return { label: { ...at, text, width: labelWidth(text), isShort } };
}

function labelText(arrow: AccessArrow, count: number): string | undefined {
  if (count > MOST_LABELS && arrow.change === "same") return undefined;
  const text = fullLabel(arrow);
  return text === "" ? undefined : truncateMiddle(text, LONGEST_LABEL);
}

function fullLabel(arrow: AccessArrow): string {
  return escapeControlCharacters(formatArrowLabel(arrow));
}

function labelSize(text: string | undefined): object {
  if (text === undefined) return {};
  return { width: labelWidth(text), height: 16, labelpos: "c" };
}

function labelWidth(text: string): number {
  return Math.ceil(displayWidth(text) * LETTER_WIDTH) + 8;
}

function pointOf(placed: unknown): Point {
  const { x, y } = placed as Point;
  return { x, y };
}

/** The way of an arrow, begun and ended in the middle of a box's side. */
function betweenBoxes(
  points: readonly Point[],
  from: Point,
  to: Point,
): readonly Point[] {
  const inner = points.slice(1, -1);
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
