/** Runs a job as soon as fewer than the limit run. */
export type Limiter = <T>(job: () => Promise<T>) => Promise<T>;

/** Creates a function that runs at most `limit` jobs at the same time, in the order of its calls. */
export function limitConcurrency(limit: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= limit)
      await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
