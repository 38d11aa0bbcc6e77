/** Runs a job as soon as fewer than the greatest number of others run. */
export type Limiter = <T>(job: () => Promise<T>) => Promise<T>;

/** Creates a limiter of jobs that run at the same time. */
export function createLimiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (job) => {
    if (running >= max)
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    else running += 1;
    try {
      return await job();
    } finally {
      // the next job inherits the slot
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
