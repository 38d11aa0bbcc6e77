import { graphlib, layout } from "@dagrejs/dagre";
import { displayWidth, truncateMiddle } from "../../cli/table";
import { escapeControlCharacters } from "../../cli/escape";
import type { AccessNode } from "../access-graph";
import { type AccessArrow, formatArrowLabel, getColumn } from "./access-rows";

/** Size of a node's box, in pixels. */
export const BOX = { width: 230, height: 44 } as const;

const CHARACTER_WIDTH = 6.4;
const MAX_LABEL_WIDTH = 30;
/** Distance that an arrow from a box to itself extends, in pixels. */
const LOOP_SIZE = 22;
/** Number of arrows above which unchanged arrows have no label, because labels would overlap. */
const MAX_LABELS = 150;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node and the center of its box. */
export interface NodePosition extends Point {
  readonly node: AccessNode;
}

export interface ArrowPosition {
  readonly arrow: AccessArrow;
  /** From the edge of one box to the edge of the other. */
  readonly points: readonly Point[];
  /** Text and center of the label. Absent if there are too many labels to read. */
  readonly label?: Point & {
    readonly text: string;
    readonly width: number;
    readonly isShortened: boolean;
  };
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly NodePosition[];
  readonly arrows: readonly ArrowPosition[];
}

/** Computes positions such that boxes do not overlap and stand in columns from principals to resources. */
export function layOutGraph(
  nodes: readonly AccessNode[],
  arrows: readonly AccessArrow[],
): GraphLayout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: "LR",
    // puts resources at the right, and lays out 1,000 nodes in seconds instead of minutes
    ranker: "longest-path",
    nodesep: 14,
    edgesep: 12,
    ranksep: 64 + Math.min(160, arrows.length / 8),
    marginx: 12,
    marginy: 12,
  });
  for (const { id } of nodes) graph.setNode(id, { ...BOX });
  const labels = arrows.map((arrow) => getLabelText(arrow, arrows.length));
  arrows.forEach(({ from, to }, index) => {
    if (from === to) return;
    const distance = getColumn(to.kind) - getColumn(from.kind);
    graph.setEdge(
      from.id,
      to.id,
      { ...getLabelSize(labels[index]), minlen: Math.max(1, distance) },
      String(index),
    );
  });
  layout(graph);
  const getCenter = ({ id }: AccessNode) => toPoint(graph.node(id));
  const placed = arrows.map((arrow, index): ArrowPosition => {
    const { from, to } = arrow;
    const text = labels[index];
    if (from === to) return positionLoop(arrow, getCenter(from), text);
    const edge = graph.edge(from.id, to.id, String(index)) as Point & {
      readonly points: readonly Point[];
    };
    const points = connectBoxes(edge.points, getCenter(from), getCenter(to));
    return { arrow, points, ...positionLabel(arrow, toPoint(edge), text) };
  });
  const { width = 0, height = 0 } = graph.graph() as Partial<typeof BOX>;
  const loopEnds = placed
    .filter(({ arrow: { from, to } }) => from === to)
    .map(({ label, points: [start] }) =>
      label === undefined
        ? (start?.x ?? 0) + LOOP_SIZE
        : label.x + label.width / 2,
    );
  return {
    width: Math.max(width, BOX.width + 24, ...loopEnds),
    height: Math.max(height, BOX.height + 24),
    nodes: nodes.map((node) => ({ node, ...getCenter(node) })),
    arrows: placed,
  };
}

/** Positions an arrow from a box to itself at the right side of the box. */
function positionLoop(
  arrow: AccessArrow,
  { x, y }: Point,
  text: string | undefined,
): ArrowPosition {
  const side = x + BOX.width / 2;
  const corners = [
    [0, -LOOP_SIZE / 2],
    [LOOP_SIZE, -LOOP_SIZE / 2],
    [LOOP_SIZE, LOOP_SIZE / 2],
    [0, LOOP_SIZE / 2],
  ] as const;
  const middle = side + LOOP_SIZE + getLabelWidth(text ?? "") / 2;
  return {
    arrow,
    points: corners.map(([right, down]) => ({ x: side + right, y: y + down })),
    ...positionLabel(arrow, { x: middle, y }, text),
  };
}

function positionLabel(
  arrow: AccessArrow,
  center: Point,
  text: string | undefined,
): Pick<ArrowPosition, "label"> {
  if (text === undefined) return {};
  const isShortened = text !== getFullLabel(arrow);
  return {
    label: { ...center, text, width: getLabelWidth(text), isShortened },
  };
}

function getLabelText(arrow: AccessArrow, count: number): string | undefined {
  if (count > MAX_LABELS && arrow.change === "same") return undefined;
  const text = getFullLabel(arrow);
  return text === "" ? undefined : truncateMiddle(text, MAX_LABEL_WIDTH);
}

function getFullLabel(arrow: AccessArrow): string {
  return escapeControlCharacters(formatArrowLabel(arrow));
}

function getLabelSize(text: string | undefined): object {
  if (text === undefined) return {};
  return { width: getLabelWidth(text), height: 16, labelpos: "c" };
}

function getLabelWidth(text: string): number {
  return Math.ceil(displayWidth(text) * CHARACTER_WIDTH) + 8;
}

function toPoint(position: unknown): Point {
  const { x, y } = position as Point;
  return { x, y };
}

/** Makes the line of an arrow begin and end in the middle of a side of its boxes. */
function connectBoxes(
  points: readonly Point[],
  from: Point,
  to: Point,
): readonly Point[] {
  const inner = points.slice(1, -1);
  return [
    getSide(from, inner[0] ?? to),
    ...inner,
    getSide(to, inner.at(-1) ?? from),
  ];
}

function getSide(box: Point, toward: Point): Point {
  const half = BOX.width / 2;
  return { x: box.x + (toward.x < box.x ? -half : half), y: box.y };
}
