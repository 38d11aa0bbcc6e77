import { truncateMiddle } from "../../cli/table";
import { escapeControlCharacters } from "../../cli/escape";
import {
  type AccessNode,
  getKindNoun,
  getNounPrefix,
  type NodeKind,
} from "../access-graph";
import { type AccessArrow, formatArrowLabel, getColumn } from "./access-rows";
import {
  type ArrowPosition,
  BOX,
  layOutGraph,
  type NodePosition,
  type Point,
} from "./graph-layout";

const MAX_NAME_WIDTH = 28;
const PRINCIPAL_TONES: Readonly<Partial<Record<NodeKind, string>>> = {
  users: "people",
  group: "people",
  application: "programs",
  service: "programs",
};

/** Arrow heads for all drawings of a page. */
export const ARROW_HEADS = `<svg class="heads" width="0" height="0" aria-hidden="true"><defs>${["same", "gained", "lost"].map(drawArrowHead).join("")}</defs></svg>`;

/** Nodes and arrows of a graph. The page's script refers to them by their index. */
export interface GraphParts {
  readonly nodes: readonly AccessNode[];
  readonly arrows: readonly AccessArrow[];
}

export interface Drawing {
  readonly svg: string;
  /** Unscaled width, in pixels. */
  readonly width: number;
}

/** Draws a part of a graph as SVG, with the indexes of the whole graph. */
export function drawGraph(
  whole: GraphParts,
  part: GraphParts,
  label: string,
): Drawing {
  const { width, height, nodes, arrows } = layOutGraph(part.nodes, part.arrows);
  const nodeIndexes = new Map(whole.nodes.map(({ id }, index) => [id, index]));
  const arrowIndexes = new Map(
    whole.arrows.map((arrow, index) => [arrow, index]),
  );
  const draw = (drawPart: (position: ArrowPosition, index: number) => string) =>
    arrows.map((position) =>
      drawPart(position, arrowIndexes.get(position.arrow) ?? -1),
    );
  const boxes = nodes.map((position) =>
    drawBox(position, nodeIndexes.get(position.node.id) ?? -1),
  );
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  return {
    width,
    svg: `<svg ${size} role="group" aria-label="${escapeHtml(label)}">${[...draw(drawLine), ...boxes, ...draw(drawLabel)].join("")}</svg>`,
  };
}

/** Returns the CSS class with the color of a kind of node. */
export function getTone(kind: NodeKind): string {
  const tones = [PRINCIPAL_TONES[kind] ?? "outside", "roles", "resources"];
  return tones[getColumn(kind)] ?? "outside";
}

function drawArrowHead(change: string): string {
  return `<marker id="head-${change}" class="head ${change}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

function drawLine(
  { arrow, points, label }: ArrowPosition,
  index: number,
): string {
  const { from, to, change } = arrow;
  const title = `${getNounPrefix(from)}${from.name} → ${formatArrowLabel(arrow)} → ${getNounPrefix(to)}${to.name}`;
  return `<g class="arrow ${change}" data-arrow="${index}"><title>${escapeHtml(title)}</title><path d="${formatCurve(flattenAtLabel(points, label))}" marker-end="url(#head-${change})"/></g>`;
}

function drawLabel({ arrow, label }: ArrowPosition, index: number): string {
  if (label === undefined) return "";
  const { x, y, width, text, isShortened } = label;
  const full = escapeHtml(formatArrowLabel(arrow));
  return [
    `<g class="label ${arrow.change}" data-arrow="${index}" data-short="${isShortened}" tabindex="${isShortened ? 0 : -1}" role="img" aria-label="${full}"><title>${full}</title>`,
    `<rect x="${round(x - width / 2)}" y="${round(y - 8)}" width="${width}" height="16" rx="4"/>`,
    `<text x="${round(x)}" y="${round(y + 3.5)}" text-anchor="middle">${escapeHtml(text)}</text></g>`,
  ].join("");
}

function drawBox({ node, x, y }: NodePosition, index: number): string {
  const left = round(x - BOX.width / 2);
  const top = round(y - BOX.height / 2);
  const full = escapeHtml(`${getNounPrefix(node)}${node.name}`);
  const line = escapeControlCharacters(node.name);
  const name = truncateMiddle(line, MAX_NAME_WIDTH);
  return [
    `<g class="node ${getTone(node.kind)}" data-node="${index}" data-short="${name !== line}" tabindex="0" role="button" aria-label="${full}" transform="translate(${left} ${top})">`,
    `<title>${full}</title>`,
    `<rect class="box" width="${BOX.width}" height="${BOX.height}" rx="7"/>`,
    `<rect class="stripe" x="6" y="9" width="4" height="${BOX.height - 18}" rx="2"/>`,
    `<text class="kind" x="18" y="17">${getKindNoun(node.kind)}</text>`,
    `<text class="name" x="18" y="33">${escapeHtml(name)}</text></g>`,
  ].join("");
}

/** Replaces the center of a label by its two ends, so that the line is horizontal behind the label. */
function flattenAtLabel(
  points: readonly Point[],
  label: ArrowPosition["label"],
): readonly Point[] {
  if (label === undefined) return points;
  const { x, y, width } = label;
  return points.flatMap((point) =>
    point.x === x && point.y === y
      ? [-width / 2, width / 2].map((half) => ({ x: x + half, y }))
      : [point],
  );
}

/** Returns the path of a curve that is horizontal at each of its points. */
function formatCurve(points: readonly Point[]): string {
  const [first = { x: 0, y: 0 }, ...rest] = points;
  const parts = rest.map((point, index) => {
    const before = points[index] ?? first;
    const middle = round((before.x + point.x) / 2);
    return `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
  });
  return `M${round(first.x)} ${round(first.y)}${parts.join("")}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Escapes a text for HTML content and attribute values, and makes control and direction characters visible. */
export function escapeHtml(text: string): string {
  return escapeControlCharacters(text).replace(
    /[&<>"'`]/g,
    (character) => `&#${character.codePointAt(0) ?? 0};`,
  );
}
