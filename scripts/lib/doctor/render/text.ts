import { escapeControlCharacters } from "../../cli/escape";
import { SECTIONS, type CheckStatus } from "../check";
import type { DoctorReport, ReportedCheck } from "../run-checks";
import { formatCounts } from "./counts";

const SYMBOLS: Readonly<Record<CheckStatus, string>> = {
  ok: "✓",
  warning: "!",
  failed: "✗",
  skipped: "-",
};

/** Colors of a terminal, by number. */
const COLORS: Readonly<Record<CheckStatus, number>> = {
  ok: 32,
  warning: 33,
  failed: 31,
  skipped: 2,
};

export interface TextOptions {
  readonly hasColors: boolean;
}

/** Renders a report for a terminal: the checks by section, and the counts last. */
export function renderText(
  report: DoctorReport,
  { hasColors }: TextOptions,
): string {
  const blocks = SECTIONS.flatMap((section) => {
    const checks = report.checks.filter((check) => check.section === section);
    return checks.length === 0
      ? []
      : [
          [
            section,
            ...checks.flatMap((check) => renderCheck(check, hasColors)),
          ].join("\n"),
        ];
  });
  return [...blocks, formatCounts(report)].join("\n\n");
}

/** Renders the problems of a report alone, and the counts last. */
export function renderProblems(
  report: DoctorReport,
  { hasColors }: TextOptions,
): string {
  const problems = report.checks.filter(
    ({ status }) => status === "warning" || status === "failed",
  );
  return [
    ...problems.flatMap((check) => renderCheck(check, hasColors)),
    formatCounts(report),
  ].join("\n");
}

function renderCheck(
  { id, status, message, details = [], fix }: ReportedCheck,
  hasColors: boolean,
): readonly string[] {
  const symbol = hasColors
    ? `\u001b[${COLORS[status]}m${SYMBOLS[status]}\u001b[0m`
    : SYMBOLS[status];
  const subject =
    status === "ok" ? "" : `${id}: ${status === "skipped" ? "skipped: " : ""}`;
  return [
    `  ${symbol} ${subject}${escapeControlCharacters(message)}`,
    ...details.map((detail) => `      ${escapeControlCharacters(detail)}`),
    ...(fix === undefined ? [] : [`      → ${escapeControlCharacters(fix)}`]),
  ];
}
