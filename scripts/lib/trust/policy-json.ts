import { applyEdits, format } from "jsonc-parser";

/** A policy over several lines, each token as it is: as it is where it has them, indented where it is on one. */
export function overLines(text: string): string {
  return text.trim().includes("\n")
    ? text
    : applyEdits(
        text,
        format(text, undefined, { tabSize: 2, insertSpaces: true, eol: "\n" }),
      );
}
