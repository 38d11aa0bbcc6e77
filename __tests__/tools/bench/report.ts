import type { Goal } from "./goals";
import type { Ratio } from "./measurements";

/** A goal and its measured ratio. */
export interface Figure extends Ratio {
  readonly name: string;
  readonly goal: number;
  readonly met: boolean;
}

/** A measured ratio of this project to another way to do the same. */
export interface PeerFigure extends Ratio {
  readonly name: string;
}

/** Compares a measured ratio with its goal. */
export function toFigure(
  { name, goal }: Pick<Goal, "name" | "goal">,
  ratio: Ratio,
): Figure {
  return { name, goal, ...roundRatio(ratio), met: ratio.ratio <= goal };
}

/** Rounds a ratio to three decimals. */
export function roundRatio({ ratio, low, high }: Ratio): Ratio {
  const round = (figure: number): number => Math.round(figure * 1000) / 1000;
  return { ratio: round(ratio), low: round(low), high: round(high) };
}

/** Formats figures as a Markdown table. */
export function formatGoalTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, goal, ratio, low, high, met }) =>
      `| ${name} | ${goal} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} | ${met ? "yes" : "no"} |`,
  );
  return [
    "| Measurement | Goal, at most | Median | Spread | Met |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Formats the ratios to other tools as a Markdown table. */
export function formatPeerTable(figures: readonly PeerFigure[]): string {
  return [
    "| Compared with | Median | Spread |",
    "| --- | --- | --- |",
    ...figures.map(
      ({ name, ratio, low, high }) =>
        `| ${name} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} |`,
    ),
  ].join("\n");
}
