import { escapeControlCharacters } from "../../plan/attribute";
import { type AccessArrow, formatArrowLabel, getColumn } from "./access-rows";
import type { AccessNode, NodeKind } from "../access-graph";
import {
  type ArrowPosition,
  BOX,
  layOutGraph,
  type NodePosition,
  type Point,
} from "./graph-layout";
import { truncateMiddle } from "../../cli/table";

const LONGEST_NAME = 28;
const WHO_TONES: Readonly<Partial<Record<NodeKind, string>>> = {
  users: "people",
  group: "people",
  application: "programs",
  service: "programs",
};

/** Heads of the lines, for every drawing of a page. */
export const ARROW_HEADS = `<svg class="heads" width="0" height="0" aria-hidden="true"><defs>${["same", "gained", "lost"].map(headOf).join("")}</defs></svg>`;

/** The parts of a page's graph, whose places in their lists are how its script knows them. */
export interface GraphParts {
  readonly nodes: readonly AccessNode[];
  readonly arrows: readonly AccessArrow[];
}

/** A drawing and the width that it takes when nothing is scaled. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
}

/** Some or all of a graph as SVG. */
export function drawGraph(
  all: GraphParts,
  shown: GraphParts,
  label: string,
): Drawing {
  const { width, height, nodes, arrows } = layOutGraph(
    shown.nodes,
    shown.arrows,
  );
  const nodeNumbers = new Map(all.nodes.map(({ id }, index) => [id, index]));
  const arrowNumbers = new Map(
    all.arrows.map((arrow, index) => [arrow, index]),
  );
  const size = `width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}"`;
  const lines = arrows.map((placed) =>
    lineOf(placed, arrowNumbers.get(placed.arrow) ?? -1),
  );
  const labels = arrows.map((placed) =>
    labelSvg(placed, arrowNumbers.get(placed.arrow) ?? -1),
  );
  const boxes = nodes.map((placed) =>
    boxOf(placed, nodeNumbers.get(placed.node.id) ?? -1),
  );
  return {
    width,
    svg: `<svg ${size} role="group" aria-label="${escapeHtml(label)}">${[...lines, ...boxes, ...labels].join("")}</svg>`,
  };
}

/** Returns the color in which a kind is drawn, by its name in the style sheet. */
export function getTone(kind: NodeKind): string {
  if (getColumn(kind) === 1) return "through";
  if (getColumn(kind) === 2) return "what";
  return WHO_TONES[kind] ?? "outside";
}

function headOf(change: string): string {
  return `<marker id="head-${change}" class="head ${change}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

function lineOf(
  { arrow, points, label }: ArrowPosition,
  number: number,
): string {
  const { from, to, change } = arrow;
  const title = `${from.kind} ${from.name} → ${formatArrowLabel(arrow)} → ${to.kind} ${to.name}`;
  return `<g class="arrow ${change}" data-arrow="${number}"><title>${escapeHtml(title)}</title><path d="${curve(levelAt(points, label))}" marker-end="url(#head-${change})"/></g>`;
}

function labelSvg({ arrow, label }: ArrowPosition, number: number): string {
  if (label === undefined) return "";
  const { x, y, width, text, isShort } = label;
  const full = escapeHtml(formatArrowLabel(arrow));
  return [
    `<g class="label ${arrow.change}" data-arrow="${number}" data-short="${isShort}" tabindex="${isShort ? 0 : -1}" role="img" aria-label="${full}"><title>${full}</title>`,
    `<rect x="${round(x - width / 2)}" y="${round(y - 8)}" width="${width}" height="16" rx="4"/>`,
    `<text x="${round(x)}" y="${round(y + 3.5)}" text-anchor="middle">${escapeHtml(text)}</text></g>`,
  ].join("");
}

function boxOf({ node, x, y }: NodePosition, number: number): string {
  const left = round(x - BOX.width / 2);
  const top = round(y - BOX.height / 2);
  const full = escapeHtml(`${node.kind} ${node.name}`);
  const line = escapeControlCharacters(node.name);
  const name = truncateMiddle(line, LONGEST_NAME);
  return [
    `<g class="node ${getTone(node.kind)}" data-node="${number}" data-short="${name !== line}" tabindex="0" role="button" aria-label="${full}" transform="translate(${left} ${top})">`,
    `<title>${full}</title>`,
    `<rect class="box" width="${BOX.width}" height="${BOX.height}" rx="7"/>`,
    `<rect class="stripe" x="6" y="9" width="4" height="${BOX.height - 18}" rx="2"/>`,
    `<text class="kind" x="18" y="17">${node.kind}</text>`,
    `<text class="name" x="18" y="33">${escapeHtml(name)}</text></g>`,
  ].join("");
}

/** The way of an arrow, level for as long as its label is. */
function levelAt(
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

/** A line through its points that is level at each of them. */
function curve(points: readonly Point[]): string {
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

/** Text that is nothing but text in HTML, in an attribute's value too, and that keeps to its line and direction. */
export function escapeHtml(text: string): string {
  return escapeControlCharacters(text).replace(
    /[&<>"'`]/g,
    (sign) => `&#${sign.codePointAt(0) ?? 0};`,
  );
}
