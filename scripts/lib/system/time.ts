const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration as users write it: a number and a unit. */
export const DURATION = {
  expected: "a number of minutes, hours or days, such as 30m, 24h or 90d",
  allows: (text: string): boolean => parseDuration(text) !== undefined,
};

/** Returns the milliseconds of a duration; `undefined` for another text. */
export function parseDuration(text: string): number | undefined {
  const [, count = "", unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const milliseconds = UNITS[unit];
  return milliseconds === undefined ? undefined : Number(count) * milliseconds;
}

/** Formats a time, also in milliseconds or ISO 8601, to the minute: `2026-11-30 02:00 UTC`. */
export function formatTime(time: Date | number | string): string {
  const text = new Date(time).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** Formats the time since a date in its largest unit, such as "3 days". */
export function formatAge(milliseconds: number): string {
  const [name, unit] =
    (
      [
        ["day", "d"],
        ["hour", "h"],
      ] as const
    ).find(([, one]) => milliseconds >= (UNITS[one] ?? 0)) ??
    (["minute", "m"] as const);
  const count = Math.max(0, Math.floor(milliseconds / (UNITS[unit] ?? 1)));
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
