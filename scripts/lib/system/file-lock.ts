import {
  mkdirSync,
  readlinkSync,
  rmSync,
  rmdirSync,
  statSync,
  symlinkSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import { onExit } from "./exit-hooks";

const POLL_MS = 100;
/** Age at which the guard around breaking a lock is itself left over: it is held for microseconds. */
const GUARD_STALE_MS = 10_000;

/** Locks of this very process, which tells them from those that a process of the same id left. */
const held = new Set<string>();

/** A lock that somebody else held for too long. */
export class LockHeldError extends UserError {}

export interface LockOptions {
  readonly log: (line: string) => void;
  /** How long another holder is waited for. */
  readonly waitSeconds: number;
  /**
   * How long that is not told.
   *
   * @default 0
   */
  readonly quietSeconds?: number;
}

/**
 * Runs `job` while no other command holds the lock `file`; a lock whose holder no longer runs is taken over.
 *
 * The lock is a symbolic link to its holder's process id: made in one step, so that it is never seen without its holder.
 *
 * @throws LockHeldError when the lock stays held
 */
export async function withLock<T>(
  file: string,
  { log, waitSeconds, quietSeconds = 0 }: LockOptions,
  job: () => Promise<T>,
): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const since = Date.now();
  const deadline = since + waitSeconds * 1000;
  let hasTold = false;
  while (!tryLock(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && isLeft(file, holder)) breakLock(file, holder);
    else if (Date.now() > deadline)
      throw new LockHeldError(
        `${file} is held by process ${holder ?? "unknown"} for more than ${waitSeconds} s`,
        "delete that file if the process is not one of this project's",
      );
    else {
      if (!hasTold && Date.now() >= since + quietSeconds * 1000) {
        log(`waiting for process ${holder ?? "unknown"}`);
        hasTold = true;
      }
      await sleep(POLL_MS);
    }
  }
  held.add(file);
  const unlock = (): void => {
    rmSync(file, { force: true });
    held.delete(file);
  };
  const settle = onExit(unlock);
  try {
    return await job();
  } finally {
    unlock();
    settle();
  }
}

function tryLock(file: string): boolean {
  return succeeds("EEXIST", () => {
    symlinkSync(String(process.pid), file);
  });
}

function holderOf(file: string): string | undefined {
  let target: string | undefined;
  succeeds("ENOENT", () => {
    target = readlinkSync(file);
  });
  return target;
}

/** Whether a lock's holder no longer runs. A process of somebody else may not be signalled, but it runs. */
function isLeft(file: string, holder: string): boolean {
  const pid = Number(holder);
  // in a container each process can have the id of the one before
  if (!Number.isInteger(pid) || pid < 1) return true;
  if (pid === process.pid) return !held.has(file);
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Removes a dead holder's lock under a guard, so that of two who saw it neither removes the other's new one. */
function breakLock(file: string, holder: string): void {
  const guard = `${file}.break`;
  const isMine = succeeds("EEXIST", () => {
    mkdirSync(guard);
  });
  if (!isMine) {
    const made = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && Date.now() - made > GUARD_STALE_MS)
      rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (holderOf(file) === holder) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

/** Whether an action came to its end, `code` being the one failure that is an answer. */
function succeeds(code: string, action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}
