type Row = readonly string[];

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const MARK = /\p{Mark}/u;

/** Formats rows of cells as lines with aligned columns, two spaces apart. */
export function formatTextTable(rows: readonly Row[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  const pad = (cell: string, column: number): string =>
    cell + " ".repeat((widths[column] ?? 0) - displayWidth(cell));
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}

/** Formats a header and rows of cells, which must not contain `|` or line breaks, as a Markdown table. */
export function formatMarkdownTable([
  header = [],
  ...rows
]: readonly Row[]): string {
  return [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** Returns the number of terminal columns of a text: 2 for a wide character, 0 for a combining mark. */
export function displayWidth(text: string): number {
  return Array.from(text).reduce((sum, one) => sum + characterWidth(one), 0);
}

/** Shortens a text to a number of columns. Removes the middle, because names often differ at both ends. */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const characters = Array.from(text);
  const start = takeWidth(characters, Math.ceil((width - 1) / 2));
  const end = takeWidth(characters.reverse(), Math.floor((width - 1) / 2));
  return `${start.join("")}…${end.reverse().join("")}`;
}

function takeWidth(characters: readonly string[], width: number): string[] {
  let left = width;
  const end = characters.findIndex((one) => (left -= characterWidth(one)) < 0);
  return characters.slice(0, end);
}

function characterWidth(character: string): number {
  if (WIDE.test(character)) return 2;
  return MARK.test(character) ? 0 : 1;
}
