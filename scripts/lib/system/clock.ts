import { setTimeout as sleep } from "node:timers/promises";

const DAY_MS = 86_400_000;

/** The time and randomness that a job depends on. Tests replace them. */
export interface Clock {
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  readonly sleep: (
    milliseconds: number,
    signal?: AbortSignal,
  ) => Promise<unknown>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** A clock whose timers do not prevent the process from ending. */
export const BACKGROUND_CLOCK: Clock = {
  ...SYSTEM_CLOCK,
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal, ref: false }),
};

/** Holds the process while a caller waits: the timers of {@link BACKGROUND_CLOCK} do not. */
export async function holdProcess<T>(job: Promise<T>): Promise<T> {
  const timer = setInterval(() => undefined, DAY_MS);
  try {
    return await job;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Returns whether a time is in an interval that began in the past.
 *
 * If the clock was set back, no such interval contains the time.
 */
export function isBetween(now: number, start: number, end: number): boolean {
  return start <= now && now < end;
}
