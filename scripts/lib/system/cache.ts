import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
} from "node:fs";
import { devNull, homedir } from "node:os";
import path from "node:path";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { isCommand } from "../cli/invocation";
import { LockHeldError, withLock } from "./file-lock";

/** Content of a cache file. A file with another key is ignored. */
interface Entry {
  readonly key: readonly string[];
  readonly writtenAt: number;
  readonly value: unknown;
}

export interface CacheOptions<T> {
  /** Returns whether a value can be used now. Files are not trusted, so the whole shape is checked. */
  readonly isValid: (value: unknown) => value is T;
  /** Creates a value; `previous` is the cached value, even if it is invalid. */
  readonly create: (previous: unknown) => Promise<T>;
  /** Creates a value, even if a valid one was cached before this call. */
  readonly shouldRefresh: boolean;
  /** Maximum time to wait for another process that creates the value. */
  readonly waitSeconds: number;
  /** Receives a line if nothing can be cached. */
  readonly log: (line: string) => void;
  /**
   * Time after which waiting is logged.
   *
   * @default 5
   */
  readonly quietSeconds?: number;
}

/**
 * Returns the value that is cached under `key`, or creates and caches one.
 *
 * If several processes ask at the same time, one creates the value and the others wait. Only the owner can read the
 * files. A file of another user, or one that others can read, is replaced.
 */
export async function withCache<T>(
  key: readonly string[],
  options: CacheOptions<T>,
): Promise<T> {
  const { isValid, create, shouldRefresh, waitSeconds, log } = options;
  const { quietSeconds = 5 } = options;
  const directory = getCacheDirectory();
  const since = Date.now();
  const readValid = (): { value: T } | undefined => {
    const entry = readEntry(directory, key);
    const isTooOld = shouldRefresh && (entry?.writtenAt ?? 0) <= since;
    return entry !== undefined && !isTooOld && isValid(entry.value)
      ? { value: entry.value }
      : undefined;
  };
  const found = readValid();
  if (found !== undefined) return found.value;
  if (!prepareDirectory(directory)) {
    log(
      `nothing is cached: ${directory} must be a writable directory of this user`,
    );
    return create(undefined);
  }
  const file = getFile(directory, key);
  const lock = { log, waitSeconds, quietSeconds, isRemovedOnExit: isCommand() };
  const locked = withLock(`${file}.lock`, lock, async () => {
    const created = readValid();
    if (created !== undefined) return created.value;
    const value = await create(readEntry(directory, key)?.value);
    const entry: Entry = { key, writtenAt: Date.now(), value };
    try {
      writeFileAtomic(file, JSON.stringify(entry), 0o600);
    } catch (error) {
      log(`nothing is cached: ${(error as Error).message}`);
    }
    return value;
  });
  return locked.catch((error: unknown) => {
    if (!(error instanceof LockHeldError)) throw error;
    log(`nothing is cached: ${error.message}`);
    return create(undefined);
  });
}

/**
 * Removes the cached value under `key` after `job` succeeds with it.
 *
 * @throws LockHeldError if another process creates the value for too long
 */
export async function removeCachedAfter(
  key: readonly string[],
  { waitSeconds, log }: Pick<CacheOptions<unknown>, "waitSeconds" | "log">,
  job: (value: unknown) => Promise<void>,
): Promise<void> {
  const directory = getCacheDirectory();
  if (!prepareDirectory(directory)) {
    await job(undefined);
    return;
  }
  const lock = `${getFile(directory, key)}.lock`;
  const options = { log, waitSeconds, isRemovedOnExit: isCommand() };
  await withLock(lock, options, async () => {
    await job(readEntry(directory, key)?.value);
    removeCached(key);
  });
}

export function removeCached(key: readonly string[]): void {
  rmSync(getFile(getCacheDirectory(), key), { force: true });
}

/** Returns the user's cache directory, as the platform defines it. */
export function getCacheDirectory(
  env: Environment = getEnvironment(),
  platform: NodeJS.Platform = process.platform,
): string {
  const name = "veda-auth";
  const chosen = env.XDG_CACHE_HOME ?? "";
  if (path.isAbsolute(chosen)) return path.join(chosen, name);
  if (platform === "darwin")
    return path.join(getHome(), "Library", "Caches", name);
  if (platform === "win32")
    return path.join(env.LOCALAPPDATA ?? getHome(), name, "cache");
  return path.join(getHome(), ".cache", name);
}

/** Returns a path that no directory can be below if the user has no home, as in some containers. */
function getHome(): string {
  let home = "";
  try {
    home = homedir();
  } catch {
    // neither HOME nor an entry in passwd
  }
  return path.isAbsolute(home) ? home : devNull;
}

function getFile(directory: string, key: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return path.join(directory, `${digest.slice(0, 32)}.json`);
}

/** Reads a file that only this user can read or write. */
function readEntry(
  directory: string,
  key: readonly string[],
): Entry | undefined {
  let descriptor: number | undefined;
  try {
    if (!isPrivate(lstatSync(directory), 0o022)) return undefined;
    descriptor = openSync(
      getFile(directory, key),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isPrivate(stats, 0o077)) return undefined;
    const entry = JSON.parse(
      readFileSync(descriptor, "utf8"),
    ) as Partial<Entry> | null;
    return JSON.stringify(entry?.key) === JSON.stringify(key) &&
      typeof entry?.writtenAt === "number" &&
      entry.writtenAt <= Date.now()
      ? (entry as Entry)
      : undefined;
  } catch {
    // missing, not readable or no JSON
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Returns whether the directory is writable and of this user. Only then are its files used. */
function prepareDirectory(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const stats = lstatSync(directory);
    if (!stats.isDirectory() || !isPrivate(stats, 0)) return false;
    if (!isPrivate(stats, 0o077)) chmodSync(directory, 0o700);
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns whether a file or directory is of this user, without these permissions. */
function isPrivate(
  { uid, mode }: Pick<Stats, "uid" | "mode">,
  forbidden: number,
): boolean {
  const user = process.getuid?.();
  // Windows has neither owners nor modes, but the directory is in the user's profile
  return user === undefined || (uid === user && (mode & forbidden) === 0);
}
