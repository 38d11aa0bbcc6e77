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
import type { StateLock } from "../terraform/state-lock";

const HEARTBEAT_MS = 1000;
/** A machine may be too busy for a heartbeat for so long. */
const TOLERANCE_MS = 5000;

/**
 * What a run leaves in its folder, and keeps fresh, while it goes on: a later one finds it only when the first was killed,
 * and then knows which locks that one has left behind.
 */
export class RunMark {
  private readonly file: string;
  private readonly startedAt: Date;
  /** When the run that was killed was last there. */
  private readonly seenAt: Date | undefined;
  private readonly heart: NodeJS.Timeout;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, "running");
    this.seenAt = statSync(this.file, { throwIfNoEntry: false })?.mtime;
    this.startedAt = this.isResumed
      ? new Date(readFileSync(this.file, "utf8"))
      : new Date();
    writeFileSync(this.file, this.startedAt.toISOString());
    this.heart = setInterval(() => {
      const now = new Date();
      utimesSync(this.file, now, now);
    }, HEARTBEAT_MS).unref();
  }

  /** Whether a run before this one was killed. */
  get isResumed(): boolean {
    return this.seenAt !== undefined;
  }

  /** Whether a lock is of the run that was killed: of this person, on this machine, made while it went on. */
  owns(lock: StateLock): lock is StateLock & { readonly id: string } {
    const { id, holder: who, createdAt } = lock;
    return (
      id !== undefined &&
      this.seenAt !== undefined &&
      who === `${getUserName() ?? ""}@${os.hostname()}` &&
      createdAt >= this.startedAt &&
      createdAt.getTime() <= this.seenAt.getTime() + TOLERANCE_MS
    );
  }

  /** To be called when the run ends, with or without `keep` for the next one to find. */
  end({ keep }: { readonly keep: boolean }): void {
    clearInterval(this.heart);
    if (!keep) rmSync(this.file, { force: true });
  }
}
