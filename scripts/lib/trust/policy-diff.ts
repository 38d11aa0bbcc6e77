import { styleText } from "node:util";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { applyEdits, format } from "jsonc-parser";

export interface DiffOptions {
  /** What both texts are of. */
  readonly name: string;
  readonly isColored: boolean;
}

/** Colours by the start of a line, the first that fits. */
const COLOURS = [
  ["---", "bold"],
  ["+++", "bold"],
  ["@@", "cyan"],
  ["-", "red"],
  ["+", "green"],
] as const;

/** Lines of the unified diff of two texts. */
export function formatUnifiedDiff(
  before: string,
  after: string,
  { name, isColored: isColoured }: DiffOptions,
): readonly string[] {
  const patch = createTwoFilesPatch(
    name,
    name,
    // without a last newline both would be said to have none
    `${before}\n`,
    `${after}\n`,
    "as it is",
    "as it would be",
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  );
  const lines = patch.replace(/\n$/, "").split("\n");
  return isColoured ? lines.map(coloured) : lines;
}

function coloured(line: string): string {
  const colour = COLOURS.find(([start]) => line.startsWith(start))?.[1];
  return colour === undefined
    ? line
    : styleText(colour, line, { validateStream: false });
}

/** A policy over several lines, each token as it is: as it is where it has them, indented where it is on one. */
export function formatMultiline(text: string): string {
  return text.trim().includes("\n")
    ? text
    : applyEdits(
        text,
        format(text, undefined, { tabSize: 2, insertSpaces: true, eol: "\n" }),
      );
}
