import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { osUserName } from "../../../stacks/stage-sources";
import type { StateLock } from "../terraform/state-lock";

/**
 * What a run leaves in its folder while it goes on: a later one finds it only when the first was killed, and then knows
 * which locks that one has left behind.
 */
export class RunMark {
  private readonly file: string;
  private readonly startedAt: Date;
  /** Whether a run before this one was killed. */
  readonly isResumed: boolean;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, "running");
    this.isResumed = existsSync(this.file);
    this.startedAt = this.isResumed
      ? new Date(readFileSync(this.file, "utf8"))
      : new Date();
    if (!this.isResumed) writeFileSync(this.file, this.startedAt.toISOString());
  }

  /** Whether a lock is of the run that was killed: of this person, on this machine, since it began. */
  owns({ who, createdAt }: StateLock): boolean {
    return (
      this.isResumed &&
      who === `${osUserName() ?? ""}@${os.hostname()}` &&
      createdAt >= this.startedAt
    );
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}
