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
import { isProcessRunning } from "./processes";

const PREFIX = "veda-auth-work-";

/**
 * Runs `job` with a new directory that only its owner can read, and removes the directory.
 *
 * The directory of a killed process is removed by the next one.
 *
 * @param root directory to create it in
 */
export async function withTemporaryDirectory<T>(
  job: (directory: string) => Promise<T>,
  root = tmpdir(),
): Promise<T> {
  removeStaleDirectories(root);
  const directory = mkdtempSync(
    path.join(root, `${getPrefix()}${process.pid}-`),
  );
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true });
  };
  const dispose = onExit(remove);
  try {
    return await job(directory);
  } finally {
    remove();
    dispose();
  }
}

/** Returns whether a directory has the name of a temporary one. */
export function isTemporaryDirectory(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Names the machine and container: others can share the root directory, and have their own process ids. */
function getPrefix(): string {
  const machine = [hostname(), readProcessNamespace()].join(" ");
  const digest = createHash("sha256").update(machine).digest("hex");
  return `${PREFIX}${digest.slice(0, 12)}-`;
}

function readProcessNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // not Linux
    return "";
  }
}

function removeStaleDirectories(root: string): void {
  const prefix = getPrefix();
  for (const name of readdirSync(root)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!Number.isSafeInteger(pid) || pid < 1 || isProcessRunning(pid))
      continue;
    removeIfOwned(path.join(root, name));
  }
}

/** Removes a directory of this user. Links and failures are ignored: they must not block a command. */
function removeIfOwned(directory: string): void {
  try {
    const found = lstatSync(directory);
    if (found.isDirectory() && found.uid === process.getuid?.())
      rmSync(directory, { recursive: true, force: true });
  } catch {
    // removed by another process, or not permitted
  }
}
