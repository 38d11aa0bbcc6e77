import { inOneLine } from "../plan/shown-values";
import { verdictParts } from "../review/render/sentences";
import type { Stop } from "./adoption-gate";
import type { AdoptionPlan } from "./adoption-plan";
import { adoptionTable, tableText } from "./adoption-table";

/** What costs money from then on, which a person has to know. */
const ESSENTIALS = "user_pool_tier: from LITE to ESSENTIALS";
/** A tag that goes, and that the CDK app did not give everything itself. */
const LOST_TAG = /^tags\.(?!Git(?:Commit|Tag):)(\S+): from .* to \(not set\)$/;

/** The plan of an adoption for a person. */
export function adoptionReport(
  plan: AdoptionPlan,
  stage: string,
  leaves: readonly string[],
): string {
  const { survey, review, stops, allowed } = plan;
  const { stack, missing } = survey;
  const table = adoptionTable(survey, review, leaves);
  const costs = table.some(({ changes }) => changes.includes(ESSENTIALS));
  const lostTags = new Set(
    table
      .flatMap(({ changes }) => changes)
      .flatMap((change) => LOST_TAG.exec(change)?.[1] ?? []),
  );
  const verdict = verdictParts(review)
    .map(({ text }) => text)
    .join(", ");
  return [
    `Stack ${stack.name} (${stack.status}) becomes stage ${stage}: ${verdict}`,
    "",
    tableText(table),
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
    ...allowedLines(allowed),
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
export function allowedLines(allowed: readonly Stop[]): readonly string[] {
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
export function adoptionJson(
  { survey, review, stops, allowed }: AdoptionPlan,
  stage: string,
  leaves: readonly string[],
): string {
  return JSON.stringify({
    stage,
    stack: survey.stack.name,
    status: survey.stack.status,
    verdict: review.verdict,
    resources: adoptionTable(survey, review, leaves),
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
    : ["", title, ...lines.map((line) => `  ${inOneLine(line)}`)];
}
