import { UserError } from "../../../constructs/errors";
import { findSimilar } from "../../../constructs/similar-text";
import type { UserPoolAdmin } from "./user-pool-admin";

/** Names that a message lists at most. */
const MAX_LISTED = 50;
/** Edits between a name and the one that it can be a misspelling of. */
const MAX_EDITS = 3;

/**
 * Requires groups that exist.
 *
 * @param known names of the groups of the user pool
 */
export function requireGroups(
  { userPoolId }: UserPoolAdmin,
  groups: readonly string[],
  known: readonly string[],
): void {
  const unknown = groups.find((group) => !known.includes(group));
  if (unknown === undefined) return;
  throw new UserError(
    `group ${JSON.stringify(unknown)} does not exist in user pool ${userPoolId}; no user was created`,
    known.length === 0
      ? "the user pool has no groups: deploy the stage with COGNITO_GROUPS=true, or add a group in main.ts"
      : formatChoices(unknown, "groups", known),
  );
}

/** Formats the names that a misspelled name can be replaced with. */
export function formatChoices(
  unknown: string,
  noun: string,
  known: readonly string[],
): string {
  const [similar] = findSimilar(unknown, known, MAX_EDITS);
  const more = known.length - MAX_LISTED;
  const list = [
    ...known.slice(0, MAX_LISTED),
    ...(more > 0 ? [`${more} more`] : []),
  ].join(", ");
  return `${similar === undefined ? "" : `did you mean ${similar}? `}the ${noun} are ${list}`;
}
