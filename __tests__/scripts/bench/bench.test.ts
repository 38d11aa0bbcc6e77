import {
  benchTable,
  figureOf,
  peerTable,
} from "../../../scripts/lib/bench/bench-report";
import { growthPlot } from "../../../scripts/lib/bench/growth-plot";
import {
  pairedRatio,
  spreadOf,
  type Measured,
} from "../../../scripts/lib/bench/paired-runs";
import { environment } from "../../../stacks/config";

function node(code: string): Measured {
  return {
    command: process.execPath,
    args: ["-e", code],
    environment: environment(),
  };
}

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[5, 1, 3], 3],
  [[4, 1, 2, 3], 2.5],
])("of %j the median is %d", (figures, median) => {
  expect(spreadOf(figures)).toEqual({
    ratio: median,
    low: Math.min(...figures),
    high: Math.max(...figures),
  });
});

test("a slower command has a ratio of more than one, and lies within its spread", async () => {
  const slow = node("setTimeout(() => 0, 300)");
  const { ratio, low, high } = await pairedRatio(slow, node("0"), 2);
  expect(ratio).toBeGreaterThan(1);
  expect(low).toBeLessThanOrEqual(ratio);
  expect(high).toBeGreaterThanOrEqual(ratio);
}, 30_000);

test("fails when a command fails, saying which and how", async () => {
  const failing = pairedRatio(
    node("console.error('why'); process.exit(3)"),
    node("0"),
    1,
  );
  await expect(failing).rejects.toThrow(/failed with exit code 3:\s+why/);
});

test("a goal that is just reached is met", () => {
  const spread = { ratio: 2.5, low: 2, high: 3 };
  expect(figureOf({ name: "n", goal: 2.5 }, spread).met).toBe(true);
  expect(figureOf({ name: "n", goal: 2.4999 }, spread).met).toBe(false);
});

test("the table has a row for each figure", () => {
  const figure = figureOf(
    { name: "a / b", goal: 1 },
    { ratio: 0.5, low: 0.25, high: 2 },
  );
  expect(benchTable([figure]).split("\n")[2]).toBe(
    "| a / b | 1 | 0.50 | 0.25-2.00 | yes |",
  );
});

test("the table of others has a row for each", () => {
  const figure = { name: "a / b", ratio: 0.5, low: 0.25, high: 2 };
  expect(peerTable([figure]).split("\n")[2]).toBe(
    "| a / b | 0.50 | 0.25-2.00 |",
  );
});

describe("the picture of growth", () => {
  const growths = [
    {
      name: "ours <1>",
      points: [
        { clients: 1, seconds: 0.1 },
        { clients: 100, seconds: 1 },
      ],
    },
    { name: "theirs", points: [{ clients: 10, seconds: 5 }] },
  ];
  const svg = growthPlot(growths);

  test("has a curve for each, with a point for each figure, in order", () => {
    const curves = [...svg.matchAll(/<polyline [^>]*points="([^"]*)"/g)];
    expect(curves.map(([, points = ""]) => points.split(" ").length)).toEqual([
      2, 1,
    ]);
    expect(svg.match(/<circle /g)).toHaveLength(3);
  });

  test("has slower ones higher, and larger ones to the right", () => {
    const [, points = ""] = /points="([^"]*)"/.exec(svg) ?? [];
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = points
      .split(" ")
      .map((point) => point.split(",").map(Number));
    expect(x2).toBeGreaterThan(x1);
    expect(y2).toBeLessThan(y1);
  });

  test("names its axes and its curves, as text", () => {
    expect(svg).toContain(">service clients<");
    expect(svg).toContain(">seconds<");
    expect(svg).toContain(">ours &lt;1&gt;<");
  });

  test("is the same of the same figures", () => {
    expect(growthPlot(growths)).toBe(svg);
  });
});
