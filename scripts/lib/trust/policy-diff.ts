import { styleText } from "node:util";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { applyEdits, format } from "jsonc-parser";

/** Colors by the start of a line; the first match applies. */
const COLORS = [
  ["---", "bold"],
  ["+++", "bold"],
  ["@@", "cyan"],
  ["-", "red"],
  ["+", "green"],
] as const;

/** Returns the lines of a unified diff. */
export function formatUnifiedDiff(
  before: string,
  after: string,
  { name, isColored }: { readonly name: string; readonly isColored: boolean },
): readonly string[] {
  const patch = createTwoFilesPatch(
    name,
    name,
    // without a final newline, the diff would contain a note about it
    `${before}\n`,
    `${after}\n`,
    "current",
    "proposed",
    { context: 3, headerOptions: FILE_HEADERS_ONLY },
  );
  const lines = patch.replace(/\n$/, "").split("\n");
  return isColored ? lines.map(colorLine) : lines;
}

function colorLine(line: string): string {
  const color = COLORS.find(([start]) => line.startsWith(start))?.[1];
  return color === undefined
    ? line
    : styleText(color, line, { validateStream: false });
}

/** Indents a policy that is on one line; returns any other one unchanged. */
export function formatMultiline(policy: string): string {
  return policy.trim().includes("\n")
    ? policy
    : applyEdits(
        policy,
        format(policy, undefined, {
          tabSize: 2,
          insertSpaces: true,
          eol: "\n",
        }),
      );
}
