import { escapeMarkdown, formatCodeBlock } from "../../cli/escape";
import { type RichText, text } from "../../plan/rich-text";
import type { Change, Gate, PlanReview } from "../review-model";
import { formatCommentMarker } from "./comment-marker";
import {
  type Block,
  createLineBlock,
  createListBlock,
  MAX_COMMENT_SIZE,
  renderBlocks,
} from "./markdown-blocks";
import { createFindingBlock } from "./markdown-findings";
import { countBytes, formatMarkdown } from "./markdown-text";
import {
  formatCount,
  formatGateResult,
  formatPlanLine,
  formatSubject,
  formatValueChange,
  formatVerdict,
  listSections,
} from "./sentences";

/** Values of a change that are shown. */
const MAX_VALUES = 8;
/** Longest sentence in a table cell, in bytes. */
const MAX_CELL_SIZE = 1_000;
/** Bytes that are reserved for each section after the findings. */
const SECTION_RESERVES = [4_000, 2_000, 2_000, 1_000, 2_000];
/** Largest allow-list for which bytes are reserved. */
const MAX_ALLOW_LIST_RESERVE = 12_000;

/**
 * Renders a review as one GitHub comment in Markdown. A comment always has the verdict, the result of the gate, the plan's hash
 * and every finding, however large the plan is. Names in it are always code.
 */
export function renderMarkdown(review: PlanReview): string {
  const { stage, verdict, findings, gate, changes, outputs } = review;
  const result = formatMarkdown(formatGateResult(gate));
  const head = [
    `${formatCommentMarker(stage)}\n### ${formatHeading(review)}`,
    formatMarkdown(formatPlanLine(review)),
    `#### Gate: ${gate.passes ? result : `**${result}**`}`,
    "",
  ].join("\n\n");
  const body = renderBlocks(MAX_COMMENT_SIZE - countBytes(head), [
    ...createListBlock(
      "",
      gate.notices.map((notice) => text`notice: ${notice}`),
      "\n",
      4_000,
    ),
    ...createDetails("Why the plan is blocked", gate.stoppedBy, 8_000),
    ...(verdict.isEmpty && findings.length === 0
      ? []
      : [createFindingBlock(review)]),
    ...listSections(review).flatMap(({ title, lines }, index) =>
      createListBlock(
        `#### ${title} (${lines.length})\n\n`,
        lines,
        "\n",
        SECTION_RESERVES[index] ?? 1_000,
      ),
    ),
    ...createAllowListBlock(gate),
    ...createChangeTable(changes),
    ...createDetails("Outputs", outputs.map(formatValueChange), 1_000),
  ]);
  return `${head}${body}`;
}

function formatHeading(review: PlanReview): string {
  const parts = formatVerdict(review).map((part) =>
    part.isDestructive
      ? `**${escapeMarkdown(part.text)}**`
      : escapeMarkdown(part.text),
  );
  return `${formatMarkdown(formatSubject(review.stage))}: ${parts.join(", ")}`;
}

/** Creates a list that is collapsed. */
function createDetails(
  title: string,
  sentences: readonly RichText[],
  reservedSize: number,
): readonly Block[] {
  return createListBlock(
    `<details>\n<summary>${title} (${sentences.length})</summary>\n\n`,
    sentences,
    "\n</details>\n\n",
    reservedSize,
  );
}

/** Creates the allow-list, or a note if it does not fit, since a part of it is not valid. */
function createAllowListBlock({ allowList }: Gate): readonly Block[] {
  if (allowList === undefined) return [];
  const list = `<details>\n<summary>Allow-list that lets this plan pass</summary>\n\nReplace the content of \`.plan-allowances.json\` with this, and write a reason for each new entry:\n\n${formatCodeBlock(allowList, "json")}\n\n</details>\n\n`;
  const note =
    "The allow-list that lets this plan pass is too long for a comment: run `veda-auth review` to print it.\n\n";
  const size = countBytes(list);
  return [
    {
      size,
      reservedSize: size > MAX_ALLOW_LIST_RESERVE ? countBytes(note) : size,
      render: (room) => (size > room ? note : list),
    },
  ];
}

function createChangeTable(changes: readonly Change[]): readonly Block[] {
  return changes.length === 0
    ? []
    : [
        createLineBlock({
          before: `<details>\n<summary>All changes (${changes.length})</summary>\n\n| Address | Action | Details |\n| --- | --- | --- |\n`,
          items: changes,
          render: formatRow,
          renderMore: (count) => `| … and ${count} more | | |`,
          after: "\n</details>\n\n",
          reservedSize: 2_000,
        }),
      ];
}

function formatRow(change: Change): string {
  const { address, action, what, movedFrom, values } = change;
  const subject =
    movedFrom === undefined
      ? text`${address}`
      : text`${address}, moved from ${movedFrom}`;
  const details = [
    what,
    ...values.slice(0, MAX_VALUES).map(formatValueChange),
  ].map((sentence) =>
    formatMarkdown(sentence, { longest: MAX_CELL_SIZE, isCell: true }),
  );
  const left = values.length - MAX_VALUES;
  if (left > 0) details.push(`… and ${formatCount(left, "value")} more`);
  return `| ${formatMarkdown(subject, { isCell: true })} | ${action} | ${details.join("; ")} |`;
}
