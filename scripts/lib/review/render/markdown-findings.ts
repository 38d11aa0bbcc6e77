import { escapeMarkdown } from "../../cli/escape";
import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import type { PlanReview, ReviewedFinding } from "../review-model";
import { SEVERITIES } from "../rules/rule";
import { countBytes, formatMarkdown } from "./markdown-text";
import type { Block } from "./markdown-blocks";
import {
  formatFindingCounts,
  formatFindingDetails,
  getFindingLabel,
} from "./sentences";

/** Findings of a group that are named. */
const NAMED = 3;
/** Consequences of a finding that are listed. */
const CONSEQUENCES = 12;
const LEAST_SEVERE_FIRST = [...SEVERITIES].reverse();

/**
 * Renders every finding in a line of its own, with its consequences, and its address and rule in a part that folds. If there
 * is no room, findings of one rule share a line with their number, the least severe and the allowed ones first; if there are
 * too many rules as well, findings of one severity do.
 */
export function createFindingBlock(review: PlanReview): Block {
  const { findings } = review;
  const before = `#### ${escapeMarkdown(formatFindingCounts(review))}\n\n`;
  const after = findings.length === 0 ? "" : "\n";
  const frame = countBytes(before) + countBytes(after);
  const lines = findings.map(findingLine);
  const whole = frame + sizeOf(lines);
  return {
    size: whole,
    reservedSize: whole,
    render: (room) =>
      [
        before,
        ...(whole <= room ? lines : grouped(findings, lines, room - frame)),
        after,
      ].join(""),
  };
}

function findingLine(finding: ReviewedFinding): string {
  const { message, consequences, allowed } = finding;
  const mark = allowed === undefined ? "" : " (allowed)";
  const shown = consequences.slice(0, CONSEQUENCES);
  const left = consequences.length - shown.length;
  const more = left > 0 ? [`  - … and ${left} more`] : [];
  return [
    `- **${getFindingLabel(finding)}${mark}:** ${formatMarkdown(message)}`,
    ...shown.map((one) => `  - ${formatMarkdown(one.message)}`),
    ...more,
    "  <details><summary>Address and rule</summary>",
    "",
    ...[finding, ...shown].map((one) => `  - ${detailClauses(one)}`),
    ...more,
    "",
    "  </details>",
    "",
  ].join("\n");
}

function detailClauses(
  finding: Parameters<typeof formatFindingDetails>[0],
): string {
  return formatFindingDetails(finding)
    .map((clause) => formatMarkdown(clause))
    .join("; ");
}

/** Findings that share a line. */
interface Group {
  /** Each with its place among all, and the line that shows it alone. */
  readonly members: readonly Member[];
  readonly word: string;
  readonly severity: ReviewedFinding["severity"];
  /** Whether the first of them is allowed. */
  readonly isAllowed: boolean;
  /** Bytes of their own lines. */
  readonly size: number;
}

interface Member {
  readonly finding: ReviewedFinding;
  readonly place: number;
  readonly line: string;
}

function grouped(
  findings: readonly ReviewedFinding[],
  lines: readonly string[],
  room: number,
): readonly string[] {
  const members = findings.map((finding, place) => ({
    finding,
    place,
    line: lines[place] ?? "",
  }));
  const shown = [...lines];
  let size = sizeOf(lines);
  for (const group of groupsBy(members, ({ severity, rule, allowed }) =>
    JSON.stringify([severity, rule, allowed === undefined]),
  )) {
    if (size <= room) return shown;
    if (group.members.length === 1) continue;
    const line = groupLine(group);
    size += countBytes(line) - group.size;
    for (const [index, { place }] of group.members.entries())
      shown[place] = index === 0 ? line : "";
  }
  if (size <= room) return shown;
  return groupsBy(members, getFindingLabel).reverse().map(groupLine);
}

/** Groups of findings, the least severe first, of those the allowed ones, and of those the longest. */
function groupsBy(
  members: readonly Member[],
  keyOf: (finding: ReviewedFinding) => string,
): Group[] {
  const found = new Map<string, Member[]>();
  for (const member of members) {
    const key = keyOf(member.finding);
    const known = found.get(key);
    if (known === undefined) found.set(key, [member]);
    else known.push(member);
  }
  return [...found.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined
        ? []
        : [
            {
              members: group,
              word: getFindingLabel(first.finding),
              severity: first.finding.severity,
              isAllowed: first.finding.allowed !== undefined,
              size: sizeOf(group.map(({ line }) => line)),
            },
          ];
    })
    .sort(
      (one, other) =>
        LEAST_SEVERE_FIRST.indexOf(one.severity) -
          LEAST_SEVERE_FIRST.indexOf(other.severity) ||
        Number(other.isAllowed) - Number(one.isAllowed) ||
        other.size - one.size,
    );
}

function groupLine({ members, word }: Group): string {
  const findings = members.map(({ finding }) => finding);
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const allowed = findings.filter((one) => one.allowed !== undefined).length;
  const left = findings.length - NAMED;
  const details: readonly RichText[] = [
    text`at ${listNames(findings.slice(0, NAMED).map(({ address }) => address))}`,
    ...(left > 0 ? [text`${left} more`] : []),
    rules.length === 1
      ? text`rule ${listNames(rules as string[] as Redacted[])}`
      : text`${rules.length} ${literal("rules")}`,
    ...(allowed > 0 ? [text`${allowed} of them allowed`] : []),
  ];
  const clauses = details.map((clause) =>
    formatMarkdown(clause, { longest: 4_000 }),
  );
  return `- **${word}, ${findings.length} times:** ${clauses.join("; ")}\n`;
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + countBytes(line), 0);
}
