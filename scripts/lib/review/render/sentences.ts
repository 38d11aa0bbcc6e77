import type { Redacted } from "../../plan/redactor";
import { listNames, literal, text, type RichText } from "../../plan/rich-text";
import type {
  Finding,
  Gate,
  PlanReview,
  ReviewedFinding,
  Severity,
  ValueChange,
  Verdict,
} from "../review-model";
import { isNotReviewed } from "../rules/registry";

const SEVERITY_WORD = {
  "data-loss": "Data loss",
  breaking: "Breaking",
  weakening: "Weakening",
} as const satisfies Readonly<Record<Severity, string>>;

/** Returns the word before a finding: how severe it is, or that a part of the plan is not reviewed. */
export function getFindingLabel({
  severity,
  rule,
}: Pick<Finding, "severity" | "rule">): FindingWord {
  return isNotReviewed(rule) ? "Not reviewed" : SEVERITY_WORD[severity];
}

type FindingWord = (typeof SEVERITY_WORD)[Severity] | "Not reviewed";

/** Returns the sentence of a finding for output that has no word before it. */
export function formatFinding({ rule, message }: Finding): RichText {
  return isNotReviewed(rule) ? text`not reviewed: ${message}` : message;
}

/** A part of the verdict, such as `2 to add`. */
export interface VerdictPart {
  readonly text: string;
  /** Whether something that exists will not. */
  readonly isDestructive: boolean;
}

/** Returns what a plan would do by the number of resources, without what it does to none. */
export function formatVerdict({
  verdict,
  outputs,
  drift,
}: Pick<PlanReview, "verdict" | "outputs" | "drift">): readonly VerdictPart[] {
  if (verdict.isEmpty) return [{ text: "no changes", isDestructive: false }];
  const parts = VERDICT_WORDS.filter(([key]) => verdict[key] > 0).map(
    ([key, words, isDestructive]) => ({
      text: `${verdict[key]} ${words}`,
      isDestructive,
    }),
  );
  if (parts.length > 0) return parts;
  const rest = [
    ...(outputs.length > 0
      ? [`${formatCount(outputs.length, "output")} to change`]
      : []),
    ...(drift.length > 0
      ? [`${formatCount(drift.length, "value")} changed outside Terraform`]
      : []),
    "no resource to add, change or destroy",
  ];
  return [{ text: rest.join(", "), isDestructive: false }];
}

const VERDICT_WORDS: readonly (readonly [
  keyof Omit<Verdict, "isEmpty">,
  string,
  boolean,
])[] = [
  ["add", "to add", false],
  ["change", "to change", false],
  ["destroy", "to destroy", true],
  ["replace", "to replace", true],
  ["import", "to import", false],
  ["move", "to move", false],
  ["forget", "to forget", true],
];

/** Returns what a plan is of, before its verdict. */
export function formatSubject(stage: Redacted | undefined): RichText {
  return stage === undefined ? literal("Plan") : text`Stage ${stage}`;
}

/** Returns the line that says which plan is reviewed: its hash, its time, and by which Terraform. */
export function formatPlanLine({
  hash,
  date,
  terraformVersion,
}: PlanReview): RichText {
  const made = date === undefined ? [] : text` of ${date}`;
  return text`Plan ${hash as Redacted}${made}, by Terraform ${terraformVersion}`;
}

/** Counts findings by their words; says that nothing is lost only if no access is lost or gained, and nothing is unknown. */
export function formatFindingCounts({
  findings,
  access,
}: Pick<PlanReview, "findings" | "access">): string {
  if (findings.length === 0) {
    const rest = [
      ...(access.gained.length > 0
        ? [`access is gained (${access.gained.length})`]
        : []),
      ...(access.lost.length > 0
        ? [`access is lost (${access.lost.length})`]
        : []),
      ...(access.unknown.length > 0
        ? [`access is unknown (${access.unknown.length})`]
        : []),
    ];
    return rest.length === 0
      ? "Nothing is lost, broken or weakened, and no one gains access"
      : `No findings; ${rest.join(", ")}`;
  }
  const counts = FINDING_WORDS.map(
    (word) =>
      [
        findings.filter((one) => getFindingLabel(one) === word).length,
        word.toLowerCase(),
      ] as const,
  );
  const allowed = findings.filter((one) => one.allowed !== undefined).length;
  return [
    ...counts
      .filter(([number]) => number > 0)
      .map(([number, word]) => `${number} ${word}`),
    ...(allowed > 0 ? [`${allowed} of them allowed`] : []),
  ].join(", ");
}

const FINDING_WORDS: readonly FindingWord[] = [
  "Data loss",
  "Breaking",
  "Weakening",
  "Not reviewed",
];

/** Returns where a finding is, by which attributes and rule, and what allows it. */
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

/** A heading and the sentences under it. */
export interface Section {
  readonly title: string;
  readonly lines: readonly RichText[];
}

/** Returns the sections after the findings, also those without a sentence. */
export function listSections({
  access,
  drift,
}: Pick<PlanReview, "access" | "drift">): readonly [
  gained: Section,
  lost: Section,
  unknown: Section,
  same: Section,
  drift: Section,
] {
  return [
    { title: "Access gained", lines: access.gained },
    { title: "Access lost", lines: access.lost },
    { title: "Access unknown", lines: access.unknown },
    { title: "Same access, written in another way", lines: access.same },
    { title: "Drift: changed outside Terraform", lines: drift },
  ];
}

/** Returns whether the gate lets the plan pass. */
export function formatGateResult({ policy, passes }: Gate): RichText {
  if (!passes) return text`stops this plan, by policy ${literal(policy)}`;
  return policy === "off"
    ? literal("off")
    : text`passes, by policy ${literal(policy)}`;
}

/** Returns how a value changes: its path, and how. */
export function formatValueChange({ path, message }: ValueChange): RichText {
  return text`${path} ${message}`;
}

/** Returns a number of things. */
export function formatCount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
