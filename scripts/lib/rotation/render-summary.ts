import { escapeMarkdown, formatCodeSpan } from "../cli/escape";
import { formatMarkdownTable } from "../cli/table";
import { formatTime } from "../system/time";
import { isFormerCurrent, type RotationReport } from "./rotation-report";

/** Renders the reports of a run as Markdown, for the summary of a workflow. It contains no value of a secret. */
export function renderSummary(
  stage: string,
  reports: readonly RotationReport[],
): string {
  const rows = [...reports]
    .sort((one, other) => one.client.localeCompare(other.client))
    .map((report) => [
      formatCodeSpan(report.client),
      escapeMarkdown(formatOutcome(report)),
      formatNext(report),
    ]);
  return [
    `### Client secrets of ${escapeMarkdown(stage)}`,
    rows.length === 0
      ? "The stage has no client with a secret."
      : formatMarkdownTable([["Client", "Status", "Next"], ...rows]),
  ].join("\n\n");
}

function formatOutcome({ status, action = "none" }: RotationReport): string {
  return action === "none" ? status : `${action}: ${status}`;
}

function formatNext(report: RotationReport): string {
  const { status, finishAt, rotateAt } = report;
  if (status === "failed") return "see the log of the run";
  if (finishAt !== undefined)
    return `the ${isFormerCurrent(report) ? "newer" : "former"} secret is deleted after ${formatTime(finishAt)}: restart every application that cannot read it again`;
  return rotateAt === undefined ? "" : `rotated after ${formatTime(rotateAt)}`;
}
