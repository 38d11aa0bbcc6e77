import type { Growth } from "./measurements";

const SIZE = { width: 720, height: 420 };
const FRAME = { left: 64, right: 24, top: 44, bottom: 52 };
/** Legible on a white and on a black background. */
const COLORS = ["#2f7ed8", "#d9822b", "#c23030", "#29a634"];
const INK = "#808890";

/** Draws synthesis time by number of clients, both on a logarithmic scale, as SVG. */
export function drawGrowth(growths: readonly Growth[]): string {
  const points = growths.flatMap((growth) => growth.points);
  const [least, most] = findPowers(points.map(({ clients }) => clients));
  const [fastest, slowest] = findPowers(points.map(({ seconds }) => seconds));
  const x = (clients: number): number =>
    scale(
      Math.log10(clients),
      [least, most],
      FRAME.left,
      SIZE.width - FRAME.right,
    );
  const y = (seconds: number): number =>
    scale(
      Math.log10(seconds),
      [fastest, slowest],
      SIZE.height - FRAME.bottom,
      FRAME.top,
    );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" font-family="sans-serif" font-size="13" fill="${INK}">`,
    "<title>Synthesis time in seconds by number of service clients</title>",
    ...listPowers(least, most).map(
      (clients) =>
        `${drawLine([x(clients), FRAME.top], [x(clients), SIZE.height - FRAME.bottom])}${drawText(x(clients), SIZE.height - FRAME.bottom + 20, "middle", clients.toLocaleString("en-US"))}`,
    ),
    ...listPowers(fastest, slowest).map(
      (seconds) =>
        `${drawLine([FRAME.left, y(seconds)], [SIZE.width - FRAME.right, y(seconds)])}${drawText(FRAME.left - 8, y(seconds) + 4, "end", String(seconds))}`,
    ),
    drawText(
      (SIZE.width + FRAME.left) / 2,
      SIZE.height - 12,
      "middle",
      "service clients",
    ),
    drawText(FRAME.left - 8, FRAME.top - 22, "end", "seconds"),
    ...growths.flatMap((growth, index) => drawCurve(growth, index, x, y)),
    "</svg>",
    "",
  ].join("\n");
}

function drawCurve(
  { name, points }: Growth,
  index: number,
  x: (clients: number) => number,
  y: (seconds: number) => number,
): string[] {
  const color = COLORS[index % COLORS.length] ?? INK;
  const positions = points.map(({ clients, seconds }): [number, number] => [
    x(clients),
    y(seconds),
  ]);
  return [
    `<polyline fill="none" stroke="${color}" stroke-width="2" points="${positions.map((position) => position.join(",")).join(" ")}"/>`,
    ...positions.map(
      ([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}"/>`,
    ),
    `<text x="${FRAME.left + 14}" y="${FRAME.top + 18 + index * 18}" fill="${color}">${escapeXml(name)}</text>`,
  ];
}

/** Returns the exponents of the powers of ten below and above all figures. */
function findPowers(figures: readonly number[]): [number, number] {
  const lower = Math.floor(Math.log10(Math.min(...figures)));
  const upper = Math.ceil(Math.log10(Math.max(...figures)));
  return [lower, upper === lower ? lower + 1 : upper];
}

function listPowers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    Number(`1e${from + index}`),
  );
}

function scale(
  value: number,
  [low, high]: readonly [number, number],
  from: number,
  to: number,
): number {
  const share = (value - low) / (high - low);
  return Math.round((from + share * (to - from)) * 10) / 10;
}

function drawLine(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${INK}" stroke-opacity="0.3"/>`;
}

function drawText(
  x: number,
  y: number,
  anchor: string,
  content: string,
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
