import { readFileSync } from "node:fs";
import path from "node:path";
import {
  IGNORED_OF_EVERY_TYPE,
  splitNames,
} from "../../scripts/lib/review/rules/coverage";
import {
  isNotReviewed,
  REVIEWED_TYPES,
  RULE_IDS,
  RULES,
  type RuleId,
} from "../../scripts/lib/review/rules/registry";
import { replaceGeneratedPart } from "./generated-part";

const PROJECT = path.resolve(__dirname, "../..");

/** A file that repeats the registry of rules. */
export interface RegistryFile {
  readonly file: string;
  /** Content that the registry asks for. */
  readonly content: string;
}

/** Returns the files that repeat the registry of rules: the documentation, and the schema of a review. */
export function listRegistryFiles(): readonly RegistryFile[] {
  const schema = path.join(PROJECT, "scripts/plan-review.schema.json");
  return [
    { file: path.join(PROJECT, "docs/review-rules.md"), content: formatPage() },
    { file: schema, content: replaceRules(schema) },
  ];
}

/** Returns the schema with the names of all rules. */
function replaceRules(file: string): string {
  const names = RULE_IDS.map((id) => `        ${JSON.stringify(id)}`);
  return replaceGeneratedPart(
    file,
    readFileSync(file, "utf8"),
    /(?<="rule": \{\n\s+"description": "[^"]+",\n\s+"enum": \[)[^\]]*(?=\])/,
    `\n${names.join(",\n")}\n      `,
  );
}

interface Part {
  readonly title: string;
  readonly introduction: string;
  readonly has: (id: RuleId) => boolean;
}

const PARTS: readonly Part[] = [
  {
    title: "Data loss",
    introduction:
      "Users, client ids, secrets, groups or names are lost, and Terraform cannot restore them. Policy `data-loss` and the policies below block these.",
    has: (id) => RULES[id].severity === "data-loss",
  },
  {
    title: "Breaking",
    introduction:
      "Something that works today will fail. Policy `breaking` blocks these too.",
    has: (id) => RULES[id].severity === "breaking",
  },
  {
    title: "Weakening",
    introduction:
      "Less is protected, or a principal gains access that needs a review. Policy `weakening` blocks these too.",
    has: (id) => RULES[id].severity === "weakening" && !isNotReviewed(id),
  },
  {
    title: "Not reviewed",
    introduction:
      "The plan has a part that the review does not know, so that no rule can review it. Policy `weakening` blocks these too.",
    has: isNotReviewed,
  },
];

function formatPage(): string {
  return `${[
    "# Rules of the plan review",
    "`review` reports findings of these rules. An entry of the allow-list names the rule that it permits. See [Review a plan](review.md) for the policies and the allow-list.",
    "A test compares this page with the rules in `scripts/lib/review/rules`. After you change a rule, run `npm run record-plans -- review-rules`.",
    ...PARTS.flatMap(({ title, introduction, has }) => [
      `## ${title}`,
      introduction,
      RULE_IDS.filter(has).map(formatRule).join("\n"),
    ]),
    ...formatAccess(),
    ...formatIgnored(),
  ].join("\n\n")}\n`;
}

function formatRule(id: RuleId): string {
  const { description: documentation, covers } = RULES[id];
  return [
    `- \`${id}\`: ${addCode(documentation)}`,
    ...Object.entries(covers).map(
      ([type, attributes]) => `  - \`${type}\`: ${formatCodes(attributes)}`,
    ),
  ].join("\n");
}

function formatAccess(): readonly string[] {
  return [
    "## Compared as access",
    "The review compares what these attributes allow before and after the plan, not their text, and reports access that is gained or lost.",
    Object.entries(REVIEWED_TYPES)
      .sort(compareTypes)
      .flatMap(([type, { access }]) =>
        access === undefined ? [] : [`- \`${type}\`: ${formatCodes(access)}`],
      )
      .join("\n"),
  ];
}

function formatIgnored(): readonly string[] {
  return [
    "## Attributes without a rule",
    "The review shows a change of these attributes, but it never blocks a plan because of one. It reports a change of any attribute that is in no list of this page as `attribute-not-reviewed`.",
    `Of every type:\n\n${formatReasons(IGNORED_OF_EVERY_TYPE)}`,
    ...Object.entries(REVIEWED_TYPES)
      .sort(compareTypes)
      .flatMap(([type, { ignored }]) =>
        ignored === undefined
          ? []
          : [
              `<details>\n<summary>${type}</summary>`,
              formatReasons(ignored),
              "</details>",
            ],
      ),
  ];
}

function formatReasons(ignored: Readonly<Record<string, string>>): string {
  return Object.entries(ignored)
    .map(
      ([reason, names]) =>
        `- ${formatCodes(splitNames(names))}: ${addCode(reason)}`,
    )
    .join("\n");
}

function compareTypes(
  [one]: [string, unknown],
  [other]: [string, unknown],
): number {
  return one < other ? -1 : 1;
}

function formatCodes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Puts the names of types, attributes and errors into code. */
function addCode(sentence: string): string {
  return sentence.replace(/\b[a-z]+(?:[_.][a-z0-9]+)+\b/g, "`$&`");
}
