import type { Setting } from "../../../stacks/config/setting-row";

/** Returns the content of `.env.example`: each setting with its meaning and default, as a comment. */
export function formatEnvExample(rows: readonly Setting[]): string {
  return [
    "# Settings of a stage. Copy this file to .env, or to .env.<stage> for one stage only, and uncomment what you need.",
    ...rows.map(
      (row) =>
        `\n# ${describeSetting(row)}\n# Default: ${describeDefault(row).replaceAll("`", "")}\n# ${row.name}=`,
    ),
    "",
  ].join("\n");
}

/** Returns the meaning of a setting, with those that it requires. */
export function describeSetting({ description, requires }: Setting): string {
  if (requires.length === 0) return description;
  const names = requires.map((name) => `\`${name}\``).join(" and ");
  return `${description} Requires ${names}.`;
}

/** Returns the default of a setting as the documentation shows it. */
export function describeDefault({
  default: value,
  defaultText,
}: Setting): string {
  if (defaultText !== undefined) return defaultText;
  if (value === undefined) return "none";
  const text = (Array.isArray(value) ? value : [value])
    .map((item) => JSON.stringify(item).replaceAll('"', ""))
    .join(",");
  return text === "" ? "none" : `\`${text}\``;
}
