import { readFileSync } from "node:fs";
import {
  describeDefault,
  describeSetting,
  formatEnvExample,
} from "../../scripts/lib/init/env-example";
import type { Setting } from "../../stacks/config/setting-row";
import {
  SETTING_ROWS,
  type SettingName,
  SETTINGS,
} from "../../stacks/config/settings";
import { replaceGeneratedPart } from "./generated-part";

/** Settings that have no default which fits every user. */
const REQUIRED: readonly SettingName[] = ["STAGE", "STATE_BUCKET_NAME"];

/** Heading in the documentation for each group of settings. */
const HEADINGS = {
  stack: "Stage",
  existing: "Stage",
  customDomain: "Custom domain",
  userPool: "User pool",
  signIn: "Identity providers",
  programmaticClient: "Stage",
  dashboard: "Stage",
  secrets: "Stage",
  groups: "Groups",
  state: "State",
  account: "Account",
  oidcProvider: "GitHub",
  github: "GitHub",
  ignored: "Ignored",
} as const satisfies Record<keyof typeof SETTINGS, string>;

/** Introductions of the headings, in the order of the page. */
const INTRODUCTIONS = {
  Required: "Set both for every stage.",
  Stage: "Names, tags and resources of a stage.",
  "User pool":
    "How users sign in. [Sign in](sign-in.md) explains them. Without these settings, a pool is as it was in earlier versions. They need a user pool that the stage creates.",
  "Identity providers":
    "Providers with which people sign in, such as Keycloak or that of a university. [Sign in](sign-in.md#sign-in-with-your-institution) explains them. `main.ts` can add more of them, with other options: see [API](api.md#options-of-identity-providers).",
  Groups:
    "Groups of users and their roles. [Sign in](sign-in.md#groups) explains them.",
  "Custom domain":
    "Host name of your own for the sign-in pages. [Custom domains](custom-domains.md) lists the steps.",
  State:
    "Location of the Terraform state, which contains the client secrets: see [Security](security.md#who-can-read-what).",
  Account:
    "The stack that all stages of an AWS account share. Write these settings to `.env.account`; see [Set up an account](account-setup.md).",
  GitHub:
    "The repository whose workflows deploy, and the issuer whose workloads can assume roles.",
  Ignored: "Accepted so that old files can be reused.",
} as const satisfies Record<
  "Required" | (typeof HEADINGS)[keyof typeof HEADINGS],
  string
>;

/** A file that repeats the table of settings. */
export interface SettingsFile {
  readonly file: string;
  /** Content that matches the table. */
  readonly content: string;
}

/** Returns the files that repeat the table of settings: the documentation, and the example of a `.env` file. */
export function formatSettingsFiles(): readonly SettingsFile[] {
  const page = "docs/configuration.md";
  return [
    { file: ".env.example", content: formatEnvExample(SETTING_ROWS) },
    {
      file: page,
      content: replaceGeneratedPart(
        page,
        readFileSync(page, "utf8"),
        /(?<=^<!-- settings -->\n)[^]*?(?=<!-- end of settings -->$)/m,
        `\n${formatSections()}\n`,
      ),
    },
  ];
}

function formatSections(): string {
  return Object.entries(INTRODUCTIONS)
    .map(
      ([heading, introduction]) =>
        `## ${heading}\n\n${introduction}\n\n${formatTable(listSettings(heading))}\n`,
    )
    .join("\n");
}

function listSettings(heading: string): readonly Setting<SettingName>[] {
  const isRequired = ({ name }: Setting<SettingName>) =>
    REQUIRED.includes(name);
  if (heading === "Required") return SETTING_ROWS.filter(isRequired);
  const groups = Object.entries(SETTINGS).filter(
    ([group]) => HEADINGS[group as keyof typeof HEADINGS] === heading,
  );
  const settings = groups.flatMap(([, rows]) =>
    Object.values<Setting<SettingName>>(rows),
  );
  return settings.filter((row) => !isRequired(row));
}

function formatTable(settings: readonly Setting[]): string {
  const rows = settings.map((row) => [
    `\`${row.name}\``,
    describeDefault(row),
    describeSetting(row),
  ]);
  const lines = [["Setting", "Default", "Meaning"], ...rows];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const format = (cells: readonly string[], fill = " ") =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0, fill)).join(" | ")} |`;
  const [head = [], ...body] = lines;
  return [
    format(head),
    format(["", "", ""], "-"),
    ...body.map((row) => format(row)),
  ].join("\n");
}
