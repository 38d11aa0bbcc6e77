import { createHash } from "node:crypto";

/** Longest name of a stage that a marker holds as it is. */
const LONGEST_STAGE = 100;

/**
 * The hidden line that a comment on a stage's plan begins with, by which it is found again: another one for every stage,
 * and ended by nothing in the stage's name.
 */
export function formatCommentMarker(stage: string | undefined): string {
  const name = stage === undefined ? "" : `:${safe(stage)}`;
  return `<!-- veda-auth-plan-review${name} -->`;
}

function safe(stage: string): string {
  // a hyphen is left only between others, as two of them end a comment
  const escaped = stage.replace(
    /[^A-Za-z0-9_.-]|-(?![A-Za-z0-9_.])/gu,
    (character) =>
      `%${Buffer.from(character, "utf8").toString("hex").toUpperCase()}`,
  );
  if (escaped.length <= LONGEST_STAGE) return escaped;
  const hash = createHash("sha256").update(stage).digest("hex");
  return `${escaped.slice(0, LONGEST_STAGE / 2).replace(/-$/, "")}%${hash}`;
}
