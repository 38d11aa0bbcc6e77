import { createHash } from "node:crypto";
import { escapeControlCharacters } from "../../cli/escape";
import { formatJson } from "../json-text";
import { toPlainText, type RichText } from "../../plan/rich-text";
import type { PlanReview, ReviewedFinding, Severity } from "../review-model";
import { RULES } from "../rules/registry";
import { formatFindingDetails, formatFinding } from "./sentences";

/** Results that GitHub accepts of one run. */
const MOST_RESULTS = 25_000;
/** Rule of access that is gained, which is not a finding by itself. */
const ACCESS_RULE = "access-gained";

type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<Severity, Level>> = {
  "data-loss": "error",
  breaking: "error",
  weakening: "warning",
};

/** What code scanning shows at one place. */
interface Result {
  readonly rule: string;
  readonly level: Level;
  /** What the rule finds. */
  readonly meaning: string;
  readonly text: string;
  /** Same in every run that finds the same. */
  readonly identity: readonly string[];
  readonly address?: string;
  readonly justification?: string;
}

/**
 * Renders the findings of a review, and the access that is gained, as SARIF 2.1.0 for code scanning of GitHub. GitHub accepts a
 * limited number of results: of more, the most severe are there, and a notification has the number of the others.
 */
export function renderSarif(review: PlanReview): string {
  const { stage } = review;
  const all = [
    ...review.findings.map(findingResult),
    ...review.access.gained.map(accessResult),
  ];
  const findings = all.slice(0, MOST_RESULTS);
  const left = all.length - findings.length;
  const rules = new Map<string, Result>();
  for (const finding of findings)
    if (!rules.has(finding.rule)) rules.set(finding.rule, finding);
  const places = new Map([...rules.keys()].map((rule, index) => [rule, index]));
  const fingerprint = fingerprints(stage ?? "");
  return formatJson({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "review-plan",
            rules: [...rules.values()].map(ruleObject),
          },
        },
        ...(stage !== undefined && {
          automationDetails: {
            id: `review-plan/${escapeControlCharacters(stage)}/`,
          },
        }),
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
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: places.get(finding.rule),
          level: finding.level,
          message: { text: finding.text },
          locations: [locationObject(finding.address)],
          partialFingerprints: {
            // the only one that GitHub reads; every result is at the same line
            primaryLocationLineHash: fingerprint(finding.identity),
          },
          ...(finding.justification !== undefined && {
            suppressions: [
              {
                kind: "external",
                status: "accepted",
                justification: finding.justification,
              },
            ],
          }),
        })),
      },
    ],
  });
}

function findingResult(finding: ReviewedFinding): Result {
  const { rule, severity, address, consequences, allowed } = finding;
  return {
    rule,
    level: LEVELS[severity],
    meaning: RULES[rule].description,
    text: [
      formatFinding(finding),
      ...consequences.map(formatFinding),
      ...formatFindingDetails(finding),
    ]
      .map(inMessage)
      .join("; "),
    identity: [rule, address],
    address,
    ...(allowed !== undefined && {
      justification: `${escapeControlCharacters(allowed.reason)} (until ${escapeControlCharacters(allowed.expires)})`,
    }),
  };
}

function accessResult(gained: RichText): Result {
  return {
    rule: ACCESS_RULE,
    level: "note",
    meaning: "Someone can do what they could not do before.",
    text: inMessage(gained),
    identity: [ACCESS_RULE, toPlainText(gained)],
  };
}

function ruleObject({ rule, level, meaning }: Result): object {
  const words = escapeControlCharacters(rule).replaceAll("-", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    id: rule,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${meaning}` },
    help: {
      text:
        rule === ACCESS_RULE
          ? meaning
          : `${meaning} To permit it, add an entry with the address, the rule, a reason and a last day to the allow-list.`,
    },
    defaultConfiguration: { level },
  };
}

/** GitHub accepts no result without a file of the repository; a plan has none. */
function locationObject(address: string | undefined): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: "main.ts", uriBaseId: "%SRCROOT%" },
      region: { startLine: 1 },
    },
    ...(address !== undefined && {
      logicalLocations: [
        {
          fullyQualifiedName: escapeControlCharacters(address),
          kind: "resource",
        },
      ],
    }),
  };
}

/** Names results apart, the same in every run, whatever else is found. */
function fingerprints(stage: string): (identity: readonly string[]) => string {
  const known = new Map<string, number>();
  return (identity) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([stage, ...identity]))
      .digest("hex");
    const count = (known.get(hash) ?? 0) + 1;
    known.set(hash, count);
    return `${hash}:${count}`;
  };
}

/** A sentence in which no name makes a link. */
function inMessage(sentence: RichText): string {
  return escapeControlCharacters(toPlainText(sentence)).replaceAll("](", "] (");
}
