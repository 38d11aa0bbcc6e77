import { styleText } from "node:util";
import { text, type RichText } from "../../plan/rich-text";
import { escapeControlCharacters } from "../../cli/escape";
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
  getFindingLabel,
  formatGateResult,
  formatPlanLine,
  listSections,
  formatSubject,
  formatValueChange,
  formatVerdict,
} from "./sentences";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const LOUD: Style = ["bold", "red"];
const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  "data-loss": LOUD,
  breaking: "red",
  weakening: "yellow",
};
const ACTION_STYLE: Partial<Readonly<Record<Action, Style>>> = {
  create: "green",
  update: "yellow",
  replace: LOUD,
  delete: LOUD,
  forget: LOUD,
};

/**
 * Renders a review for a terminal: the verdict and the gate first, a sentence in a line, and nothing that moves the cursor but
 * the colors that were asked for.
 */
export function renderText(
  review: PlanReview,
  { colors = false }: { readonly colors?: boolean } = {},
): string {
  const paint: Paint = (style, words) =>
    colors ? styleText(style, words, { validateStream: false }) : words;
  const blocks = [
    [
      heading(review, paint),
      inLine(formatPlanLine(review)),
      ...gateLines(review, paint),
    ],
    findingLines(review, paint),
    ...listSections(review).map(({ title, lines }) =>
      titled(title, lines.map(inLine), paint),
    ),
    titled(
      "Changes",
      review.changes.flatMap((change) => changeLines(change, paint)),
      paint,
      review.changes.length,
    ),
    titled(
      "Outputs",
      review.outputs.map((output) => inLine(formatValueChange(output))),
      paint,
    ),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function heading(review: PlanReview, paint: Paint): string {
  const parts = formatVerdict(review).map(
    ({ text: words, isDestructive: isLoud }) =>
      isLoud ? paint(LOUD, words.toUpperCase()) : words,
  );
  return `${paint("bold", inLine(formatSubject(review.stage)))}: ${parts.join(", ")}`;
}

function findingLines(review: PlanReview, paint: Paint): readonly string[] {
  const { findings, verdict } = review;
  if (findings.length === 0)
    return verdict.isEmpty ? [] : [`${formatFindingCounts(review)}.`];
  return [
    paint("bold", formatFindingCounts(review)),
    ...findings.flatMap((finding) =>
      findingBlock(finding, paint).map((line) => `  ${line}`),
    ),
  ];
}

function findingBlock(
  finding: ReviewedFinding,
  paint: Paint,
): readonly string[] {
  const isAllowed = finding.allowed !== undefined;
  const word = getFindingLabel(finding).toUpperCase();
  const mark = paint(
    isAllowed ? "dim" : SEVERITY_STYLE[finding.severity],
    isAllowed ? `${word} (allowed)` : word,
  );
  const details = formatFindingDetails(finding).map(inLine).join("; ");
  return [
    `${mark} ${inLine(finding.message)}`,
    `  ${paint("dim", details)}`,
    ...finding.consequences.map(
      (one) =>
        `  - ${inLine(one.message)} ${paint("dim", `(${inLine(text`${one.address}`)})`)}`,
    ),
  ];
}

function gateLines({ gate }: PlanReview, paint: Paint): readonly string[] {
  const result = inLine(formatGateResult(gate));
  return [
    `Gate: ${gate.passes ? paint("green", result) : paint(LOUD, result)}`,
    ...gate.stoppedBy.map((reason) => `  ${inLine(reason)}`),
    ...gate.notices.map((notice) => `  ${inLine(text`notice: ${notice}`)}`),
  ];
}

function changeLines(change: Change, paint: Paint): readonly string[] {
  const { address, action, what, movedFrom, values } = change;
  const style = ACTION_STYLE[action];
  const word = style === LOUD ? action.toUpperCase() : action;
  const where =
    movedFrom === undefined
      ? text`${address} (${what})`
      : text`${address} (${what}), before ${movedFrom}`;
  return [
    `${style === undefined ? word : paint(style, word)} ${inLine(where)}`,
    ...values.map(
      ({ path, message, summary = message }) =>
        `  ${inLine(text`${path} ${summary}`)}`,
    ),
  ];
}

function titled(
  title: string,
  lines: readonly string[],
  paint: Paint,
  count = lines.length,
): readonly string[] {
  return lines.length === 0
    ? []
    : [
        paint("bold", `${title} (${count})`),
        ...lines.map((line) => `  ${line}`),
      ];
}

function inLine(sentence: RichText): string {
  return sentence
    .map((part) =>
      escapeControlCharacters(typeof part === "string" ? part : part.name),
    )
    .join("");
}
