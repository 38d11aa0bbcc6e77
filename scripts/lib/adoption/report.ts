import { toPlainText } from "../plan/rich-text";
import { escapeControlCharacters } from "../cli/escape";
import { formatResourceName } from "../plan/resource-names";
import type { Action, PlanReview } from "../review/review-model";
import type { LiveResource } from "./read/live-resources";
import { toText } from "./read/terraform-configuration";
import type { Assessment } from "./assessment";
import { formatVerdict } from "../review/render/sentences";
import type { Blocker } from "./checks/plan-blockers";
import type { AdoptionPlan } from "./plan";

/** What becomes of one resource. */
export interface AdoptionEntry {
  readonly fate:
    | "kept"
    | "updated"
    | "created over"
    | "created"
    | "left behind"
    | "deleted by hand"
    | "unmanaged"
    | "unmatched"
    | "replaced"
    | "destroyed";
  /** AWS's word for it and its name. */
  readonly what: string;
  readonly address?: string;
  readonly logicalId?: string;
  /** What changes in it, an attribute each. */
  readonly changes: readonly string[];
}

const FATES: readonly AdoptionEntry["fate"][] = [
  "destroyed",
  "replaced",
  "unmatched",
  "deleted by hand",
  "created",
  "created over",
  "updated",
  "kept",
  "left behind",
  "unmanaged",
];

/** What becomes of what is taken over, by what is done with it; it is kept where that is nothing or an import. */
const CHANGED: Readonly<Partial<Record<Action, AdoptionEntry["fate"]>>> = {
  replace: "replaced",
  delete: "destroyed",
  forget: "destroyed",
  update: "updated",
};

/** Longest line of the table as text. */
const MOST_CHARACTERS = 300;

/** Every resource of the stack and of the code, with what becomes of it: what needs a look first. */
export function buildAdoptionTable(
  { matching, handMade, code }: Assessment,
  { changes }: Pick<PlanReview, "changes">,
  leaves: readonly string[],
): readonly AdoptionEntry[] {
  const changeOf = (address: string) =>
    changes.find((change) => change.address === address);
  const live = (
    fate: AdoptionEntry["fate"],
    resource: LiveResource,
  ): AdoptionEntry => ({
    fate,
    what: `${resource.type} ${resource.key}`,
    logicalId: resource.logicalId,
    changes: [],
  });
  const entries: AdoptionEntry[] = [
    ...matching.adopted.map((pair): AdoptionEntry => {
      const { address, type } = pair.code;
      const change = changeOf(address);
      return {
        fate:
          change === undefined ? "kept" : (CHANGED[change.action] ?? "kept"),
        what: formatResourceName(type, { name: pair.live.key }),
        address,
        logicalId: pair.live.logicalId,
        changes: (change?.values ?? []).map(
          ({ path, message }) => `${path}: ${toPlainText(message)}`,
        ),
      };
    }),
    ...matching.createdOver.map((pair): AdoptionEntry => ({
      fate: "created over",
      what: formatResourceName(pair.code.type, { name: pair.live.key }),
      address: pair.code.address,
      logicalId: pair.live.logicalId,
      changes: [],
    })),
    ...matching.missing.map(({ address, type }): AdoptionEntry => ({
      fate: type.endsWith("_secret_version") ? "created over" : "created",
      what: `${formatResourceName(type, {})}${secretOf(address, code)}`,
      address,
      changes: [],
    })),
    ...matching.leftBehind.map((one) => live("left behind", one)),
    ...matching.unmatched.map((one) =>
      live(leaves.includes(one.logicalId) ? "unmanaged" : "unmatched", one),
    ),
    ...matching.gone.map((one) => live("deleted by hand", one)),
    ...handMade.unmanaged.map((what): AdoptionEntry => ({
      fate: "unmanaged",
      what,
      changes: [],
    })),
  ];
  return entries.sort(
    (one, other) => FATES.indexOf(one.fate) - FATES.indexOf(other.fate),
  );
}

/** The table as text: a line for each resource, and one for each attribute that changes. */
export function formatAdoptionTable(entries: readonly AdoptionEntry[]): string {
  const width = Math.max(...entries.map(({ fate }) => fate.length));
  return entries
    .flatMap(({ fate, what, address, changes }) => [
      `${fate.padEnd(width)}  ${what}${address === undefined ? "" : `  (${address})`}`,
      ...changes.map((change) => `${" ".repeat(width + 4)}${change}`),
    ])
    .map((line) => shortened(escapeControlCharacters(line)))
    .join("\n");
}

/** A line that a policy's statements do not make endless; as JSON the table has all of it. */
function shortened(line: string): string {
  return line.length > MOST_CHARACTERS
    ? `${line.slice(0, MOST_CHARACTERS)}…`
    : line;
}

/** Name of the secret that a value or a policy is of, or of the thing itself. */
function secretOf(address: string, code: Assessment["code"]): string {
  const values =
    code.resources.find((one) => one.address === address)?.values ?? {};
  const reference = toText(values.secret_id ?? values.secret_arn);
  const secret = code
    .ofType("aws_secretsmanager_secret")
    .find((one) => reference.includes(one.address));
  return toText(secret?.values.name ?? values.name ?? values.url);
}

/** What costs money from then on, which a person has to know. */
const ESSENTIALS = "user_pool_tier: from LITE to ESSENTIALS";
/** A tag that goes, and that the CDK app did not give everything itself. */
const LOST_TAG = /^tags\.(?!Git(?:Commit|Tag):)(\S+): from .* to \(not set\)$/;

/** The plan of an adoption for a person. */
export function formatAdoptionReport(
  plan: AdoptionPlan,
  stage: string,
  leaves: readonly string[],
): string {
  const { survey, review, stops, allowed } = plan;
  const { stack, missing } = survey;
  const table = buildAdoptionTable(survey, review, leaves);
  const costs = table.some(({ changes }) => changes.includes(ESSENTIALS));
  const lostTags = new Set(
    table
      .flatMap(({ changes }) => changes)
      .flatMap((change) => LOST_TAG.exec(change)?.[1] ?? []),
  );
  const verdict = formatVerdict(review)
    .map(({ text }) => text)
    .join(", ");
  return [
    `Stack ${stack.name} (${stack.status}) becomes stage ${stage}: ${verdict}`,
    "",
    formatAdoptionTable(table),
    ...section(
      "Costs: the user pool's tier rises from LITE to ESSENTIALS, which AWS charges for each active user",
      costs ? [] : undefined,
    ),
    ...section(
      "Tags that go, since a stage has none but its own (look who counts or allows by them):",
      lostTags.size === 0 ? undefined : [[...lostTags].sort().join(", ")],
    ),
    ...section(
      "CloudFormation protects this stack from being deleted; finish takes that off before it deletes it",
      stack.isTerminationProtected ? [] : undefined,
    ),
    ...section(
      `Lines that .env.${stage}, or wherever the stage's settings are, still lacks:`,
      missing.length === 0
        ? undefined
        : missing.flatMap(({ line, why }) => [`# ${why}`, line]),
    ),
    ...formatAllowed(allowed),
    ...section(
      "This stops the adoption; nothing has been changed:",
      stops.length === 0
        ? undefined
        : stops.map(({ at, told }) => `- ${at}: ${told}`),
    ),
    ...(stops.length === 0
      ? ["", "Nothing stops the adoption. Nothing has been changed."]
      : []),
  ].join("\n");
}

/** What would stop an adoption, had the allow-list no entry for it. */
export function formatAllowed(allowed: readonly Blocker[]): readonly string[] {
  return section(
    "The allow-list lets this pass:",
    allowed.length === 0
      ? undefined
      : allowed.map(
          ({ at, told, allowedFor = "" }) => `- ${at}: ${told} (${allowedFor})`,
        ),
  );
}

/** The plan of an adoption for a machine. */
export function formatAdoptionJson(
  { survey, review, stops, allowed }: AdoptionPlan,
  stage: string,
  leaves: readonly string[],
): string {
  return JSON.stringify({
    stage,
    stack: survey.stack.name,
    status: survey.stack.status,
    verdict: review.verdict,
    resources: buildAdoptionTable(survey, review, leaves),
    settings: survey.missing,
    allowed: allowed.map(({ at, told, allowedFor }) => ({
      at,
      told,
      reason: allowedFor,
    })),
    stops: stops.map(({ at, told }) => ({ at, told })),
  });
}

function section(
  title: string,
  lines: readonly string[] | undefined,
): readonly string[] {
  return lines === undefined
    ? []
    : ["", title, ...lines.map((line) => `  ${escapeControlCharacters(line)}`)];
}
