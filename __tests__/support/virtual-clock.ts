import type { Clock } from "../../scripts/lib/system/clock";

/** A clock that only {@link advance} moves. */
export class VirtualClock implements Clock {
  /** Number that {@link random} returns. */
  chance = 0.5;
  private time = Date.UTC(2026, 0, 1);
  private readonly sleepers = new Set<{
    readonly wakeAt: number;
    readonly wake: () => void;
  }>();

  /** Number of timers that have not ended. */
  get timerCount(): number {
    return this.sleepers.size;
  }

  readonly now = (): number => this.time;
  readonly random = (): number => this.chance;

  readonly sleep = (
    milliseconds: number,
    signal?: AbortSignal,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const sleeper = {
        wakeAt: this.time + milliseconds,
        wake: () => {
          resolve(undefined);
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });

  /** Moves the clock; everything that waits until then continues at its time. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await waitForCallbacks();
      const [next] = [...this.sleepers]
        .filter(({ wakeAt }) => wakeAt <= end)
        .sort((one, other) => one.wakeAt - other.wakeAt);
      if (next === undefined) break;
      this.sleepers.delete(next);
      this.time = Math.max(this.time, next.wakeAt);
      next.wake();
    }
    this.time = end;
    await waitForCallbacks();
  }

  /** Waits for a result, and moves the clock while something sleeps. */
  async run<T>(job: Promise<T>): Promise<T> {
    const end = { isReached: false };
    const done = job.finally(() => {
      end.isReached = true;
    });
    done.catch(() => undefined);
    for (;;) {
      await waitForCallbacks();
      if (end.isReached) return done;
      const times = [...this.sleepers].map(({ wakeAt }) => wakeAt);
      if (times.length > 0)
        await this.advance(Math.max(0, Math.min(...times) - this.time));
    }
  }

  /** Sets the clock to another time, as a user can. */
  set(time: number): void {
    this.time = time;
  }
}

/** Waits until no promise that is ready has a callback left. */
function waitForCallbacks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
