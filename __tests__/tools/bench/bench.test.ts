import { formatGoalTable, toFigure, formatPeerTable } from "./report";
import { drawGrowth } from "./growth-plot";
import {
  measureRatio,
  computeSpread,
  type MeasuredCommand,
} from "./measurements";
import { getEnvironment } from "../../../stacks/config/environment";

function createNodeCommand(code: string): MeasuredCommand {
  return {
    command: process.execPath,
    args: ["-e", code],
    environment: getEnvironment(),
  };
}

test.each([
  [[3], 3],
  [[3, 1], 2],
  [[5, 1, 3], 3],
  [[4, 1, 2, 3], 2.5],
])("of %j the median is %d", (figures, median) => {
  expect(computeSpread(figures)).toEqual({
    ratio: median,
    low: Math.min(...figures),
    high: Math.max(...figures),
  });
});

test("the ratio of two commands is positive and within its spread", async () => {
  const command = createNodeCommand("0");
  const { ratio, low, high } = await measureRatio(command, command, 2);
  expect(ratio).toBeGreaterThan(0);
  expect(low).toBeLessThanOrEqual(ratio);
  expect(high).toBeGreaterThanOrEqual(ratio);
}, 30_000);

test("fails when a command fails, naming its exit code and output", async () => {
  const failing = measureRatio(
    createNodeCommand("console.error('why'); process.exit(3)"),
    createNodeCommand("0"),
    1,
  );
  await expect(failing).rejects.toThrow(/failed with exit code 3:\s+why/);
});

test("a goal that is just reached is met", () => {
  const spread = { ratio: 2.5, low: 2, high: 3 };
  expect(toFigure({ name: "n", goal: 2.5 }, spread).met).toBe(true);
  expect(toFigure({ name: "n", goal: 2.4999 }, spread).met).toBe(false);
});

test("the table has a row for each figure", () => {
  const figure = toFigure(
    { name: "a / b", goal: 1 },
    { ratio: 0.5, low: 0.25, high: 2 },
  );
  expect(formatGoalTable([figure]).split("\n")[2]).toBe(
    "| a / b | 1 | 0.50 | 0.25-2.00 | yes |",
  );
});

test("the table of other tools has a row for each", () => {
  const figure = { name: "a / b", ratio: 0.5, low: 0.25, high: 2 };
  expect(formatPeerTable([figure]).split("\n")[2]).toBe(
    "| a / b | 0.50 | 0.25-2.00 |",
  );
});

describe("the growth plot", () => {
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
  const svg = drawGrowth(growths);

  test("has a curve for each, with a point for each figure, in order", () => {
    const curves = [...svg.matchAll(/<polyline [^>]*points="([^"]*)"/g)];
    expect(curves.map(([, points = ""]) => points.split(" ").length)).toEqual([
      2, 1,
    ]);
    expect(svg.match(/<circle /g)).toHaveLength(3);
  });

  test("has slower points higher and larger ones to the right", () => {
    const [, points = ""] = /points="([^"]*)"/.exec(svg) ?? [];
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = points
      .split(" ")
      .map((point) => point.split(",").map(Number));
    expect(x2).toBeGreaterThan(x1);
    expect(y2).toBeLessThan(y1);
  });

  test("labels its axes and curves, escaped", () => {
    expect(svg).toContain(">service clients<");
    expect(svg).toContain(">seconds<");
    expect(svg).toContain(">ours &lt;1&gt;<");
  });

  test("is deterministic", () => {
    expect(drawGrowth(growths)).toBe(svg);
  });
});
