import type { Goal } from "./goals";
import type { Ratio } from "./paired-runs";

/** A goal and what was measured. */
export interface Figure extends Ratio {
  readonly name: string;
  readonly goal: number;
  readonly met: boolean;
}

export function figureOf(
  { name, goal }: Pick<Goal, "name" | "goal">,
  { ratio, low, high }: Ratio,
): Figure {
  const rounded = [ratio, low, high].map(
    (figure) => Math.round(figure * 1000) / 1000,
  );
  const [median = NaN, least = NaN, most = NaN] = rounded;
  return {
    name,
    goal,
    ratio: median,
    low: least,
    high: most,
    met: ratio <= goal,
  };
}

/** Figures as a Markdown table. */
export function benchTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, goal, ratio, low, high, met }) =>
      `| ${name} | ${goal} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} | ${met ? "yes" : "no"} |`,
  );
  return [
    "| What | Goal, at most | Median | Spread | Met |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}
