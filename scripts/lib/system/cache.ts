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
} from "node:fs";
import { devNull, homedir } from "node:os";
import path from "node:path";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { LockHeldError, withLock } from "./file-lock";

/** What is cached says what it belongs to, so that a file under another's name is none. */
interface Entry {
  readonly key: readonly string[];
  readonly writtenAt: number;
  readonly value: unknown;
}

export interface CacheOptions<T> {
  /** Whether what a file holds is a value, and good for now. Files are not trusted: the whole shape is looked at. */
  readonly isValid: (value: unknown) => value is T;
  /** Makes a new value; `previous` is what the file holds, usable or not. */
  readonly create: (previous: unknown) => Promise<T>;
  /** Makes a new value even if a usable one is there from before this call. */
  readonly shouldRefresh: boolean;
  /** How long another process that makes the value is waited for. */
  readonly waitSeconds: number;
  /** Told when nothing can be kept. */
  readonly log: (line: string) => void;
  /**
   * How long another process is waited for without telling; where that one asks a person, not at all.
   *
   * @default 5
   */
  readonly quietSeconds?: number;
  /** @default the user's cache folder */
  readonly directory?: string;
}

/**
 * The value kept under `key`, or a new one, which is kept then. Of many processes at once one makes it and the others
 * wait for it. Files are readable by their owner alone; one of somebody else's, or that others may read, is replaced.
 */
export async function withCache<T>(
  key: readonly string[],
  options: CacheOptions<T>,
): Promise<T> {
  const {
    isValid: isUsable,
    create: make,
    shouldRefresh: refresh,
    waitSeconds,
    log,
  } = options;
  const { quietSeconds = 5 } = options;
  const folder = options.directory ?? getCacheDirectory();
  const since = Date.now();
  const kept = (): { value: T } | undefined => {
    const entry = readEntry(folder, key);
    const isLate = refresh && (entry?.writtenAt ?? 0) < since;
    return entry !== undefined && !isLate && isUsable(entry.value)
      ? { value: entry.value }
      : undefined;
  };
  const early = kept();
  if (early !== undefined) return early.value;
  if (!prepareFolder(folder)) {
    log(
      `nothing is cached: ${folder} is not a folder of one's own that can be written to`,
    );
    return make(undefined);
  }
  const file = fileOf(folder, key);
  const lock = { log, waitSeconds, quietSeconds };
  const locked = withLock(`${file}.lock`, lock, async () => {
    const meanwhile = kept();
    if (meanwhile !== undefined) return meanwhile.value;
    const value = await make(readEntry(folder, key)?.value);
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
    return make(undefined);
  });
}

/**
 * Forgets what is kept under `key`, after `job` has been done with it: where that fails, it is kept.
 *
 * @throws LockHeldError when another process makes it anew for too long
 */
export async function removeCachedAfter(
  key: readonly string[],
  {
    waitSeconds,
    log,
    directory: folder = getCacheDirectory(),
  }: Pick<CacheOptions<unknown>, "waitSeconds" | "log" | "directory">,
  job: (value: unknown) => Promise<void>,
): Promise<void> {
  if (!prepareFolder(folder)) {
    await job(undefined);
    return;
  }
  const lock = `${fileOf(folder, key)}.lock`;
  await withLock(lock, { log, waitSeconds }, async () => {
    await job(readEntry(folder, key)?.value);
    removeCached(key, folder);
  });
}

/** What is kept under `key`, removed. */
export function removeCached(
  key: readonly string[],
  folder: string = getCacheDirectory(),
): unknown {
  const value = readEntry(folder, key)?.value;
  rmSync(fileOf(folder, key), { force: true });
  return value;
}

/** The user's folder for what can be made again, as the platform has it. */
export function getCacheDirectory(
  env: Environment = getEnvironment(),
  platform: NodeJS.Platform = process.platform,
): string {
  const name = "veda-auth";
  const chosen = env.XDG_CACHE_HOME ?? "";
  if (path.isAbsolute(chosen)) return path.join(chosen, name);
  if (platform === "darwin")
    return path.join(home(), "Library", "Caches", name);
  if (platform === "win32")
    return path.join(env.LOCALAPPDATA ?? home(), name, "cache");
  return path.join(home(), ".cache", name);
}

/** A user who has no home, as in some containers, has no folder below it either: nothing is cached then. */
function home(): string {
  let folder = "";
  try {
    folder = homedir();
  } catch {
    // neither HOME nor an entry in passwd
  }
  return path.isAbsolute(folder) ? folder : devNull;
}

function fileOf(folder: string, key: readonly string[]): string {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex");
  return path.join(folder, `${digest.slice(0, 32)}.json`);
}

/** What a file of one's own holds that nobody else can read or write. */
function readEntry(folder: string, key: readonly string[]): Entry | undefined {
  let descriptor: number | undefined;
  try {
    if (!isOwn(lstatSync(folder), 0o022)) return undefined;
    descriptor = openSync(
      fileOf(folder, key),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || !isOwn(stats, 0o077)) return undefined;
    const entry = JSON.parse(
      readFileSync(descriptor, "utf8"),
    ) as Partial<Entry> | null;
    return JSON.stringify(entry?.key) === JSON.stringify(key) &&
      typeof entry?.writtenAt === "number" &&
      entry.writtenAt <= Date.now()
      ? (entry as Entry)
      : undefined;
  } catch {
    // not there, not readable or not JSON: the same as none
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Whether the folder is there, writable and one's own; only then is what lies in it. */
function prepareFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    if (!stats.isDirectory() || !isOwn(stats, 0)) return false;
    if (!isOwn(stats, 0o077)) chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether something is one's own, and has none of these permissions. */
function isOwn(
  { uid, mode }: { readonly uid: number; readonly mode: number },
  forbidden: number,
): boolean {
  const me = process.getuid?.();
  // Windows has neither owners nor modes to look at: the folder is the user's own there
  return me === undefined || (uid === me && (mode & forbidden) === 0);
}
