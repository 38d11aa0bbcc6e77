import type { Redacted } from "../../plan/redactor";
import { listNames, literal, type RichText, text } from "../../plan/rich-text";
import type {
  Finding,
  Gate,
  PlanReview,
  ReviewedFinding,
  ValueChange,
  Verdict,
} from "../review-model";
import { isNotReviewed } from "../rules/registry";

const LABELS = {
  "data-loss": "Data loss",
  breaking: "Breaking",
  weakening: "Weakening",
  "not-reviewed": "Not reviewed",
} as const;

type FindingLabel = (typeof LABELS)[keyof typeof LABELS];

/** Returns the severity of a finding as a label, or that a part of the plan is not reviewed. */
export function getFindingLabel({
  severity,
  rule,
}: Pick<Finding, "severity" | "rule">): FindingLabel {
  return LABELS[isNotReviewed(rule) ? "not-reviewed" : severity];
}

/** Formats a finding for output without labels. */
export function formatFinding({ rule, message }: Finding): RichText {
  return isNotReviewed(rule) ? text`not reviewed: ${message}` : message;
}

/** A part of the verdict, such as `2 to add`. */
export interface VerdictPart {
  readonly text: string;
  /** Whether resources no longer exist, or are no longer managed. */
  readonly isDestructive: boolean;
}

const VERDICT_TEXTS: readonly (readonly [
  keyof Omit<Verdict, "isEmpty">,
  text: string,
  isDestructive?: boolean,
])[] = [
  ["add", "to add"],
  ["change", "to change"],
  ["destroy", "to destroy", true],
  ["replace", "to replace", true],
  ["import", "to import"],
  ["move", "to move"],
  ["forget", "to forget", true],
];

/** Formats the numbers of resources by action; if there are none, of outputs and drift. */
export function formatVerdict({
  verdict,
  outputs,
  drift,
}: Pick<PlanReview, "verdict" | "outputs" | "drift">): readonly VerdictPart[] {
  if (verdict.isEmpty) return [{ text: "no changes", isDestructive: false }];
  const parts = VERDICT_TEXTS.filter(([key]) => verdict[key] > 0).map(
    ([key, words, isDestructive = false]) => ({
      text: `${verdict[key]} ${words}`,
      isDestructive,
    }),
  );
  if (parts.length > 0) return parts;
  return [
    ...(outputs.length > 0
      ? [`${formatCount(outputs.length, "output")} to change`]
      : []),
    ...(drift.length > 0
      ? [`${formatCount(drift.length, "value")} changed outside Terraform`]
      : []),
    "no resource to add, change or destroy",
  ].map((words) => ({ text: words, isDestructive: false }));
}

/** Formats the stage of a plan. */
export function formatSubject(stage: Redacted | undefined): RichText {
  return stage === undefined ? literal("Plan") : text`Stage ${stage}`;
}

/** Formats the hash, the creation time and the Terraform version of a plan. */
export function formatPlanLine({
  hash,
  date,
  terraformVersion,
}: PlanReview): RichText {
  const created = date === undefined ? [] : text` ${date}`;
  return text`Plan ${hash as Redacted}, created${created} with Terraform ${terraformVersion}`;
}

/** Counts findings by label; without findings, states whether access changes. */
export function formatFindingCounts({
  findings,
  access,
}: Pick<PlanReview, "findings" | "access">): string {
  if (findings.length === 0) {
    const changes = (["gained", "lost", "unknown"] as const)
      .filter((kind) => access[kind].length > 0)
      .map((kind) => `access is ${kind} (${access[kind].length})`);
    return changes.length === 0
      ? "Nothing is lost, broken or weakened, and no one gains access"
      : `No findings; ${changes.join(", ")}`;
  }
  const count = (isCounted: (one: ReviewedFinding) => boolean): number =>
    findings.filter(isCounted).length;
  return [
    ...Object.values(LABELS).map((label) => ({
      number: count((one) => getFindingLabel(one) === label),
      label: label.toLowerCase(),
    })),
    {
      number: count(({ allowed }) => allowed !== undefined),
      label: "of them allowed",
    },
  ]
    .filter(({ number }) => number > 0)
    .map(({ number, label }) => `${number} ${label}`)
    .join(", ");
}

/** Formats the address, attributes, rule and allow-list entry of a finding. */
export function formatFindingDetails(
  finding: Finding & Pick<ReviewedFinding, "allowed">,
): readonly RichText[] {
  const { address, forcedBy, rule, allowed } = finding;
  return [
    text`at ${address}`,
    ...(forcedBy.length > 0 ? [text`forced by ${listNames(forcedBy)}`] : []),
    text`rule ${rule as string as Redacted}`,
    ...(allowed === undefined
      ? []
      : [text`allowed until ${allowed.expires}: ${allowed.reason}`]),
  ];
}

interface Section {
  readonly title: string;
  readonly lines: readonly RichText[];
}

/** Returns the sections after the findings, including empty ones. */
export function listSections({
  access,
  drift,
}: Pick<PlanReview, "access" | "drift">): readonly Section[] {
  return [
    { title: "Access gained", lines: access.gained },
    { title: "Access lost", lines: access.lost },
    { title: "Access unknown", lines: access.unknown },
    { title: "Policies rewritten with the same access", lines: access.same },
    { title: "Drift: changed outside Terraform", lines: drift },
  ];
}

/** Formats the result of the gate. */
export function formatGateResult({ policy, passes }: Gate): RichText {
  if (!passes) return text`blocks this plan (policy ${literal(policy)})`;
  return policy === "off"
    ? literal("off")
    : text`passes (policy ${literal(policy)})`;
}

/** Formats the path and the change of a value. */
export function formatValueChange({ path, message }: ValueChange): RichText {
  return text`${path} ${message}`;
}

/** Formats a number and a noun, such as `2 outputs`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
