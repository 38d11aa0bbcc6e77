import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { createHash } from "node:crypto";
import path from "node:path";
import { onExit } from "./exit-hooks";

const PREFIX = "veda-auth-work-";

/**
 * Runs `job` with a directory that only its owner may look into, and that is gone afterwards, however the process ends.
 * What a killed process has left, the next one removes.
 *
 * @param root directory that it is made in
 */
export async function withTemporaryDirectory<T>(
  job: (folder: string) => Promise<T>,
  root = tmpdir(),
): Promise<T> {
  removeLeftovers(root);
  const folder = mkdtempSync(path.join(root, `${ownPrefix()}${process.pid}-`));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const settle = onExit(remove);
  try {
    return await job(folder);
  } finally {
    remove();
    settle();
  }
}

/** Process ids mean a process of this machine, and of this container, alone: others may share the directory. */
function ownPrefix(): string {
  const machine = [hostname(), processNamespace()].join(" ");
  const digest = createHash("sha256").update(machine).digest("hex");
  return `${PREFIX}${digest.slice(0, 12)}-`;
}

function processNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // only Linux has them
    return "";
  }
}

function removeLeftovers(root: string): void {
  const prefix = ownPrefix();
  for (const name of readdirSync(root)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!Number.isSafeInteger(pid) || pid < 1 || isRunning(pid)) continue;
    removeOwn(path.join(root, name));
  }
}

/** Another user's directory is left alone, as is a link; one that cannot be removed keeps no command from its work. */
function removeOwn(folder: string): void {
  try {
    const found = lstatSync(folder);
    if (found.isDirectory() && found.uid === process.getuid?.())
      rmSync(folder, { recursive: true, force: true });
  } catch {
    // another process has removed it, or it is not ours to
  }
}

/** A process of another user may not be signaled, but it runs. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
