import { REGIONS } from "../../constructs/aws";
import { LIMITS, validate } from "../../constructs/constraints";
import { findSimilar, formatSuggestion } from "../../constructs/similar-text";
import { InvalidValue, parseText } from "./setting-row";

const MAX_EDITS = 2;

/** Parses a Region, whether or not AWS has it. */
export function parseRegion(text: string): string | InvalidValue {
  const region = parseText(LIMITS.region)(text);
  return region instanceof InvalidValue
    ? new InvalidValue(region.expected, region.values, suggestRegions(text))
    : region;
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

function suggestRegions(region: string): string {
  const text = region.trim().toLowerCase();
  // the Regions of China are not misspelled
  const similar = text.startsWith("cn-")
    ? []
    : findSimilar(text, REGIONS, MAX_EDITS);
  return similar.length === 0 ? "" : `: ${formatSuggestion(similar)}`;
}
