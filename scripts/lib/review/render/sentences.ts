import type { Redacted } from "../../plan/redactor";
import { list, literal, text, type RichText } from "../../plan/rich-text";
import type {
  Finding,
  Gate,
  PlanReview,
  ReviewedFinding,
  Severity,
  ValueChange,
  Verdict,
} from "../plan-review";
import { isNotReviewed } from "../rules/not-reviewed";

const SEVERITY_WORD = {
  "data-loss": "Data loss",
  breaking: "Breaking",
  weakening: "Weakening",
} as const satisfies Readonly<Record<Severity, string>>;

/** Returns the word before a finding: how severe it is, or that a part of the plan is not reviewed. */
export function findingWord({
  severity,
  rule,
}: Pick<Finding, "severity" | "rule">): FindingWord {
  return isNotReviewed(rule) ? "Not reviewed" : SEVERITY_WORD[severity];
}

type FindingWord = (typeof SEVERITY_WORD)[Severity] | "Not reviewed";

/** Returns the sentence of a finding for output that has no word before it. */
export function findingSentence({ rule, message }: Finding): RichText {
  return isNotReviewed(rule) ? text`not reviewed: ${message}` : message;
}

/** A part of the verdict, such as `2 to add`. */
export interface VerdictPart {
  readonly text: string;
  /** Whether something that exists will not. */
  readonly isLoud: boolean;
}

/** Returns what a plan would do by the number of resources, without what it does to none. */
export function verdictParts({
  verdict,
  outputs,
  drift,
}: Pick<PlanReview, "verdict" | "outputs" | "drift">): readonly VerdictPart[] {
  if (verdict.isEmpty) return [{ text: "no changes", isLoud: false }];
  const parts = VERDICT_WORDS.filter(([key]) => verdict[key] > 0).map(
    ([key, words, isLoud]) => ({ text: `${verdict[key]} ${words}`, isLoud }),
  );
  if (parts.length > 0) return parts;
  const rest = [
    ...(outputs.length > 0
      ? [`${counted(outputs.length, "output")} to change`]
      : []),
    ...(drift.length > 0
      ? [`${counted(drift.length, "value")} changed outside Terraform`]
      : []),
    "no resource to add, change or destroy",
  ];
  return [{ text: rest.join(", "), isLoud: false }];
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
export function subject(stage: Redacted | undefined): RichText {
  return stage === undefined ? literal("Plan") : text`Stage ${stage}`;
}

/** Returns the line that says which plan is reviewed: its hash, its time, and by which Terraform. */
export function planLine({
  hash,
  date,
  terraformVersion,
}: PlanReview): RichText {
  const made = date === undefined ? [] : text` of ${date}`;
  return text`Plan ${hash as Redacted}${made}, by Terraform ${terraformVersion}`;
}

/** Counts findings by their words; says that nothing is lost only if no access is lost or gained, and nothing is unknown. */
export function findingCounts({
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
        findings.filter((one) => findingWord(one) === word).length,
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
export function findingDetails(
  finding: Finding & Pick<ReviewedFinding, "allowed">,
): readonly RichText[] {
  const { address, forcedBy, rule, allowed } = finding;
  return [
    text`at ${address}`,
    ...(forcedBy.length > 0 ? [text`forced by ${list(forcedBy)}`] : []),
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
export function sections({
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
export function gateResult({ policy, passes }: Gate): RichText {
  if (!passes) return text`stops this plan, by policy ${literal(policy)}`;
  return policy === "off"
    ? literal("off")
    : text`passes, by policy ${literal(policy)}`;
}

/** Returns how a value changes: its path, and how. */
export function valueChange({ path, message }: ValueChange): RichText {
  return text`${path} ${message}`;
}

/** Returns a number of things. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
