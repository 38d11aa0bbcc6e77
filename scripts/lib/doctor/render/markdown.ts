import {
  escapeControlCharacters,
  escapeMarkdown,
  formatCodeSpan,
} from "../../cli/escape";
import { formatMarkdownTable } from "../../cli/table";
import type { CheckStatus } from "../check";
import type { DoctorReport, ReportedCheck } from "../run-checks";
import { formatCounts } from "./counts";

const SYMBOLS: Readonly<Record<CheckStatus, string>> = {
  ok: "✅",
  warning: "⚠️",
  failed: "❌",
  skipped: "➖",
};

/** Renders a report for GitHub: the counts, then a table of all checks that are not well. */
export function renderMarkdown(report: DoctorReport): string {
  const rows = report.checks
    .filter(({ status }) => status !== "ok")
    .map((check) => [
      `${SYMBOLS[check.status]} ${check.status}`,
      check.id,
      renderMessage(check),
    ]);
  return [
    `### ${escapeMarkdown(formatCounts(report))}`,
    ...(rows.length === 0
      ? []
      : [formatMarkdownTable([["", "Check", "Finding"], ...rows])]),
  ].join("\n\n");
}

function renderMessage({ message, details = [], fix }: ReportedCheck): string {
  return [
    escapeLine(message),
    ...details.map((detail) => `• ${escapeLine(detail)}`),
    ...(fix === undefined
      ? []
      : [
          `→ ${formatCodeSpan(escapeControlCharacters(fix)).replaceAll("|", "\\|")}`,
        ]),
  ].join("<br>");
}

function escapeLine(line: string): string {
  return escapeMarkdown(escapeControlCharacters(line));
}
