import { REGIONS } from "../../constructs/aws";
import { LIMITS, validate } from "../../constructs/constraints";
import { findSimilar, formatSuggestion } from "../../constructs/similar-text";

const MAX_EDITS = 2;

/**
 * Returns a problem of a Region that AWS does not have: a deployment would fail after the synthesis.
 *
 * @param subject name of the setting or option
 * @param allowsUnknown value of `ALLOW_UNKNOWN_REGION`, since AWS adds Regions that {@link REGIONS} does not have
 */
export function validateRegion(
  subject: string,
  region: string,
  allowsUnknown: boolean,
): string | undefined {
  const problem = validate(LIMITS.region, region, subject);
  const isPossible = allowsUnknown || REGIONS.includes(region);
  const similar = findSimilar(region, REGIONS, MAX_EDITS);
  const suggestion =
    similar.length === 0 ? "" : ` ${formatSuggestion(similar)}`;
  return problem !== undefined || isPossible
    ? problem
    : `${subject} must be an AWS Region, got "${region}":${suggestion} Set ALLOW_UNKNOWN_REGION=true if AWS has this Region`;
}
