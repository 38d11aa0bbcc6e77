import { escapeJson } from "../cli/escape";

/** Formats a claim, which can be forged, with a limited length and without characters that change a terminal. */
export function formatClaim(value: unknown): string {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  return first === undefined
    ? "none"
    : escapeJson(JSON.stringify(first).slice(0, 200));
}

/** Formats seconds since 1970. */
export function formatTime(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000", "");
}

/** Formats the time since seconds since 1970. */
export function formatAge(seconds: unknown): string {
  const age = Date.now() / 1000 - Number(seconds);
  if (age < 120) return `${Math.floor(age)} s`;
  const minutes = age / 60;
  return minutes < 120
    ? `${Math.floor(minutes)} minutes`
    : `${Math.floor(minutes / 60)} hours`;
}
