import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { getUserName } from "../../../stacks/config/environment";
import { retry } from "../system/retry";
import { TerraformError } from "./terraform-error";
import type { StateLock } from "./state-lock";

const HEARTBEAT_MS = 1000;
/** Longest delay of a heartbeat on a busy machine. */
const TOLERANCE_MS = 5000;

/**
 * A file that a run refreshes until it ends. A later run finds it only if the earlier one was killed, and then knows which
 * state locks are of the interrupted run.
 */
export class InterruptedRunMarker {
  private readonly file: string;
  private readonly startedAt: Date;
  /** Last heartbeat of the interrupted run. */
  private readonly seenAt: Date | undefined;
  private readonly heartbeat: NodeJS.Timeout;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, "running");
    this.seenAt = statSync(this.file, { throwIfNoEntry: false })?.mtime;
    this.startedAt = this.isResumed
      ? new Date(readFileSync(this.file, "utf8"))
      : new Date();
    writeFileSync(this.file, this.startedAt.toISOString());
    this.heartbeat = setInterval(() => {
      const now = new Date();
      utimesSync(this.file, now, now);
    }, HEARTBEAT_MS).unref();
  }

  /** Whether an earlier run was interrupted. */
  get isResumed(): boolean {
    return this.seenAt !== undefined;
  }

  /** Returns whether a lock is of the interrupted run: of this user and host, created while that run was active. */
  isLockOfInterruptedRun(
    lock: StateLock,
  ): lock is StateLock & { readonly id: string } {
    const { id, holder, createdAt } = lock;
    return (
      id !== undefined &&
      this.seenAt !== undefined &&
      holder === `${getUserName() ?? ""}@${os.hostname()}` &&
      createdAt >= this.startedAt &&
      createdAt.getTime() <= this.seenAt.getTime() + TOLERANCE_MS
    );
  }

  /**
   * Runs a job, and once more if it fails because of the state lock of the interrupted run. Removes the file at the end,
   * but retains that of an interrupted run after a failure, because its lock may still exist.
   *
   * @param unlock removes the lock
   */
  async run<T>(
    job: () => Promise<T>,
    unlock: (lockId: string) => Promise<void>,
  ): Promise<T> {
    try {
      const result = await retry(job, {
        attempts: 2,
        recover: async (error) => {
          const lock = error instanceof TerraformError ? error.lock : undefined;
          if (lock === undefined || !this.isLockOfInterruptedRun(lock))
            return false;
          await unlock(lock.id);
          return true;
        },
      });
      rmSync(this.file, { force: true });
      return result;
    } catch (error) {
      if (!this.isResumed) rmSync(this.file, { force: true });
      throw error;
    } finally {
      clearInterval(this.heartbeat);
    }
  }
}
