import { createHash } from "node:crypto";
import { escapeControlCharacters } from "../../cli/escape";
import { type RichText, toPlainText } from "../../plan/rich-text";
import { groupBy } from "../../system/group-by";
import { formatJson } from "../json-text";
import type { PlanReview, ReviewedFinding, Severity } from "../review-model";
import { RULES } from "../rules/registry";
import { formatFinding, formatFindingDetails } from "./sentences";

/** Results that GitHub allows in one run. */
const MAX_RESULTS = 25_000;
/** Id of results about access that is gained, which is not a finding. */
const ACCESS_RULE = "access-gained";

type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<Severity, Level>> = {
  "data-loss": "error",
  breaking: "error",
  weakening: "warning",
};

/** A result of code scanning. */
interface Result {
  readonly rule: string;
  readonly level: Level;
  readonly ruleDescription: string;
  readonly text: string;
  /** Identifies the result in every run. */
  readonly identity: readonly string[];
  readonly address?: string;
  readonly justification?: string;
}

/**
 * Renders findings and gained access as SARIF 2.1.0 for GitHub code scanning. If there are more results than GitHub allows, the
 * least severe ones are left out, and a notification states their number.
 */
export function renderSarif(review: PlanReview): string {
  const { stage } = review;
  const all = [
    ...review.findings.map(toFindingResult),
    ...review.access.gained.map(toAccessResult),
  ];
  const results = all.slice(0, MAX_RESULTS);
  const left = all.length - results.length;
  const rules = groupBy(results, ({ rule }) => rule);
  const ruleIds = [...rules.keys()];
  const getFingerprint = createFingerprints(stage ?? "");
  return formatJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "review-plan",
            rules: [...rules.values()].map(([first]) => toRule(first)),
          },
        },
        automationDetails:
          stage === undefined
            ? undefined
            : { id: `review-plan/${escapeControlCharacters(stage)}/` },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications:
              left === 0
                ? []
                : [
                    {
                      level: "warning",
                      message: { text: `${left} more results are left out.` },
                    },
                  ],
          },
        ],
        results: results.map((result) => ({
          ruleId: result.rule,
          ruleIndex: ruleIds.indexOf(result.rule),
          level: result.level,
          message: { text: result.text },
          locations: [toLocation(result.address)],
          partialFingerprints: {
            // the only one that GitHub reads; every result is at the same line
            primaryLocationLineHash: getFingerprint(result.identity),
          },
          suppressions:
            result.justification === undefined
              ? undefined
              : [
                  {
                    kind: "external",
                    status: "accepted",
                    justification: result.justification,
                  },
                ],
        })),
      },
    ],
  });
}

function toFindingResult(finding: ReviewedFinding): Result {
  const { rule, severity, address, consequences, allowed } = finding;
  const sentences = [
    formatFinding(finding),
    ...consequences.map(formatFinding),
    ...formatFindingDetails(finding),
  ];
  return {
    rule,
    level: LEVELS[severity],
    ruleDescription: RULES[rule].description,
    text: sentences.map(formatMessage).join("; "),
    identity: [rule, address],
    address,
    ...(allowed !== undefined && {
      justification: escapeControlCharacters(
        `${allowed.reason} (until ${allowed.expires})`,
      ),
    }),
  };
}

function toAccessResult(gained: RichText): Result {
  return {
    rule: ACCESS_RULE,
    level: "note",
    ruleDescription: "A principal gains access that it did not have before.",
    text: formatMessage(gained),
    identity: [ACCESS_RULE, toPlainText(gained)],
  };
}

function toRule({ rule, level, ruleDescription }: Result): object {
  const words = escapeControlCharacters(rule).replaceAll("-", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    id: rule,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${ruleDescription}` },
    help: {
      text:
        rule === ACCESS_RULE
          ? ruleDescription
          : `${ruleDescription} To permit it, add an entry with the address, the rule, a reason and a last day to the allow-list.`,
    },
    defaultConfiguration: { level },
  };
}

/** Returns a location in a file of the repository, which GitHub requires although a plan has none. */
function toLocation(address: string | undefined): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: "main.ts", uriBaseId: "%SRCROOT%" },
      region: { startLine: 1 },
    },
    logicalLocations:
      address === undefined
        ? undefined
        : [
            {
              fullyQualifiedName: escapeControlCharacters(address),
              kind: "resource",
            },
          ],
  };
}

/** Returns a function whose results are unique in a run, and equal in every run with the same results. */
function createFingerprints(
  stage: string,
): (identity: readonly string[]) => string {
  const counts = new Map<string, number>();
  return (identity) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([stage, ...identity]))
      .digest("hex");
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return `${hash}:${count}`;
  };
}

/** Formats a sentence without links, which GitHub would render. */
function formatMessage(sentence: RichText): string {
  return escapeControlCharacters(toPlainText(sentence)).replaceAll("](", "] (");
}
