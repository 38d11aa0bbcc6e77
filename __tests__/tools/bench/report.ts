import type { Goal } from "./goals";
import type { Ratio } from "./measurements";

/** A goal and what was measured. */
export interface Figure extends Ratio {
  readonly name: string;
  readonly goal: number;
  readonly isMet: boolean;
}

/** How this project stands to another way of doing the same. */
export interface PeerFigure extends Ratio {
  readonly name: string;
}

export function toFigure(
  { name, limit: goal }: Pick<Goal, "name" | "limit">,
  ratio: Ratio,
): Figure {
  return { name, goal, ...roundRatio(ratio), isMet: ratio.ratio <= goal };
}

/** To three decimals. */
export function roundRatio({ ratio, low, high }: Ratio): Ratio {
  const rounded = (figure: number): number => Math.round(figure * 1000) / 1000;
  return { ratio: rounded(ratio), low: rounded(low), high: rounded(high) };
}

/** Figures as a Markdown table. */
export function formatGoalTable(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, goal, ratio, low, high, isMet: met }) =>
      `| ${name} | ${goal} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} | ${met ? "yes" : "no"} |`,
  );
  return [
    "| What | Goal, at most | Median | Spread | Met |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Figures beside other projects as a Markdown table. */
export function formatPeerTable(figures: readonly PeerFigure[]): string {
  return [
    "| Beside others | Median | Spread |",
    "| --- | --- | --- |",
    ...figures.map(
      ({ name, ratio, low, high }) =>
        `| ${name} | ${ratio.toFixed(2)} | ${low.toFixed(2)}-${high.toFixed(2)} |`,
    ),
  ].join("\n");
}
