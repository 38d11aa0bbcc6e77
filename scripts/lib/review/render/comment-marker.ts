import { createHash } from "node:crypto";

/** Longest name of a stage that a marker contains in full. */
const MAX_STAGE_LENGTH = 100;

/** Returns the hidden first line of a stage's comment, by which the comment is found again. */
export function formatCommentMarker(stage: string | undefined): string {
  const name = stage === undefined ? "" : `:${escapeStage(stage)}`;
  return `<!-- veda-auth-plan-review${name} -->`;
}

function escapeStage(stage: string): string {
  // two hyphens end an HTML comment
  const escaped = stage.replace(
    /[^A-Za-z0-9_.-]|-(?![A-Za-z0-9_.])/gu,
    (character) =>
      `%${Buffer.from(character, "utf8").toString("hex").toUpperCase()}`,
  );
  if (escaped.length <= MAX_STAGE_LENGTH) return escaped;
  const hash = createHash("sha256").update(stage).digest("hex");
  return `${escaped.slice(0, MAX_STAGE_LENGTH / 2).replace(/-$/, "")}%${hash}`;
}
