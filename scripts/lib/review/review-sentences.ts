import { list, say, type Phrase } from "../access/phrase";
import type {
  Gate,
  Gravity,
  Loss,
  PlanReview,
  ValueChange,
  Verdict,
} from "./plan-review";

/** How grave a loss is, in a word before what is lost. */
export const GRAVITY_WORD: Readonly<Record<Gravity, string>> = {
  loss: "Loss",
  break: "Break",
  weakening: "Weakening",
};

/** A part of the verdict, such as `2 to add`. */
export interface VerdictPart {
  readonly text: string;
  /** Whether something that is there now will not be. */
  readonly isLoud: boolean;
}

/** What a plan would do by the number of resources, without what it does to none. */
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
      ? [`${counted(drift.length, "value")} changed by hand`]
      : []),
    "no resource to add, to change or to destroy",
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
  ["forget", "to forget", false],
];

/** What a plan is of, before its verdict. */
export function subject(stage: string | undefined): Phrase {
  return stage === undefined ? ["Plan"] : say`Stage ${stage}`;
}

/** How many losses there are of which gravity, and how many of them are allowed. */
export function lossCounts(losses: readonly Loss[]): string {
  if (losses.length === 0) return "Nothing is lost, breaks or is weakened";
  const of = (wanted: Gravity): number =>
    losses.filter(({ gravity }) => gravity === wanted).length;
  const counts = [
    [of("loss"), "lost"],
    [of("break"), "broken"],
    [of("weakening"), "weakened"],
  ] as const;
  const said = counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`);
  const allowed = losses.filter((loss) => loss.allowed !== undefined).length;
  return [...said, ...(allowed > 0 ? [`${allowed} of them allowed`] : [])].join(
    ", ",
  );
}

/** What there is to say of a loss beside what happens: where, by which attributes, by which rule, and who allows it. */
export function aboutLoss(loss: Loss): readonly Phrase[] {
  const { address, forcedBy, rule, allowed } = loss;
  return [
    say`at ${address}`,
    ...(forcedBy.length > 0 ? [say`forced by ${list(forcedBy)}`] : []),
    say`rule ${rule}`,
    ...(allowed === undefined
      ? []
      : [say`allowed until ${allowed.expires}: ${allowed.reason}`]),
  ];
}

/** A heading and the sentences under it. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Phrase[];
}

/** Sections between the losses and the gate, those without a sentence among them. */
export function sections({
  access,
  unknown,
  drift,
}: Pick<PlanReview, "access" | "unknown" | "drift">): readonly [
  gained: Section,
  lost: Section,
  unknown: Section,
  drift: Section,
] {
  return [
    { title: "Access gained", lines: access.gained },
    { title: "Access lost", lines: access.lost },
    {
      title: "Cannot be told before it is applied",
      lines: [...access.unknown, ...unknown],
    },
    {
      title: "In AWS as the state does not have it",
      lines: drift,
    },
  ];
}

/** Whether the gate lets the plan pass. */
export function gateResult({ policy, passes }: Gate): Phrase {
  if (!passes) return say`stops this plan, by policy ${policy}`;
  return policy === "off" ? ["off"] : say`passes, by policy ${policy}`;
}

/** What changes in a value: its path, and how. */
export function valueChange({ path, told }: ValueChange): Phrase {
  return say`${path} ${told}`;
}

/** The line that names the plan, by which it can be applied. */
export function planLine({ hash, terraformVersion }: PlanReview): Phrase {
  return say`Plan ${hash}, by Terraform ${terraformVersion}`;
}

/** A number of things. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
