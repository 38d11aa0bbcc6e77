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
import { isProcessRunning } from "./processes";

const POLL_MS = 100;
/** Age of a guard that its process left: a guard exists for microseconds. */
const GUARD_STALE_MS = 10_000;

/** Locks of this process. Others with its id were left by an earlier process. */
const held = new Set<string>();

/** Thrown if another process holds a lock for too long. */
export class LockHeldError extends UserError {}

export interface LockOptions {
  readonly log: (line: string) => void;
  /** Maximum time to wait for another process. */
  readonly waitSeconds: number;
  /**
   * Time after which waiting is logged.
   *
   * @default 0
   */
  readonly quietSeconds?: number;
  /**
   * Whether the lock is removed when the process exits. Otherwise the next process breaks it, and this one handles no signal:
   * an application has its own handlers.
   *
   * @default true
   */
  readonly isRemovedOnExit?: boolean;
}

/**
 * Runs `job` while this process holds the lock `file`. A lock whose process has ended is broken.
 *
 * The lock is a symbolic link to the process id of its holder, which creates lock and id in one step.
 *
 * @throws LockHeldError if another process holds the lock for too long
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  job: () => Promise<T>,
): Promise<T> {
  const {
    log,
    waitSeconds,
    quietSeconds = 0,
    isRemovedOnExit = true,
  } = options;
  mkdirSync(path.dirname(file), { recursive: true });
  const since = Date.now();
  const deadline = since + waitSeconds * 1000;
  let hasLogged = false;
  while (!tryLock(file)) {
    const holder = readHolder(file);
    if (holder !== undefined && isStale(file, holder)) breakLock(file, holder);
    else if (Date.now() > deadline)
      throw new LockHeldError(
        `${file} is locked by process ${holder ?? "unknown"} for more than ${waitSeconds} s`,
        "delete that file if the process is no command of this project",
      );
    else {
      if (!hasLogged && Date.now() >= since + quietSeconds * 1000) {
        log(`Waiting for process ${holder ?? "unknown"}…`);
        hasLogged = true;
      }
      await sleep(POLL_MS);
    }
  }
  held.add(file);
  const unlock = (): void => {
    rmSync(file, { force: true });
    held.delete(file);
  };
  const dispose = isRemovedOnExit ? onExit(unlock) : undefined;
  try {
    return await job();
  } finally {
    unlock();
    dispose?.();
  }
}

function tryLock(file: string): boolean {
  return succeeds("EEXIST", () => {
    symlinkSync(String(process.pid), file);
  });
}

function readHolder(file: string): string | undefined {
  let target: string | undefined;
  succeeds("ENOENT", () => {
    target = readlinkSync(file);
  });
  return target;
}

/** Returns whether the holder of a lock has ended. */
function isStale(file: string, holder: string): boolean {
  const pid = Number(holder);
  if (!Number.isInteger(pid) || pid < 1) return true;
  // in a container each process can have the id of the previous one
  if (pid === process.pid) return !held.has(file);
  return !isProcessRunning(pid);
}

/** Removes a stale lock under a guard, so that two processes that see it do not remove each other's new lock. */
function breakLock(file: string, holder: string): void {
  const guard = `${file}.break`;
  const isGuarded = succeeds("EEXIST", () => {
    mkdirSync(guard);
  });
  if (!isGuarded) {
    const createdAt = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (createdAt !== undefined && Date.now() - createdAt > GUARD_STALE_MS)
      rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (readHolder(file) === holder) rmSync(file, { force: true });
  } finally {
    rmdirSync(guard);
  }
}

/** Returns whether an action succeeds, or fails with this error code. */
function succeeds(code: string, action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}
