import { UserError } from "../../../constructs/errors";
import { textAt } from "./attribute";
import { changedValues, type ChangedValue } from "./changed-values";
import { driftBeside, knownPolicies } from "./drift-beside";
import type { PlanModel, PlannedChange } from "./plan-model";
import { fenced, inText } from "./plan-summary";
import { priorSnapshot } from "./prior-state";
import type { Redacted } from "./redactor";
import { describeResource } from "./resource-names";
import { join, list, literal, plain, text, type RichText } from "./rich-text";
import { inOneLine } from "./shown-values";
import type { Snapshot } from "./snapshot";

/** One resource of a stage that is not as Terraform left it. */
export interface Drift {
  readonly address: Redacted;
  /** AWS's word for it, and its name. */
  readonly what: RichText;
  readonly kind: "deleted" | "changed";
  /** Empty if it was deleted. */
  readonly values: readonly ChangedValue[];
}

/** Attributes that repeat what another resource has, as it was when they were last read. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["domain", "custom_domain"],
  aws_iam_role: ["inline_policy", "managed_policy_arns"],
  aws_secretsmanager_secret_version: ["version_stages"],
};

/**
 * Returns what was changed outside Terraform, as far as it has a meaning: what was deleted first.
 *
 * @throws UserError if the state is empty, so that nothing can be compared
 */
export function driftReport(plan: PlanModel): readonly Drift[] {
  const state = priorSnapshot(plan.json, plan.redactor);
  if (state.resources.length === 0 && plan.drift.length === 0)
    throw new UserError(
      "the state of this stage is empty: it was not deployed, or another state is configured",
      "check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY; see docs/recover.md if the state was lost",
    );
  const known = knownPolicies(state);
  const drifts = plan.drift.map((change) => driftOf(change, known, state));
  const all = merged([...drifts, ...driftBeside(state)]);
  return [
    ...all.filter(({ kind }) => kind === "deleted"),
    ...all.filter(
      ({ kind, values }) => kind !== "deleted" && values.length > 0,
    ),
  ];
}

/** One drift for each resource. */
function merged(drifts: readonly Drift[]): readonly Drift[] {
  const all = new Map<string, Drift>();
  for (const drift of drifts) {
    const values = [...(all.get(drift.address)?.values ?? []), ...drift.values];
    all.set(drift.address, { ...drift, values });
  }
  return [...all.values()];
}

/** Returns a drift in sentences, one for each value. */
export function driftSentences({ what, kind, values }: Drift): RichText[] {
  return kind === "deleted"
    ? [text`${what} was deleted`]
    : values.map((value) => text`${what}: ${sentence(value)}`);
}

/** Returns the report for a terminal. */
export function driftText(drifts: readonly Drift[], stage: string): string {
  const items = drifts.flatMap(lines).map((line) => `- ${line}`);
  return [verdict(drifts, stage), ...items].join("\n");
}

/** Returns the report for GitHub, in which nothing that AWS holds is taken for Markdown. */
export function driftMarkdown(drifts: readonly Drift[], stage: string): string {
  return [
    `### ${inText(verdict(drifts, stage))}`,
    ...(drifts.length === 0
      ? []
      : [fenced(drifts.flatMap(lines).join("\n")), ADVICE]),
  ].join("\n\n");
}

/** What to do about drift. */
export const ADVICE =
  "The next deployment restores what the code says. To keep a change, add it to the code. Remove what was added outside Terraform, such as a policy of a role or a newer value of a secret: no deployment removes it.";

function lines(drift: Drift): string[] {
  return driftSentences(drift).map((one) => inOneLine(plain(one)));
}

function verdict(drifts: readonly Drift[], stage: string): string {
  const [only] = drifts;
  if (only === undefined) return `Stage ${stage}: no changes outside Terraform`;
  const things =
    drifts.length === 1 ? "1 resource" : `${drifts.length} resources`;
  return `Stage ${stage}: ${things} changed outside Terraform`;
}

function sentence(value: ChangedValue): RichText {
  const { path } = value;
  switch (value.kind) {
    case "secret":
      return text`${path}, a secret, was changed`;
    case "unknown":
      return text`${path} is known only after apply`;
    case "changed":
      return text`${path} was changed from ${value.before} to ${value.after}`;
    case "members": {
      const { gained, lost } = value;
      const parts = [
        ...(gained.length > 0 ? [text`gained ${list(gained)}`] : []),
        ...(lost.length > 0 ? [text`lost ${list(lost)}`] : []),
      ];
      return text`${path} ${join(parts, literal(" and "))}`;
    }
  }
}

function driftOf(
  { address, type, action, before, after }: PlannedChange,
  known: ReadonlySet<string>,
  state: Snapshot,
): Drift {
  const isDeleted = action === "delete";
  const values = isDeleted
    ? []
    : changedValues(before, after).filter(
        ({ path }) => !isRepeated(type, path, after, known),
      );
  const resource = { address, type, values: after ?? before ?? {} };
  return {
    address,
    what: describeResource(resource, state),
    kind: isDeleted ? "deleted" : "changed",
    values,
  };
}

function isRepeated(
  type: string,
  path: string,
  after: PlannedChange["after"],
  known: ReadonlySet<string>,
): boolean {
  const [attribute = ""] = path.split(".");
  return (
    REPEATED[type]?.includes(attribute) === true ||
    (path === "policy" && known.has(`${textAt(after, "arn") ?? ""}:policy`))
  );
}
