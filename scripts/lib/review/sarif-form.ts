import { createHash } from "node:crypto";
import { inOneLine } from "../plan/shown-values";
import { jsonText } from "./json-text";
import { plain, type Phrase } from "../access/phrase";
import type { Gravity, Loss, PlanReview } from "./plan-review";
import { aboutLoss } from "./review-sentences";

/** Results that GitHub takes of one run. */
const MOST_RESULTS = 25_000;
/** Rule of somebody's access that grows, which is not a loss. */
const ACCESS_RULE = "access-gained";

type Level = "error" | "warning" | "note";

const GRAVITY_LEVEL: Readonly<Record<Gravity, Level>> = {
  loss: "error",
  break: "error",
  weakening: "warning",
};
const GRAVITY_MEANING: Readonly<Record<Gravity, string>> = {
  loss: "People or programs lose what cannot be given back.",
  break: "People or programs stop working.",
  weakening: "People or programs are less protected.",
};

/** What is told of a plan at one place. */
interface Finding {
  readonly rule: string;
  readonly level: Level;
  /** What a rule of this kind means. */
  readonly meaning: string;
  readonly text: string;
  /** Same in every run that finds the same. */
  readonly identity: readonly string[];
  readonly address?: string;
  readonly justification?: string;
}

/**
 * Losses of a reviewed plan, and the access that it gives, as SARIF 2.1.0 for GitHub's code scanning. GitHub takes so many
 * results of a run: of more, the gravest are there, and a notification has the number of the others.
 */
export function reviewSarif(review: PlanReview): string {
  const { stage } = review;
  const all = [
    ...review.losses.map(ofLoss),
    ...review.access.gained.map(ofAccess),
  ];
  const findings = all.slice(0, MOST_RESULTS);
  const left = all.length - findings.length;
  const rules = new Map<string, Finding>();
  for (const finding of findings)
    if (!rules.has(finding.rule)) rules.set(finding.rule, finding);
  const places = new Map([...rules.keys()].map((rule, index) => [rule, index]));
  const fingerprint = fingerprints(stage ?? "");
  return jsonText({
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
          automationDetails: { id: `review-plan/${inOneLine(stage)}/` },
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
                      message: { text: `${left} results more are left out.` },
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

function ofLoss(loss: Loss): Finding {
  const { rule, gravity, address, told, allowed } = loss;
  return {
    rule,
    level: GRAVITY_LEVEL[gravity],
    meaning: GRAVITY_MEANING[gravity],
    text: [told, ...aboutLoss(loss)].map(inMessage).join("; "),
    identity: [rule, address],
    address,
    ...(allowed !== undefined && {
      justification: `${inOneLine(allowed.reason)} (until ${inOneLine(allowed.expires)})`,
    }),
  };
}

function ofAccess(gained: Phrase): Finding {
  return {
    rule: ACCESS_RULE,
    level: "note",
    meaning: "Somebody may do what they could not do before.",
    text: inMessage(gained),
    identity: [ACCESS_RULE, plain(gained)],
  };
}

function ruleObject({ rule, level, meaning }: Finding): object {
  const words = inOneLine(rule).replaceAll("-", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return {
    id: rule,
    shortDescription: { text: title },
    fullDescription: { text: `${title}. ${meaning}` },
    help: {
      text: `${meaning} What is meant to happen is allowed by an entry with a reason and the day on which it expires.`,
    },
    defaultConfiguration: { level },
  };
}

/** GitHub takes no result without a file of the repository; a plan has none. */
function locationObject(address: string | undefined): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: "main.ts", uriBaseId: "%SRCROOT%" },
      region: { startLine: 1 },
    },
    ...(address !== undefined && {
      logicalLocations: [
        { fullyQualifiedName: inOneLine(address), kind: "resource" },
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
function inMessage(phrase: Phrase): string {
  return inOneLine(plain(phrase)).replaceAll("](", "] (");
}
