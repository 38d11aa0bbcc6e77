import { styleText } from "node:util";
import { inOneLine } from "../plan/shown-values";
import { say, type Phrase } from "../access/phrase";
import type { Action, Change, Gravity, Loss, PlanReview } from "./plan-review";
import {
  aboutLoss,
  gateResult,
  GRAVITY_WORD,
  lossCounts,
  planLine,
  sections,
  subject,
  valueChange,
  verdictParts,
} from "./review-sentences";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const LOUD: Style = ["bold", "red"];
const GRAVITY_STYLE: Readonly<Record<Gravity, Style>> = {
  loss: LOUD,
  break: "red",
  weakening: "yellow",
};
const ACTION_STYLE: Partial<Readonly<Record<Action, Style>>> = {
  create: "green",
  update: "yellow",
  replace: LOUD,
  delete: LOUD,
  forget: "yellow",
};

/**
 * A reviewed plan for a terminal: a sentence in a line, however long, with nothing in it that moves the cursor but what
 * was asked for.
 */
export function reviewText(
  review: PlanReview,
  { colors = false }: { readonly colors?: boolean } = {},
): string {
  const paint: Paint = (style, text) =>
    colors ? styleText(style, text, { validateStream: false }) : text;
  const blocks = [
    [heading(review, paint)],
    lossLines(review, paint),
    ...sections(review).map(({ title, lines }) =>
      titled(title, lines.map(inLine), paint),
    ),
    gateLines(review, paint),
    titled(
      "Changes",
      review.changes.flatMap((change) => changeLines(change, paint)),
      paint,
      review.changes.length,
    ),
    titled(
      "Outputs",
      review.outputs.map((output) => inLine(valueChange(output))),
      paint,
    ),
    [inLine(planLine(review))],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function heading(review: PlanReview, paint: Paint): string {
  const parts = verdictParts(review).map(({ text, isLoud }) =>
    isLoud ? paint(LOUD, text.toUpperCase()) : text,
  );
  return `${paint("bold", inLine(subject(review.stage)))}: ${parts.join(", ")}`;
}

function lossLines(
  { losses, verdict }: PlanReview,
  paint: Paint,
): readonly string[] {
  if (losses.length === 0)
    return verdict.isEmpty ? [] : [`${lossCounts(losses)}.`];
  return [
    paint("bold", lossCounts(losses)),
    ...losses.map((loss) => `  ${lossLine(loss, paint)}`),
  ];
}

function lossLine(loss: Loss, paint: Paint): string {
  const isAllowed = loss.allowed !== undefined;
  const word = GRAVITY_WORD[loss.gravity].toUpperCase();
  const mark = paint(
    isAllowed ? "dim" : GRAVITY_STYLE[loss.gravity],
    isAllowed ? `${word} (allowed)` : word,
  );
  const clauses = [loss.told, ...aboutLoss(loss)].map(inLine);
  return `${mark} ${clauses.join("; ")}`;
}

function gateLines({ gate }: PlanReview, paint: Paint): readonly string[] {
  const result = inLine(gateResult(gate));
  return [
    `Gate: ${gate.passes ? paint("green", result) : paint(LOUD, result)}`,
    ...gate.stoppedBy.map((reason) => `  ${inLine(reason)}`),
    ...gate.notices.map((notice) => `  ${inLine(say`notice: ${notice}`)}`),
  ];
}

function changeLines(change: Change, paint: Paint): readonly string[] {
  const { address, action, what, movedFrom, values } = change;
  const style = ACTION_STYLE[action];
  const word = style === LOUD ? action.toUpperCase() : action;
  const where =
    movedFrom === undefined
      ? say`${address} (${what})`
      : say`${address} (${what}), before ${movedFrom}`;
  return [
    `${style === undefined ? word : paint(style, word)} ${inLine(where)}`,
    ...values.map((value) => `  ${inLine(valueChange(value))}`),
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

function inLine(phrase: Phrase): string {
  return phrase
    .map((part) => inOneLine(typeof part === "string" ? part : part.name))
    .join("");
}
