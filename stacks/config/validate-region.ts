import { getPartition, hasUserPools, REGIONS } from "../../constructs/aws";
import { LIMITS, validate } from "../../constructs/constraints";
import { findSimilar, formatSuggestion } from "../../constructs/similar-text";
import { type Environment, getSetting, parseBoolean } from "./environment";
import { InvalidValue, parseText } from "./setting-row";

const MAX_EDITS = 2;

/** Parses a Region with user pools, whether or not AWS has it. */
export function parseRegion(text: string): string | InvalidValue {
  const region = parseText(LIMITS.region)(text);
  return region instanceof InvalidValue
    ? new InvalidValue(region.expected, region.values, suggestRegions(text))
    : region;
}

/** Whether settings allow a Region that this version does not know. */
export function isUnknownRegionAllowed(settings: Environment): boolean {
  const text = getSetting(settings, "ALLOW_UNKNOWN_REGION") ?? "";
  return parseBoolean(text) === true;
}

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
  const suggestion = suggestRegions(region);
  const problem = validate(LIMITS.region, region, subject);
  if (problem !== undefined) return `${problem}${suggestion}`;
  return allowsUnknown || REGIONS.includes(region)
    ? undefined
    : `${subject} must be an AWS Region, got "${region}"${suggestion === "" ? ":" : suggestion} Set ALLOW_UNKNOWN_REGION=true if AWS has this Region`;
}

/** Returns the end of a sentence about a Region that is not allowed: why, or what was meant. */
function suggestRegions(region: string): string {
  const text = region.trim().toLowerCase();
  const partition = getPartition(text);
  if (!hasUserPools(partition))
    return `: partition ${partition} has no Amazon Cognito user pools`;
  const similar = findSimilar(text, REGIONS, MAX_EDITS);
  return similar.length === 0 ? "" : `: ${formatSuggestion(similar)}`;
}
