import { readFileSync } from "node:fs";
import type { Setting } from "../../stacks/config/setting-row";
import { SETTING_ROWS } from "../../stacks/config/settings";
import { replaceGeneratedPart } from "./generated-part";

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
    { file: ".env.example", content: formatEnvExample() },
    {
      file: page,
      content: replaceGeneratedPart(
        page,
        readFileSync(page, "utf8"),
        /^\| Setting [^]*?\n(?!\|)/m,
        `${formatTable()}\n`,
      ),
    },
  ];
}

function formatEnvExample(): string {
  return [
    "# Settings of a stage. Copy this file to .env, or to .env.<stage> for one stage only, and uncomment what you need.",
    ...SETTING_ROWS.map(
      (row) =>
        `\n# ${describeSetting(row)}\n# Default: ${describeDefault(row).replaceAll("`", "")}\n# ${row.name}=`,
    ),
    "",
  ].join("\n");
}

function formatTable(): string {
  const rows = SETTING_ROWS.map((row) => [
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

function describeSetting({ description, requires }: Setting): string {
  if (requires.length === 0) return description;
  const names = requires.map((name) => `\`${name}\``).join(" and ");
  return `${description} Requires ${names}.`;
}

/** Returns the default of a setting as the documentation shows it. */
function describeDefault({ default: value, defaultText }: Setting): string {
  if (defaultText !== undefined) return defaultText;
  if (value === undefined) return "none";
  const text = (Array.isArray(value) ? value : [value])
    .map((item) => JSON.stringify(item).replaceAll('"', ""))
    .join(",");
  return text === "" ? "none" : `\`${text}\``;
}
