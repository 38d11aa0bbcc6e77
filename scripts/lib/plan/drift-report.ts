import { UserError } from "../../../constructs/errors";
import { driftBeside, knownPolicies, managed } from "./drift-beside";
import { nameOf } from "./resource-names";
import { changedValues, type ChangedValue } from "./changed-values";
import type { PlanJson, ResourceChange } from "./plan-json";
import { fenced, inText } from "./plan-summary";
import { inOneLine } from "./shown-values";

/** One thing of a stage that is not as Terraform left it. */
export interface Drift {
  readonly address: string;
  /** What AWS calls it, and its name. */
  readonly what: string;
  readonly kind: "deleted" | "changed";
  /** None where it was deleted. */
  readonly values: readonly ChangedValue[];
}

type Attributes = Readonly<Record<string, unknown>>;

/** Attributes that repeat what is another resource's, as it was when they were last read. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["domain", "custom_domain"],
  aws_secretsmanager_secret_version: ["version_stages"],
};

/**
 * What was changed by hand, as far as it means something: what was deleted first.
 *
 * @throws UserError when there is no stage, of which nothing can be said
 */
export function driftReport(plan: PlanJson): readonly Drift[] {
  if (managed(plan).length === 0 && plan.resource_drift.length === 0)
    throw new UserError(
      "the state of this stage holds nothing: it was not deployed, or its state is another",
      "check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY; README.md says what to do where a state was lost",
    );
  const known = knownPolicies(plan);
  const drifts = plan.resource_drift
    .filter(({ mode }) => mode === "managed")
    .map((resource) => driftOf(resource, known));
  const all = together([...drifts, ...driftBeside(plan)]);
  return [
    ...all.filter(({ kind }) => kind === "deleted"),
    ...all.filter(
      ({ kind, values }) => kind !== "deleted" && values.length > 0,
    ),
  ];
}

/** One drift for each thing. */
function together(drifts: readonly Drift[]): readonly Drift[] {
  const all = new Map<string, Drift>();
  for (const drift of drifts) {
    const values = [...(all.get(drift.address)?.values ?? []), ...drift.values];
    all.set(drift.address, { ...drift, values });
  }
  return [...all.values()];
}

/** A drift in sentences, one for each value. */
export function sentences({ what, kind, values }: Drift): string[] {
  return kind === "deleted"
    ? [inOneLine(`${what} was deleted`)]
    : values.map((value) => inOneLine(`${what}: ${sentence(value)}`));
}

/** A report for a terminal. */
export function driftText(drifts: readonly Drift[], stage: string): string {
  const items = drifts.flatMap(sentences).map((text) => `- ${text}`);
  return [verdict(drifts, stage), ...items].join("\n");
}

/** A report for GitHub, in which nothing that AWS holds is taken for Markdown. */
export function driftMarkdown(drifts: readonly Drift[], stage: string): string {
  return [
    `### ${inText(verdict(drifts, stage))}`,
    ...(drifts.length === 0
      ? []
      : [fenced(drifts.flatMap(sentences).join("\n")), ADVICE]),
  ].join("\n\n");
}

/** What to do about drift. */
export const ADVICE =
  "A deployment puts back what the code says. To keep a change, take it into the code; what was put beside it, such as a policy of a role or a newer value of a secret, has to be removed by hand.";

function verdict(drifts: readonly Drift[], stage: string): string {
  const [only] = drifts;
  if (only === undefined) return `Stage ${stage}: nothing was changed by hand`;
  const things = drifts.length === 1 ? "1 thing" : `${drifts.length} things`;
  return `Stage ${stage}: ${things} changed by hand`;
}

function sentence(value: ChangedValue): string {
  const { path } = value;
  if (value.kind === "secret") return `${path}, a secret, was changed`;
  if (value.kind === "changed")
    return `${path} was changed from ${value.before} to ${value.after}`;
  const { gained, lost } = value;
  const parts = [
    ...(gained.length > 0 ? [`gained ${gained.join(", ")}`] : []),
    ...(lost.length > 0 ? [`lost ${lost.join(", ")}`] : []),
  ];
  return `${path} ${parts.join(" and ")}`;
}

function driftOf(
  { address, type, change }: ResourceChange,
  known: ReadonlySet<string>,
): Drift {
  const { before, after, before_sensitive, after_sensitive } = change;
  const isDeleted = change.actions.includes("delete");
  const values = isDeleted
    ? []
    : changedValues(before, after, before_sensitive, after_sensitive).filter(
        ({ path }) => !isRepeated(type, path, after, known),
      );
  return {
    address,
    what: nameOf(type, (after ?? before) as Attributes),
    kind: isDeleted ? "deleted" : "changed",
    values,
  };
}

function isRepeated(
  type: string,
  path: string,
  after: unknown,
  known: ReadonlySet<string>,
): boolean {
  const { arn } = after as Attributes;
  return (
    REPEATED[type]?.includes(path) === true ||
    (path === "policy" && known.has(`${String(arn)}:policy`))
  );
}
