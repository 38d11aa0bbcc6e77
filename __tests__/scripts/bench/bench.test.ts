import { benchTable, figureOf } from "../../../scripts/lib/bench/bench-report";
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
