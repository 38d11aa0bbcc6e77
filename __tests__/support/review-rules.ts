import { readFileSync } from "node:fs";
import path from "node:path";
import {
  IGNORED_ATTRIBUTES,
  ACCESS_ATTRIBUTES,
} from "../../scripts/lib/review/rules/coverage";
import { isNotReviewed } from "../../scripts/lib/review/rules/not-reviewed";
import {
  RULE_IDS,
  RULES,
  type RuleId,
} from "../../scripts/lib/review/rules/registry";

const PROJECT = path.resolve(__dirname, "../..");

/** A file that repeats the registry of rules. */
export interface RegistryFile {
  readonly file: string;
  /** Content that the registry asks for. */
  readonly content: string;
}

/** Returns the files that repeat the registry of rules: the documentation, and the schema of a review. */
export function registryFiles(): readonly RegistryFile[] {
  const schema = path.join(PROJECT, "scripts/plan-review.schema.json");
  return [
    { file: path.join(PROJECT, "docs/review-rules.md"), content: rulesPage() },
    { file: schema, content: withRules(readFileSync(schema, "utf8")) },
  ];
}

/** Puts the names of all rules into the schema. */
function withRules(schema: string): string {
  const names = RULE_IDS.map((id) => `        ${JSON.stringify(id)}`);
  return schema.replace(
    /("rule": \{\n\s+"description": "[^"]+",\n\s+"enum": \[)[^\]]*\]/,
    (_, start: string) => `${start}\n${names.join(",\n")}\n      ]`,
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
      "Users, client ids, secrets, groups or names are lost, and Terraform cannot restore them. Policy `data-loss` stops these, and so do the policies below.",
    has: (id) => RULES[id].severity === "data-loss",
  },
  {
    title: "Breaking",
    introduction:
      "Something that works today stops working. Policy `breaking` stops these too.",
    has: (id) => RULES[id].severity === "breaking",
  },
  {
    title: "Weakening",
    introduction:
      "Less is protected, or someone gains access that needs a second look. Policy `weakening` stops these too.",
    has: (id) => RULES[id].severity === "weakening" && !isNotReviewed(id),
  },
  {
    title: "Not reviewed",
    introduction:
      "The plan has a part that the review does not know, so no rule can judge it. Policy `weakening` stops these too.",
    has: isNotReviewed,
  },
];

function rulesPage(): string {
  return `${[
    "# Rules of the plan review",
    "`review-plan` reports what these rules find. An entry of the allow-list names the rule that it permits. See [Review plans](review-plans.md) for the policies and the allow-list.",
    "This page is written from the registry in `scripts/lib/review/rules`, and a test compares them. After a change of a rule, run `npm run record-plans -- review-rules`.",
    ...PARTS.flatMap(({ title, introduction, has }) => [
      `## ${title}`,
      introduction,
      RULE_IDS.filter(has).map(ruleItem).join("\n"),
    ]),
    ...accessPart(),
    ...harmlessPart(),
  ].join("\n\n")}\n`;
}

function ruleItem(id: RuleId): string {
  const { description: documentation, covers } = RULES[id];
  return [
    `- \`${id}\`: ${withCode(documentation)}`,
    ...Object.entries(covers).map(
      ([type, attributes]) => `  - \`${type}\`: ${codes(attributes)}`,
    ),
  ].join("\n");
}

function accessPart(): readonly string[] {
  return [
    "## Compared as access",
    "These attributes say who can do what. The review compares what they allow before and after, not their text, and reports access that is gained or lost.",
    Object.entries(ACCESS_ATTRIBUTES)
      .sort(byType)
      .map(([type, attributes]) => `- \`${type}\`: ${codes(attributes)}`)
      .join("\n"),
  ];
}

function harmlessPart(): readonly string[] {
  return [
    "## Attributes without a rule",
    "A change of these attributes is shown and never stops a plan. A change of any attribute that is in no list of this page is reported as `attribute-not-reviewed`.",
    ...Object.entries(IGNORED_ATTRIBUTES)
      .sort(byType)
      .flatMap(([type, attributes]) => [
        `<details>\n<summary>${type}</summary>`,
        byReason(attributes)
          .map(([reason, names]) => `- ${codes(names)}: ${withCode(reason)}`)
          .join("\n"),
        "</details>",
      ]),
  ];
}

function byReason(
  attributes: Readonly<Record<string, string>>,
): readonly (readonly [string, readonly string[]])[] {
  const reasons = [...new Set(Object.values(attributes))];
  return reasons.map((reason) => [
    reason,
    Object.keys(attributes).filter((name) => attributes[name] === reason),
  ]);
}

function byType([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

/** Puts the names of types, attributes and errors into code. */
function withCode(sentence: string): string {
  return sentence.replace(/\b[a-z]+(?:[_.][a-z0-9]+)+\b/g, "`$&`");
}
