import { type ChangedValue, findChangedValues } from "./changed-values";
import {
  escapeControlCharacters,
  readText,
  toBlocks,
  toTexts,
} from "./attribute";
import type { Redacted } from "./redactor";
import { describeResource } from "./resource-names";
import { readPriorState, type Resource, type Snapshot } from "./snapshot";
import { UserError } from "../../../constructs/errors";
import type { PlanModel, PlannedChange } from "./plan-model";
import { escapeMarkdown, formatCodeBlock } from "./plan-summary";
import {
  joinTexts,
  listNames,
  literal,
  type RichText,
  text,
  toPlainText,
} from "./rich-text";

/**
 * Returns what was added next to what Terraform manages, where no deployment removes it: policies of roles that the code
 * does not have, and a newer value of a secret. It is reported for as long as it is there; Terraform itself reports it once,
 * since the next deployment takes it into the state.
 */
export function findUnmanagedAdditions(state: Snapshot): readonly Drift[] {
  const known = listManagedPolicies(state);
  return state.resources.flatMap((resource) => {
    const added = addedValue(resource, known);
    return added === undefined
      ? []
      : [
          {
            address: resource.address,
            what: describeResource(resource, state),
            kind: "changed" as const,
            values: [added],
          },
        ];
  });
}

/** Policies that Terraform has resources of: `role:name` for those of a role, `arn:policy` for that of a secret. */
export function listManagedPolicies(state: Snapshot): ReadonlySet<string> {
  return new Set(
    state.resources.flatMap(({ type, values }) => {
      const text = (attribute: string): string =>
        readText(values, attribute) ?? "";
      if (type === "aws_secretsmanager_secret_policy")
        return [`${text("secret_arn")}:policy`];
      if (type === "aws_iam_role_policy")
        return [`${text("role")}:${text("name")}`];
      return type === "aws_iam_role_policy_attachment"
        ? [`${text("role")}:${text("policy_arn")}`]
        : [];
    }),
  );
}

function addedValue(
  { type, values }: Resource,
  known: ReadonlySet<string>,
): ChangedValue | undefined {
  if (type === "aws_iam_role") {
    const gained = policiesOf(values).filter(
      (policy) => !known.has(`${readText(values, "name") ?? ""}:${policy}`),
    );
    return gained.length === 0
      ? undefined
      : {
          kind: "members",
          path: "policies" as Redacted,
          gained,
          lost: [],
        };
  }
  if (type === "aws_secretsmanager_secret_version") {
    // Terraform reads the version it made, which still exists, and not the one that is in use
    const stages = values.version_stages;
    return !Array.isArray(stages) || stages.includes("AWSCURRENT")
      ? undefined
      : { kind: "secret", path: "secret_string" as Redacted };
  }
  return undefined;
}

/** All policies that a role has, also those that Terraform manages as resources of their own. */
function policiesOf({
  inline_policy,
  managed_policy_arns,
}: Resource["values"]): readonly Redacted[] {
  const inline = toBlocks(inline_policy).flatMap(({ name }) =>
    typeof name === "string" ? [name] : [],
  );
  return [...inline, ...toTexts(managed_policy_arns)];
}

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
export function findDrift(plan: PlanModel): readonly Drift[] {
  const state = readPriorState(plan.json, plan.redactor);
  if (state.resources.length === 0 && plan.drift.length === 0)
    throw new UserError(
      "the state of this stage is empty: it was not deployed, or another state is configured",
      "check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY; see docs/recover.md if the state was lost",
    );
  const known = listManagedPolicies(state);
  const drifts = plan.drift.map((change) => driftOf(change, known, state));
  const all = merged([...drifts, ...findUnmanagedAdditions(state)]);
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
export function describeDrift({ what, kind, values }: Drift): RichText[] {
  return kind === "deleted"
    ? [text`${what} was deleted`]
    : values.map((value) => text`${what}: ${sentence(value)}`);
}

/** Returns the report for a terminal. */
export function formatDriftText(
  drifts: readonly Drift[],
  stage: string,
): string {
  const items = drifts.flatMap(lines).map((line) => `- ${line}`);
  return [verdict(drifts, stage), ...items].join("\n");
}

/** Returns the report for GitHub, in which nothing that AWS holds is taken for Markdown. */
export function formatDriftMarkdown(
  drifts: readonly Drift[],
  stage: string,
): string {
  return [
    `### ${escapeMarkdown(verdict(drifts, stage))}`,
    ...(drifts.length === 0
      ? []
      : [formatCodeBlock(drifts.flatMap(lines).join("\n")), DRIFT_ADVICE]),
  ].join("\n\n");
}

/** What to do about drift. */
export const DRIFT_ADVICE =
  "The next deployment restores what the code says. To keep a change, add it to the code. Remove what was added outside Terraform, such as a policy of a role or a newer value of a secret: no deployment removes it.";

function lines(drift: Drift): string[] {
  return describeDrift(drift).map((one) =>
    escapeControlCharacters(toPlainText(one)),
  );
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
        ...(gained.length > 0 ? [text`gained ${listNames(gained)}`] : []),
        ...(lost.length > 0 ? [text`lost ${listNames(lost)}`] : []),
      ];
      return text`${path} ${joinTexts(parts, literal(" and "))}`;
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
    : findChangedValues(before, after).filter(
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
    (path === "policy" && known.has(`${readText(after, "arn") ?? ""}:policy`))
  );
}
