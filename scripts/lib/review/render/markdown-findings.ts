import { escapeMarkdown } from "../../cli/escape";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text } from "../../plan/rich-text";
import { groupBy } from "../../system/group-by";
import type { PlanReview, ReviewedFinding } from "../review-model";
import { SEVERITIES } from "../rules/rule";
import type { Block } from "./markdown-blocks";
import { countBytes, formatMarkdown } from "./markdown-text";
import {
  formatFindingCounts,
  formatFindingDetails,
  getFindingLabel,
} from "./sentences";

/** Addresses that the line of a group names. */
const MAX_ADDRESSES = 3;
/** Consequences that a finding lists. */
const MAX_CONSEQUENCES = 12;

/**
 * Creates a block with every finding and its consequences; addresses and rules are collapsed. If the findings do not fit,
 * those of one rule share a line with their number, starting with the least severe and the allowed ones. If that is not enough,
 * all findings of one severity share a line.
 */
export function createFindingBlock(review: PlanReview): Block {
  const { findings } = review;
  const before = `#### ${escapeMarkdown(formatFindingCounts(review))}\n\n`;
  const after = findings.length === 0 ? "" : "\n";
  const frame = countBytes(before) + countBytes(after);
  const lines = findings.map(formatFindingLine);
  const size = frame + countAllBytes(lines);
  return {
    size,
    reservedSize: size,
    render: (room) =>
      [
        before,
        ...(size <= room ? lines : shorten(findings, lines, room - frame)),
        after,
      ].join(""),
  };
}

function formatFindingLine(finding: ReviewedFinding): string {
  const { message, consequences, allowed } = finding;
  const mark = allowed === undefined ? "" : " (allowed)";
  const shown = consequences.slice(0, MAX_CONSEQUENCES);
  const left = consequences.length - shown.length;
  const more = left > 0 ? [`  - … and ${left} more`] : [];
  return [
    `- **${getFindingLabel(finding)}${mark}:** ${formatMarkdown(message)}`,
    ...shown.map((one) => `  - ${formatMarkdown(one.message)}`),
    ...more,
    "  <details><summary>Address and rule</summary>",
    "",
    ...[finding, ...shown].map((one) => {
      const details = formatFindingDetails(one);
      return `  - ${details.map((detail) => formatMarkdown(detail)).join("; ")}`;
    }),
    ...more,
    "",
    "  </details>",
    "",
  ].join("\n");
}

/** Returns lines for all findings that fit into `room`, in which groups of findings share a line. */
function shorten(
  findings: readonly ReviewedFinding[],
  lines: readonly string[],
  room: number,
): readonly string[] {
  const shown = [...lines];
  let size = countAllBytes(lines);
  const groups = listGroups(findings, lines, ({ severity, rule, allowed }) =>
    JSON.stringify([severity, rule, allowed === undefined]),
  );
  for (const { indexes, line, size: groupSize } of groups) {
    if (size <= room) return shown;
    if (indexes.length === 1) continue;
    size += countBytes(line) - groupSize;
    for (const [position, index] of indexes.entries())
      shown[index] = position === 0 ? line : "";
  }
  return size <= room
    ? shown
    : listGroups(findings, lines, getFindingLabel)
        .reverse()
        .map(({ line }) => line);
}

/** Groups findings: the least severe first, then the allowed ones, then the longest. */
function listGroups(
  findings: readonly ReviewedFinding[],
  lines: readonly string[],
  getKey: (finding: ReviewedFinding) => string,
) {
  const groups = groupBy(findings.entries(), ([, finding]) => getKey(finding));
  return [...groups.values()]
    .map((members) => ({
      indexes: members.map(([index]) => index),
      line: formatGroupLine(members.map(([, finding]) => finding)),
      first: members[0][1],
      size: countAllBytes(members.map(([index]) => lines[index] ?? "")),
    }))
    .sort(
      (one, other) =>
        SEVERITIES.indexOf(other.first.severity) -
          SEVERITIES.indexOf(one.first.severity) ||
        Number(one.first.allowed === undefined) -
          Number(other.first.allowed === undefined) ||
        other.size - one.size,
    );
}

function formatGroupLine(findings: readonly ReviewedFinding[]): string {
  const [first] = findings;
  if (first === undefined) return "";
  const addresses = findings.map(({ address }) => address);
  const rules = new Set(findings.map(({ rule }) => rule));
  const allowed = findings.filter((one) => one.allowed !== undefined).length;
  const left = findings.length - MAX_ADDRESSES;
  const details = [
    text`at ${listNames(addresses.slice(0, MAX_ADDRESSES))}`,
    ...(left > 0 ? [text`${left} more`] : []),
    rules.size === 1
      ? text`rule ${first.rule as string as Redacted}`
      : text`${rules.size} ${literal("rules")}`,
    ...(allowed > 0 ? [text`${allowed} of them allowed`] : []),
  ].map((detail) => formatMarkdown(detail, { longest: 4_000 }));
  return `- **${getFindingLabel(first)}, ${findings.length} times:** ${details.join("; ")}\n`;
}

function countAllBytes(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + countBytes(line), 0);
}
