const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const MARK = /\p{Mark}/u;

/** Columns that a text takes in letters of one width: two for a wide letter, none for an accent of its own. */
export function displayWidth(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + widthOf(letter), 0);
}

/** A text filled up with spaces to a width. */
export function padToWidth(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Formats rows of cells as lines with aligned columns. */
export function formatTextTable(
  rows: readonly (readonly string[])[],
): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  return rows.map((row) =>
    row
      .map((cell, column) => padToWidth(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A text of at most so many columns: what is too long loses its middle, as names often differ at both ends. */
export function truncateMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const letters = Array.from(text);
  const start = fitting(letters, Math.ceil((width - 1) / 2));
  const end = fitting(letters.reverse(), Math.floor((width - 1) / 2)).reverse();
  return `${start.join("")}…${end.join("")}`;
}

function fitting(letters: readonly string[], width: number): string[] {
  let left = width;
  const end = letters.findIndex((letter) => (left -= widthOf(letter)) < 0);
  return letters.slice(0, end);
}

function widthOf(letter: string): number {
  if (WIDE.test(letter)) return 2;
  return MARK.test(letter) ? 0 : 1;
}
