import type { StagePlan } from "./stage-workspace";

/** Longest plan that is shown: GitHub takes one mebibyte for all of a step's summary. */
const LONGEST_SHOWN = 600_000;

/** What a plan would do, in one line. */
export function verdict(
  { hasChanges, counts }: Pick<StagePlan, "hasChanges" | "counts">,
  stage: string,
): string {
  const { add, change, destroy } = counts;
  if (!hasChanges) return `Stage ${stage}: no changes`;
  return `Stage ${stage}: ${add} to add, ${change} to change, ${destroy} to destroy`;
}

/** A plan for the summary of a GitHub job, as Markdown: the verdict first. */
export function planSummary(
  plan: Pick<StagePlan, "hasChanges" | "counts" | "text" | "hash">,
  stage: string,
): string {
  const shown = plan.hasChanges ? [fenced(plan.text), `\`${plan.hash}\``] : [];
  return [`### ${inText(verdict(plan, stage))}`, ...shown, ""].join("\n\n");
}

/** Text that Markdown and HTML take for nothing but text. */
export function inText(text: string): string {
  return text.replace(/[\\`*_<>[\]#|~@]/g, (character) =>
    character === "@" ? "@\u200b" : `\\${character}`,
  );
}

/**
 * Returns a block of code, whatever it contains.
 *
 * @param language of the code, for its colors
 */
export function fenced(text: string, language = "text"): string {
  const runs = (text.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(3, Math.max(0, ...runs) + 1));
  const shown =
    text.length <= LONGEST_SHOWN
      ? text
      : `${text.slice(0, LONGEST_SHOWN)}\n… the rest is in the log`;
  return `${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}
