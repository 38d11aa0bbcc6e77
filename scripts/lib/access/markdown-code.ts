import { inOneLine } from "../plan/shown-values";

/** A span of code, in which no link, mention or tag is made, for a cell of a table. */
export function asCode(text: string): string {
  const line = inOneLine(text)
    // a backslash before an escaped pipe ends the cell in some readers
    .replace(/\\+(?=\|)/g, (slashes) => "\\u005c".repeat(slashes.length))
    .replaceAll("|", "\\|");
  const runs = (line.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  const space = /^[ `]|[ `]$|^$/.test(line) ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}
