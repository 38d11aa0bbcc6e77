import { styleText } from "node:util";
import { escapeControlCharacters } from "../../cli/escape";
import { type RichText, text, toPlainText } from "../../plan/rich-text";
import type {
  Action,
  Change,
  PlanReview,
  ReviewedFinding,
  Severity,
} from "../review-model";
import {
  formatFindingCounts,
  formatFindingDetails,
  formatGateResult,
  formatPlanLine,
  formatSubject,
  formatValueChange,
  formatVerdict,
  getFindingLabel,
  listSections,
} from "./sentences";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const DESTRUCTIVE: Style = ["bold", "red"];
const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = {
  "data-loss": DESTRUCTIVE,
  breaking: "red",
  weakening: "yellow",
};
const ACTION_STYLES: Partial<Readonly<Record<Action, Style>>> = {
  create: "green",
  update: "yellow",
  replace: DESTRUCTIVE,
  delete: DESTRUCTIVE,
  forget: DESTRUCTIVE,
};

/** Renders a review for a terminal, with one line for each sentence; control characters of names are escaped. */
export function renderText(
  review: PlanReview,
  { colors = false }: { readonly colors?: boolean } = {},
): string {
  const paint: Paint = (style, words) =>
    colors ? styleText(style, words, { validateStream: false }) : words;
  const formatSection = (
    title: string,
    lines: readonly string[],
    count = lines.length,
  ): readonly string[] =>
    lines.length === 0
      ? []
      : [
          paint("bold", `${title} (${count})`),
          ...lines.map((line) => `  ${line}`),
        ];
  return [
    formatHead(review, paint),
    formatFindings(review, paint),
    ...listSections(review).map(({ title, lines }) =>
      formatSection(title, lines.map(formatLine)),
    ),
    formatSection(
      "Changes",
      review.changes.flatMap((change) => formatChange(change, paint)),
      review.changes.length,
    ),
    formatSection(
      "Outputs",
      review.outputs.map((output) => formatLine(formatValueChange(output))),
    ),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function formatHead(review: PlanReview, paint: Paint): readonly string[] {
  const { stage, gate } = review;
  const verdict = formatVerdict(review).map((part) =>
    part.isDestructive
      ? paint(DESTRUCTIVE, part.text.toUpperCase())
      : part.text,
  );
  const result = formatLine(formatGateResult(gate));
  return [
    `${paint("bold", formatLine(formatSubject(stage)))}: ${verdict.join(", ")}`,
    formatLine(formatPlanLine(review)),
    `Gate: ${paint(gate.passes ? "green" : DESTRUCTIVE, result)}`,
    ...gate.stoppedBy.map((reason) => `  ${formatLine(reason)}`),
    ...gate.notices.map((notice) => `  notice: ${formatLine(notice)}`),
  ];
}

function formatFindings(review: PlanReview, paint: Paint): readonly string[] {
  const { findings, verdict } = review;
  if (findings.length === 0)
    return verdict.isEmpty ? [] : [`${formatFindingCounts(review)}.`];
  return [
    paint("bold", formatFindingCounts(review)),
    ...findings.flatMap((finding) => formatFindingLines(finding, paint)),
  ];
}

function formatFindingLines(
  finding: ReviewedFinding,
  paint: Paint,
): readonly string[] {
  const label = getFindingLabel(finding).toUpperCase();
  const mark =
    finding.allowed === undefined
      ? paint(SEVERITY_STYLES[finding.severity], label)
      : paint("dim", `${label} (allowed)`);
  const details = formatFindingDetails(finding).map(formatLine).join("; ");
  return [
    `  ${mark} ${formatLine(finding.message)}`,
    `    ${paint("dim", details)}`,
    ...finding.consequences.map(
      ({ message, address }) =>
        `    - ${formatLine(message)} ${paint("dim", `(${escapeControlCharacters(address)})`)}`,
    ),
  ];
}

function formatChange(change: Change, paint: Paint): readonly string[] {
  const { address, action, what, movedFrom, values } = change;
  const style = ACTION_STYLES[action];
  const label = style === DESTRUCTIVE ? action.toUpperCase() : action;
  const moved = movedFrom === undefined ? [] : text`, moved from ${movedFrom}`;
  return [
    `${style === undefined ? label : paint(style, label)} ${formatLine(text`${address} (${what})${moved}`)}`,
    ...values.map(
      ({ path, message, summary = message }) =>
        `  ${formatLine(text`${path} ${summary}`)}`,
    ),
  ];
}

function formatLine(sentence: RichText): string {
  return escapeControlCharacters(toPlainText(sentence));
}
