import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { isSecretIdLabel } from "../../../constructs/secret-labels";
import {
  escapeControlCharacters,
  escapeMarkdown,
  formatCodeBlock,
} from "../cli/escape";
import { isEmpty, readText, toBlocks, toTexts } from "./attribute";
import { findChangedValues, type ChangedValue } from "./changed-values";
import type { PlanModel, PlannedChange } from "./plan-model";
import type { Redacted } from "./redactor";
import { describeResource } from "./resource-names";
import {
  joinTexts,
  listNames,
  literal,
  text,
  toPlainText,
  type RichText,
} from "./rich-text";
import {
  isCurrentVersion,
  isFirstVersion,
  isRotatable,
} from "./secret-versions";
import { readPriorState, type Resource, type Snapshot } from "./snapshot";

/** A resource of a stage that was changed outside Terraform. */
export interface Drift {
  readonly address: Redacted;
  /** Type and name of the resource. */
  readonly resource: RichText;
  readonly kind: "deleted" | "changed";
  /** Empty for a deleted resource. */
  readonly values: readonly ChangedValue[];
}

const VERSION = "aws_secretsmanager_secret_version";

/** Attributes that repeat values of other resources as of the last refresh. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_user_pool: ["domain", "custom_domain"],
  aws_iam_role: ["inline_policy", "managed_policy_arns"],
  [VERSION]: ["version_stages"],
};

/** Keys of identity providers' connections that AWS or `identity-provider-secret` sets; a deployment does not change them. */
const SET_OUTSIDE =
  /^provider_details\.(client_secret|ActiveEncryptionCertificate|SLORedirectBindingURI|SSORedirectBindingURI)$/;

/** Staging labels of the current version of secrets, by ARN. Absent for a secret whose labels are not known. */
export type CurrentLabels = ReadonlyMap<string, readonly string[]>;

/** Explains how to handle drift. */
export const DRIFT_ADVICE =
  "The next deployment restores the configuration in the code. To retain a change, add it to the code. Remove what was added outside Terraform, such as a policy of a role or a newer value of a secret: no deployment removes it.";

/**
 * Returns the changes outside Terraform that have an effect, deleted resources first. A rotation of a client secret is none.
 *
 * @param labels distinguish a rotation from a manual change of a secret; without them, no newer value of a secret that a rotation
 * can change is reported
 * @throws UserError if the state is empty, so that there is nothing to compare
 */
export function findDrift(
  plan: PlanModel,
  labels: CurrentLabels = new Map(),
): readonly Drift[] {
  const state = readPriorState(plan.json, plan.redactor);
  if (state.resources.length === 0 && plan.drift.length === 0)
    throw new UserError(
      "the state of this stage is empty: it was not deployed, or another state is configured",
      `check APP_NAME, STATE_BUCKET_NAME and STATE_BUCKET_KEY; see ${formatPage("troubleshooting")} if the state was lost`,
    );
  const managed = listManagedPolicies(state);
  const drifts = mergeByAddress([
    ...plan.drift.map((change) => toDrift(change, managed, state)),
    ...findUnmanagedAdditions(state, managed),
    ...findNewerValues(state, labels),
  ]);
  return [
    ...drifts.filter(({ kind }) => kind === "deleted"),
    ...drifts.filter(
      ({ kind, values }) => kind !== "deleted" && values.length > 0,
    ),
  ];
}

function mergeByAddress(drifts: readonly Drift[]): readonly Drift[] {
  const merged = new Map<string, Drift>();
  for (const drift of drifts) {
    const earlier = merged.get(drift.address)?.values ?? [];
    merged.set(drift.address, {
      ...drift,
      values: [...earlier, ...drift.values],
    });
  }
  return [...merged.values()];
}

function toDrift(
  { address, type, action, before, after }: PlannedChange,
  managed: ReadonlySet<string>,
  state: Snapshot,
): Drift {
  const resource = describeResource(
    { address, type, values: after ?? before ?? {} },
    state,
  );
  if (action === "delete")
    return { address, resource, kind: "deleted", values: [] };
  const isExpected = (path: string): boolean =>
    REPEATED[type]?.includes(path.split(".")[0] ?? "") === true ||
    (type === "aws_cognito_identity_provider" && SET_OUTSIDE.test(path)) ||
    (path === "policy" &&
      managed.has(`${readText(after, "arn") ?? ""}:policy`));
  const values = findChangedValues(before, after).filter(
    ({ path }) => !isExpected(path) && !isOriginalDeleted(type, path, after),
  );
  return { address, resource, kind: "changed", values };
}

/** Cognito no longer returns the secret of a client after a rotation has deleted the one that it was created with. */
function isOriginalDeleted(
  type: string,
  path: string,
  after: PlannedChange["after"],
): boolean {
  return (
    type === "aws_cognito_user_pool_client" &&
    path === "client_secret" &&
    isEmpty(after?.[path])
  );
}

/** Returns the policies that Terraform manages: `role:name`, `role:arn`, or `secret:policy`. */
function listManagedPolicies(state: Snapshot): ReadonlySet<string> {
  return new Set(
    state.resources.flatMap(({ type, values }) => {
      const read = (attribute: string): string =>
        readText(values, attribute) ?? "";
      if (type === "aws_secretsmanager_secret_policy")
        return [`${read("secret_arn")}:policy`];
      if (type === "aws_iam_role_policy")
        return [`${read("role")}:${read("name")}`];
      return type === "aws_iam_role_policy_attachment"
        ? [`${read("role")}:${read("policy_arn")}`]
        : [];
    }),
  );
}

/**
 * Returns policies of roles that are not in the code, which no deployment removes. They are reported as long as they exist.
 * Terraform reports them once, since the next apply adds them to the state.
 */
function findUnmanagedAdditions(
  state: Snapshot,
  managed: ReadonlySet<string>,
): readonly Drift[] {
  return state.resources.flatMap((resource) =>
    findAddedValues(resource, managed).map((value) => ({
      address: resource.address,
      resource: describeResource(resource, state),
      kind: "changed" as const,
      values: [value],
    })),
  );
}

function findAddedValues(
  { type, values }: Resource,
  managed: ReadonlySet<string>,
): readonly ChangedValue[] {
  if (type !== "aws_iam_role") return [];
  const role = readText(values, "name") ?? "";
  const gained = [
    ...toBlocks(values.inline_policy).flatMap(
      (policy) => readText(policy, "name") ?? [],
    ),
    ...toTexts(values.managed_policy_arns),
  ].filter((policy) => !managed.has(`${role}:${policy}`));
  return gained.length === 0
    ? []
    : [{ kind: "members", path: "policies" as Redacted, gained, lost: [] }];
}

/** Returns newer values of secrets, which no deployment removes either, unless a rotation wrote them. */
function findNewerValues(
  state: Snapshot,
  labels: CurrentLabels,
): readonly Drift[] {
  const clientIds = state
    .listByType("aws_cognito_user_pool_client")
    .map(({ values }) => readText(values, "id") ?? "");
  return listOutdatedVersions(state)
    .filter(({ values }) => {
      const current = labels.get(readText(values, "secret_id") ?? "");
      return current === undefined
        ? !isRotatable(values, state.listByType(VERSION))
        : !current.some((label) =>
            clientIds.some((id) => isSecretIdLabel(label, id)),
          );
    })
    .map((version) => ({
      address: version.address,
      resource: describeResource(version, state),
      kind: "changed",
      values: [{ kind: "secret", path: "secret_string" as Redacted }],
    }));
}

/** Returns the ARNs of secrets whose labels {@link findDrift} needs. */
export function listChangedSecrets(plan: PlanModel): readonly string[] {
  const state = readPriorState(plan.json, plan.redactor);
  return listOutdatedVersions(state)
    .filter(({ values }) => isRotatable(values, state.listByType(VERSION)))
    .flatMap(({ values }) => readText(values, "secret_id") ?? []);
}

/** Returns the versions of secrets that Terraform wrote to be the current ones, and that are not: it reads no other version. */
function listOutdatedVersions(state: Snapshot): readonly Resource[] {
  return state
    .listByType(VERSION)
    .filter(
      ({ values }) => !isFirstVersion(values) && !isCurrentVersion(values),
    );
}

/** Describes a drift in one sentence per value. */
export function describeDrift({ resource, kind, values }: Drift): RichText[] {
  return kind === "deleted"
    ? [text`${resource} was deleted`]
    : values.map((value) => text`${resource}: ${describeValue(value)}`);
}

function describeValue(value: ChangedValue): RichText {
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

/** Formats drift for a terminal. */
export function formatDriftText(
  drifts: readonly Drift[],
  stage: string,
): string {
  const lines = formatDriftLines(drifts).map((line) => `- ${line}`);
  return [formatDriftCount(drifts, stage), ...lines].join("\n");
}

/** Formats drift for GitHub, with every value of AWS in a code block. */
export function formatDriftMarkdown(
  drifts: readonly Drift[],
  stage: string,
): string {
  return [
    `### ${escapeMarkdown(formatDriftCount(drifts, stage))}`,
    ...(drifts.length === 0
      ? []
      : [formatCodeBlock(formatDriftLines(drifts).join("\n")), DRIFT_ADVICE]),
  ].join("\n\n");
}

function formatDriftLines(drifts: readonly Drift[]): readonly string[] {
  return drifts
    .flatMap(describeDrift)
    .map((sentence) => escapeControlCharacters(toPlainText(sentence)));
}

function formatDriftCount({ length }: readonly Drift[], stage: string): string {
  if (length === 0) return `Stage ${stage}: no changes outside Terraform`;
  const resources = length === 1 ? "1 resource" : `${length} resources`;
  return `Stage ${stage}: ${resources} changed outside Terraform`;
}
