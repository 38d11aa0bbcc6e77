import { escapeControlCharacters } from "../cli/escape";
import { formatResourceName } from "../plan/resource-names";
import { toPlainText } from "../plan/rich-text";
import { isFirstVersion } from "../plan/secret-versions";
import { formatVerdict } from "../review/render/sentences";
import type { Action, PlanReview } from "../review/review-model";
import type { JsonObject } from "../system/json-object";
import type { DetailedAssessment } from "./assessment";
import type { Blocker } from "./checks/plan-blockers";
import type { AdoptionPlan } from "./plan";
import type { LiveResource } from "./read/live-resources";
import type { MatchedResource } from "./read/matching";
import {
  type TerraformConfiguration,
  toText,
} from "./read/terraform-configuration";

/** Outcomes of an adoption for a resource, the most important first. */
const OUTCOMES = [
  "destroyed",
  "replaced",
  "unmatched",
  "deleted",
  "created",
  "overwritten",
  "updated",
  "retained",
  "stack-only",
  "unmanaged",
] as const;
type Outcome = (typeof OUTCOMES)[number];

/** One resource of the stack or of the configuration. */
export interface AdoptionEntry {
  readonly outcome: Outcome;
  /** AWS's word for the resource, and its name. */
  readonly name: string;
  readonly address?: string;
  readonly logicalId?: string;
  /** Changes of attributes, one line each. */
  readonly changes: readonly string[];
}

/** Outcomes of adopted resources by planned action; the others are retained. */
const CHANGED: Readonly<Partial<Record<Action, Outcome>>> = {
  replace: "replaced",
  delete: "destroyed",
  forget: "destroyed",
  update: "updated",
};

const MAX_LINE_LENGTH = 300;
const TIER_CHANGE = "user_pool_tier: from LITE to ESSENTIALS";
/** A tag that the apply removes, except those that every resource of the CDK app had. */
const REMOVED_TAG =
  /^tags\.(?!Git(?:Commit|Tag):)(\S+): from .* to \(not set\)$/;

/** Lists every resource of the stack and of the configuration, with the outcome of the adoption. */
export function buildAdoptionTable(
  { matching, unmanaged, configuration }: DetailedAssessment,
  { changes }: Pick<PlanReview, "changes">,
  unmanagedIds: readonly string[],
): readonly AdoptionEntry[] {
  const entries: AdoptionEntry[] = [
    ...matching.adopted.map((pair) => {
      const { address } = pair.configured;
      const change = changes.find((one) => one.address === address);
      return toMatchedEntry(
        (change && CHANGED[change.action]) ?? "retained",
        pair,
        change?.values.map(
          ({ path, message }) => `${path}: ${toPlainText(message)}`,
        ),
      );
    }),
    ...matching.overwritten.map((pair) => toMatchedEntry("overwritten", pair)),
    ...matching.missing.map(({ address, type, values }): AdoptionEntry => ({
      outcome:
        type.endsWith("_secret_version") && !isFirstVersion(values)
          ? "overwritten"
          : "created",
      name: `${formatResourceName(type, { version_stages: values.version_stages })}${getConfiguredName(values, configuration)}`,
      address,
      changes: [],
    })),
    ...matching.stackOnly.map((one) => toLiveEntry("stack-only", one)),
    ...matching.unmatched.map((one) =>
      toLiveEntry(
        unmanagedIds.includes(one.logicalId) ? "unmanaged" : "unmatched",
        one,
      ),
    ),
    ...matching.deleted.map((one) => toLiveEntry("deleted", one)),
    ...unmanaged.map((name): AdoptionEntry => ({
      outcome: "unmanaged",
      name,
      changes: [],
    })),
  ];
  return entries.sort(
    (one, other) =>
      OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome),
  );
}

function toLiveEntry(
  outcome: Outcome,
  { type, key, logicalId }: LiveResource,
): AdoptionEntry {
  return { outcome, name: `${type} ${key}`, logicalId, changes: [] };
}

function toMatchedEntry(
  outcome: Outcome,
  { live: { key, logicalId }, configured: { type, address } }: MatchedResource,
  changes: readonly string[] = [],
): AdoptionEntry {
  const name = formatResourceName(type, { name: key });
  return { outcome, name, address, logicalId, changes };
}

/** Returns the name of a resource, or of the secret that it belongs to. */
function getConfiguredName(
  { secret_id: id, secret_arn: arn, name, url }: JsonObject,
  configuration: TerraformConfiguration,
): string {
  const secret = configuration
    .getResources("aws_secretsmanager_secret")
    .find(({ address }) => toText(id ?? arn).includes(address));
  return toText(secret?.values.name ?? name ?? url);
}

/** Formats a table as text: one line per resource and per changed attribute. */
export function formatAdoptionTable(entries: readonly AdoptionEntry[]): string {
  const width = Math.max(...entries.map(({ outcome }) => outcome.length));
  return entries
    .flatMap(({ outcome, name, address, changes }) => [
      `${outcome.padEnd(width)}  ${name}${address === undefined ? "" : `  (${address})`}`,
      ...changes.map((change) => `${" ".repeat(width + 4)}${change}`),
    ])
    .map(escapeControlCharacters)
    .map((line) =>
      line.length > MAX_LINE_LENGTH
        ? `${line.slice(0, MAX_LINE_LENGTH)}…`
        : line,
    )
    .join("\n");
}

/** Formats the verdict of a review, such as `4 to add, 24 to import`. */
export function formatChangeCounts(review: PlanReview): string {
  return formatVerdict(review)
    .map(({ text }) => text)
    .join(", ");
}

/** Formats the plan of an adoption as text. */
export function formatAdoptionReport(
  { assessment, review, blockers, allowed }: AdoptionPlan,
  stage: string,
  unmanagedIds: readonly string[],
): string {
  const { stack, missingSettings } = assessment;
  const table = buildAdoptionTable(assessment, review, unmanagedIds);
  const changes = table.flatMap((entry) => entry.changes);
  const tags = new Set(
    changes.flatMap((change) => REMOVED_TAG.exec(change)?.[1] ?? []),
  );
  return [
    `Stack ${stack.name} (${stack.status}) becomes stage ${stage}: ${formatChangeCounts(review)}`,
    "",
    formatAdoptionTable(table),
    ...(changes.includes(TIER_CHANGE)
      ? [
          "",
          "Costs: the user pool's tier rises from LITE to ESSENTIALS, which AWS charges for each active user.",
        ]
      : []),
    ...formatSection(
      "Tags that the apply removes (check whether cost reports or policies use them):",
      tags.size === 0 ? [] : [[...tags].sort().join(", ")],
    ),
    ...(stack.isTerminationProtected
      ? [
          "",
          "The stack has termination protection; the step finish disables it before the deletion.",
        ]
      : []),
    ...formatSection(
      `Settings that .env.${stage} (or another source of settings) still needs:`,
      missingSettings.flatMap(({ line, reason }) => [`# ${reason}`, line]),
    ),
    ...formatAllowed(allowed),
    ...formatSection(
      "Blockers (nothing has been changed):",
      blockers.map(formatBlocker),
    ),
    ...(blockers.length === 0
      ? ["", "No blockers. Nothing has been changed."]
      : [
          "",
          "Add the missing settings. To permit a change of a value, add its address to the allow-list, with the rule adoption-change.",
        ]),
  ].join("\n");
}

/** Formats the blockers that the allow-list permits. */
export function formatAllowed(allowed: readonly Blocker[]): readonly string[] {
  return formatSection(
    "Permitted by the allow-list:",
    allowed.map(
      (blocker) => `${formatBlocker(blocker)} (${blocker.allowReason ?? ""})`,
    ),
  );
}

export function formatBlocker({ subject, message }: Blocker): string {
  return `- ${subject}: ${message}`;
}

/** Formats the plan of an adoption as JSON. */
export function formatAdoptionJson(
  { assessment, review, blockers, allowed }: AdoptionPlan,
  stage: string,
  unmanagedIds: readonly string[],
): string {
  return JSON.stringify({
    stage,
    stack: assessment.stack.name,
    status: assessment.stack.status,
    verdict: review.verdict,
    resources: buildAdoptionTable(assessment, review, unmanagedIds),
    settings: assessment.missingSettings,
    allowed: allowed.map(({ subject, message, allowReason }) => ({
      subject,
      message,
      reason: allowReason,
    })),
    blockers: blockers.map(({ subject, message }) => ({ subject, message })),
  });
}

function formatSection(
  title: string,
  lines: readonly string[],
): readonly string[] {
  return lines.length === 0
    ? []
    : ["", title, ...lines.map((line) => `  ${escapeControlCharacters(line)}`)];
}
