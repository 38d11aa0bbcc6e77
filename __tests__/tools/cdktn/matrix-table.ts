/** What came of one step of a variant. */
export interface Outcome {
  readonly ok: boolean;
  /** In a few words. */
  readonly text: string;
  readonly seconds: number;
  /** What explains it, a line each. */
  readonly details: readonly string[];
  /** File with all that was printed, kept where it failed. */
  readonly log?: string;
}

/** Steps of a variant, in the order in which they run. */
export const STEPS = [
  "install",
  "typeCheck",
  "unitTests",
  "synth",
  "apply",
  "secondPlan",
] as const;

export type Step = (typeof STEPS)[number];

/** What came of a variant; a step that it does not have, or did not come to, is absent. */
export interface MatrixRow {
  readonly variant: string;
  /** What it ran with, as it was found installed. */
  readonly versions: readonly string[];
  readonly outcomes: Readonly<Partial<Record<Step, Outcome>>>;
}

const TITLES: Readonly<Record<Step, string>> = {
  install: "Install",
  typeCheck: "Type-check",
  unitTests: "Unit tests",
  synth: "Synthesized JSON",
  apply: "Apply",
  secondPlan: "Second plan",
};
/** Steps that every variant has. */
const REQUIRED: readonly Step[] = ["unitTests", "synth", "apply", "secondPlan"];

/** Whether everything that a variant has to do was done, and well. */
export function isGood({ outcomes }: MatrixRow): boolean {
  return (
    REQUIRED.every((step) => outcomes[step] !== undefined) &&
    Object.values(outcomes).every(({ ok }) => ok)
  );
}

/** Variants as a Markdown table. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const titles = STEPS.filter((step) => step !== "install").map(
    (step) => TITLES[step],
  );
  const lines = rows.map((row) => [
    row.variant,
    row.versions.join(", "),
    ...STEPS.filter((step) => step !== "install").map((step) =>
      cell(row, step),
    ),
    isGood(row) ? "yes" : "no",
  ]);
  const head = ["Variant", "With", ...titles, "Good"];
  return [head, head.map(() => "---"), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

/** What failed, and where all of it was written down: a block for each step. */
export function failures(rows: readonly MatrixRow[]): readonly string[] {
  return rows.flatMap(({ variant, outcomes }) =>
    STEPS.flatMap((step) => {
      const outcome = outcomes[step];
      if (outcome === undefined || outcome.ok) return [];
      const { text, details, log } = outcome;
      return [
        `${variant}: ${TITLES[step].toLowerCase()}: ${text}`,
        ...details.map((line) => `  ${line}`),
        ...(log === undefined ? [] : [`  all of it: ${log}`]),
      ];
    }),
  );
}

function cell({ outcomes }: MatrixRow, step: Step): string {
  const outcome = outcomes[step];
  if (outcome === undefined) return REQUIRED.includes(step) ? "not run" : "";
  const text = outcome.text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return outcome.ok ? text : `**${text}**`;
}
