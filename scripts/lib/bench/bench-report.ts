import type { Goal } from "./goals";
import type { Ratio } from "./paired-runs";

/** A goal and what was measured. */
export interface Figure extends Ratio {
  readonly name: string;
  readonly goal: number;
  readonly met: boolean;
}

/** How this project stands to another way of doing the same. */
export interface PeerFigure extends Ratio {
  readonly name: string;
}

export function figureOf(
  { name, goal }: Pick<Goal, "name" | "goal">,
  ratio: Ratio,
): Figure {
  return { name, goal, ...roundedRatio(ratio), met: ratio.ratio <= goal };
}

/** To three decimals. */
export function roundedRatio({ ratio, low, high }: Ratio): Ratio {
  const rounded = (figure: number): number => Math.round(figure * 1000) / 1000;
  return { ratio: rounded(ratio), low: rounded(low), high: rounded(high) };
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

/** Figures beside other projects as a Markdown table. */
export function peerTable(figures: readonly PeerFigure[]): string {
  return [
    "| Beside others | Median | Spread |",
    "| --- | --- | --- |",
    ...figures.map(
      ({ name, ratio, low, high }) =>
        `| ${name} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} |`,
    ),
  ].join("\n");
}
