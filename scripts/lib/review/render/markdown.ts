import { formatCodeBlock, escapeMarkdown } from "../../cli/escape";
import { text, type RichText } from "../../plan/rich-text";
import type { Change, Gate, PlanReview } from "../review-model";
import { createFindingBlock } from "./markdown-findings";
import { countBytes, formatMarkdown } from "./markdown-text";
import { createLineBlock, renderBlocks, type Block } from "./markdown-blocks";
import { formatCommentMarker } from "./comment-marker";
import {
  formatCount,
  formatGateResult,
  formatPlanLine,
  listSections,
  formatSubject,
  formatValueChange,
  formatVerdict,
  type Section,
} from "./sentences";

/** Longest comment, in bytes: GitHub accepts 65,536 characters. */
const LONGEST_COMMENT = 65_535;
/** Bytes that the notices of a gate get before anything but findings. */
const NOTICE_RESERVE = 4_000;
/** Bytes that the reasons of a gate get before anything but findings. */
const REASON_RESERVE = 8_000;
/** Values of a change that are shown. */
const VALUES_SHOWN = 8;
/** Longest sentence in a cell, in bytes. */
const LONGEST_CELL = 1_000;
/** Bytes that an allow-list gets before anything but findings; a longer one needs what is left. */
const ALLOW_LIST_RESERVE = 12_000;

/**
 * Renders a review as one comment in the Markdown of GitHub, however large the plan is: the verdict, the result of the gate,
 * the plan's hash and its findings are always there. A name in it is never more than code.
 */
export function renderMarkdown(review: PlanReview): string {
  const { stage, verdict, findings, gate, changes, outputs } = review;
  const head = `${formatCommentMarker(stage)}\n### ${heading(review)}\n\n${formatMarkdown(formatPlanLine(review))}\n\n`;
  const room = LONGEST_COMMENT - countBytes(head);
  const [gained, lost, unknown, same, drift] = listSections(review);
  const body = renderBlocks(room, [
    gateBlock(gate),
    ...reasonBlock(gate),
    ...(verdict.isEmpty && findings.length === 0
      ? []
      : [createFindingBlock(review)]),
    ...sectionBlock(gained, 4_000),
    ...sectionBlock(lost, 2_000),
    ...sectionBlock(unknown, 2_000),
    ...sectionBlock(same, 1_000),
    ...sectionBlock(drift, 2_000),
    ...allowListBlock(gate),
    ...changeBlock(changes),
    ...outputBlock(outputs),
  ]);
  return `${head}${body}`;
}

function heading(review: PlanReview): string {
  const parts = formatVerdict(review).map(
    ({ text: words, isDestructive: isLoud }) =>
      isLoud ? `**${escapeMarkdown(words)}**` : escapeMarkdown(words),
  );
  return `${formatMarkdown(formatSubject(review.stage))}: ${parts.join(", ")}`;
}

function sectionBlock({ title, lines }: Section, reserve: number): Block[] {
  if (lines.length === 0) return [];
  return [
    createLineBlock({
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
  const result = formatMarkdown(formatGateResult(gate));
  const items = gate.notices.map((notice) => text`notice: ${notice}`);
  return createLineBlock({
    before: `#### Gate: ${gate.passes ? result : `**${result}**`}\n\n`,
    items,
    write: bullet,
    more: (count) => `- … and ${count} more`,
    after: items.length === 0 ? "" : "\n",
    reserve: NOTICE_RESERVE,
    most: LONGEST_COMMENT,
  });
}

function reasonBlock({ stoppedBy }: Gate): Block[] {
  if (stoppedBy.length === 0) return [];
  return [
    createLineBlock({
      before: `<details>\n<summary>Why it is stopped (${stoppedBy.length})</summary>\n\n`,
      items: stoppedBy,
      write: bullet,
      more: (count) => `- … and ${count} more`,
      after: "\n</details>\n\n",
      reserve: REASON_RESERVE,
      most: LONGEST_COMMENT,
    }),
  ];
}

/** The content of an allow-list, which is of use only as a whole. */
function allowListBlock({ allowList }: Gate): Block[] {
  if (allowList === undefined) return [];
  const whole = `<details>\n<summary>Allow-list that lets this plan pass</summary>\n\nReplace the content of \`.plan-allowances.json\` with this, and give each new entry its reason:\n\n${formatCodeBlock(allowList, "json")}\n\n</details>\n\n`;
  const size = countBytes(whole);
  return [
    {
      size: size,
      reservedSize: size > ALLOW_LIST_RESERVE ? countBytes(TOO_LONG) : size,
      render: (room) => (size > room ? TOO_LONG : whole),
    },
  ];
}

const TOO_LONG =
  "The allow-list that lets this plan pass is too long for a comment: `review-plan` prints it.\n\n";

function changeBlock(changes: readonly Change[]): Block[] {
  if (changes.length === 0) return [];
  const title = `Every change (${changes.length})`;
  return [
    createLineBlock({
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
      ? text`${address}`
      : text`${address}, before ${movedFrom}`;
  const left = values.length - VALUES_SHOWN;
  const cells = [
    what,
    ...values.slice(0, VALUES_SHOWN).map(formatValueChange),
  ].map((sentence) =>
    formatMarkdown(sentence, { longest: LONGEST_CELL, isCell: true }),
  );
  const more = left > 0 ? [`… and ${formatCount(left, "value")} more`] : [];
  return `| ${[
    formatMarkdown(where, { isCell: true }),
    action,
    [...cells, ...more].join("; "),
  ].join(" | ")} |`;
}

function outputBlock(outputs: PlanReview["outputs"]): Block[] {
  if (outputs.length === 0) return [];
  return [
    createLineBlock({
      before: `<details>\n<summary>Outputs (${outputs.length})</summary>\n\n`,
      items: outputs.map(formatValueChange),
      write: bullet,
      more: (count) => `- … and ${count} more`,
      after: "\n</details>\n\n",
      reserve: 1_000,
      most: LONGEST_COMMENT,
    }),
  ];
}

function bullet(sentence: RichText): string {
  return `- ${formatMarkdown(sentence)}`;
}
