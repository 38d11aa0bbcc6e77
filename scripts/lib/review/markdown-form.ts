import { inText } from "../plan/plan-summary";
import { byteLength, inMarkdown } from "./markdown-name";
import { lossBlock } from "./markdown-losses";
import { lineBlock, writeInto, type Block } from "./markdown-room";
import { say, type Phrase } from "../access/phrase";
import type { Change, Gate, PlanReview } from "./plan-review";
import { planMarker } from "./plan-marker";
import {
  counted,
  gateResult,
  planLine,
  sections,
  subject,
  valueChange,
  verdictParts,
  type Section,
} from "./review-sentences";

/** Longest comment, in bytes: GitHub takes 65,536 characters. */
const LONGEST_COMMENT = 65_535;
/** Bytes that the reasons of a gate get before anything but losses. */
const GATE_RESERVE = 16_000;
/** Values of a change that are told. */
const VALUES_TOLD = 8;
/** Longest sentence in a cell, in bytes. */
const LONGEST_CELL = 1_000;

/**
 * A reviewed plan as one comment in GitHub's Markdown, however large the plan is: its verdict, its losses, the gate's
 * result and the plan's hash are always there. A name in it is never more than code.
 */
export function reviewMarkdown(review: PlanReview): string {
  const { stage, losses, gate, changes, outputs } = review;
  const head = `${planMarker(stage)}\n### ${heading(review)}\n\n`;
  const foot = `${inMarkdown(planLine(review))}\n`;
  const room = LONGEST_COMMENT - byteLength(head) - byteLength(foot);
  const [gained, lost, unknown, drift] = sections(review);
  const body = writeInto(room, [
    ...(review.verdict.isEmpty && losses.length === 0
      ? []
      : [lossBlock(losses)]),
    ...sectionBlock(gained, 4_000),
    ...sectionBlock(lost, 2_000),
    ...sectionBlock(unknown, 2_000),
    ...sectionBlock(drift, 2_000),
    gateBlock(gate),
    ...changeBlock(changes),
    ...outputBlock(outputs),
  ]);
  return `${head}${body}${foot}`;
}

function heading(review: PlanReview): string {
  const parts = verdictParts(review).map(({ text, isLoud }) =>
    isLoud ? `**${inText(text)}**` : inText(text),
  );
  return `${inMarkdown(subject(review.stage))}: ${parts.join(", ")}`;
}

function sectionBlock({ title, lines }: Section, reserve: number): Block[] {
  if (lines.length === 0) return [];
  return [
    lineBlock({
      before: `#### ${title} (${lines.length})\n\n`,
      items: lines,
      write: bullet,
      more: (count) => `- … and ${count} more`,
      after: "\n",
      reserve,
      most: LONGEST_COMMENT,
    }),
  ];
}

function gateBlock(gate: Gate): Block {
  const result = inMarkdown(gateResult(gate));
  const items = [
    ...gate.stoppedBy,
    ...gate.notices.map((notice) => say`notice: ${notice}`),
  ];
  return lineBlock({
    before: `#### Gate: ${gate.passes ? result : `**${result}**`}\n\n`,
    items,
    write: bullet,
    more: (count) => `- … and ${count} more`,
    after: items.length === 0 ? "" : "\n",
    reserve: GATE_RESERVE,
    most: LONGEST_COMMENT,
  });
}

function changeBlock(changes: readonly Change[]): Block[] {
  if (changes.length === 0) return [];
  const title = `Every change (${changes.length})`;
  return [
    lineBlock({
      before: `<details>\n<summary>${title}</summary>\n\n| Address | Action | What changes |\n| --- | --- | --- |\n`,
      items: changes,
      write: row,
      more: (count) => `| … and ${count} more | | |`,
      after: "\n</details>\n\n",
      reserve: 2_000,
      most: LONGEST_COMMENT,
    }),
  ];
}

function row({ address, action, what, movedFrom, values }: Change): string {
  const where =
    movedFrom === undefined
      ? say`${address}`
      : say`${address}, before ${movedFrom}`;
  const left = values.length - VALUES_TOLD;
  const told = [
    what,
    ...values.slice(0, VALUES_TOLD).map(valueChange),
    ...(left > 0 ? [[`… and ${counted(left, "value")} more`]] : []),
  ].map((phrase) =>
    inMarkdown(phrase, { longest: LONGEST_CELL, isCell: true }),
  );
  const cells = [inMarkdown(where, { isCell: true }), action, told.join("; ")];
  return `| ${cells.join(" | ")} |`;
}

function outputBlock(outputs: PlanReview["outputs"]): Block[] {
  if (outputs.length === 0) return [];
  return [
    lineBlock({
      before: `<details>\n<summary>Outputs (${outputs.length})</summary>\n\n`,
      items: outputs.map(valueChange),
      write: bullet,
      more: (count) => `- … and ${count} more`,
      after: "\n</details>\n\n",
      reserve: 1_000,
      most: LONGEST_COMMENT,
    }),
  ];
}

function bullet(phrase: Phrase): string {
  return `- ${inMarkdown(phrase)}`;
}
