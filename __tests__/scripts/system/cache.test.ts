import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  withCache,
  getCacheDirectory,
  removeCached,
  removeCachedAfter,
  type CacheOptions,
} from "../../../scripts/lib/system/cache";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(() => {
  restoreEnvironment();
  removeTemporaryDirectories();
});

const OTHER_USER = 65_534;
const KEY = ["purpose", "stack/service"];
let directory: string;
/** Number of created values. */
let createdCount: number;
let lines: string[];

afterEach(() => {
  jest.restoreAllMocks();
});

beforeEach(() => {
  const base = createTemporaryDirectory();
  setEnvironment({ ...process.env, XDG_CACHE_HOME: base });
  directory = path.join(base, "veda-auth");
  createdCount = 0;
  lines = [];
});

/** Returns the value under a key; a new value contains its number. */
function read(
  options: Partial<CacheOptions<string>> = {},
  key = KEY,
): Promise<string> {
  return withCache(key, {
    isValid: (value): value is string => typeof value === "string",
    create: () => {
      createdCount += 1;
      return Promise.resolve(`value ${createdCount}`);
    },
    shouldRefresh: false,
    waitSeconds: 5,
    log: (line) => lines.push(line),
    ...options,
  });
}

/** Returns the only cache file. */
function getCacheFile(): string {
  const [name = "none", ...more] = readdirSync(directory);
  expect(more).toEqual([]);
  return path.join(directory, name);
}

/** Changes the owner of a file, or for a user who is not root, the owner that the system reports. */
function changeOwner(file: string): void {
  if (process.getuid?.() === 0) {
    chownSync(file, OTHER_USER, OTHER_USER);
    return;
  }
  const { ino } = statSync(file);
  for (const call of ["lstatSync", "fstatSync"] as const) {
    const real = fs[call] as (of: unknown) => fs.Stats;
    jest.spyOn(fs, call).mockImplementation(((of: unknown) => {
      const stats = real(of);
      return stats.ino === ino
        ? Object.assign(stats, { uid: OTHER_USER })
        : stats;
    }) as never);
  }
}

function permissions(file: string): number {
  return statSync(file).mode & 0o777;
}

describe("withCache", () => {
  test("creates a value once, in a file and a directory that only the owner can read", async () => {
    expect(await read()).toBe("value 1");
    expect(await read()).toBe("value 1");
    expect(permissions(directory)).toBe(0o700);
    expect(permissions(getCacheFile())).toBe(0o600);
    expect(lines).toEqual([]);
  });

  test("removeCachedAfter removes a value only if the job succeeds", async () => {
    await read();
    const options = { waitSeconds: 5, log: () => undefined };
    const failing = removeCachedAfter(KEY, options, () =>
      Promise.reject(new Error("unreachable")),
    );
    await expect(failing).rejects.toThrow("unreachable");
    expect(await read()).toBe("value 1");

    const seen: unknown[] = [];
    await removeCachedAfter(KEY, options, (value) => {
      seen.push(value);
      return Promise.resolve();
    });
    expect(seen).toEqual(["value 1"]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("separates values by key", async () => {
    await read();
    expect(await read({}, ["purpose", "stack/other"])).toBe("value 2");
    expect(await read({}, ["purpose stack/service"])).toBe("value 3");
    expect(await read()).toBe("value 1");
  });

  test("replaces an invalid value, and passes it to create", async () => {
    await read();
    let previous: unknown;
    const value = await read({
      isValid: (found): found is string => found === "value B",
      create: (found) => {
        previous = found;
        return Promise.resolve("value B");
      },
    });
    expect(value).toBe("value B");
    expect(previous).toBe("value 1");
    expect(await read()).toBe("value B");
  });

  test("replaces a value on demand", async () => {
    await read();
    await sleep(5);
    expect(await read({ shouldRefresh: true })).toBe("value 2");
    expect(await read()).toBe("value 2");
  });

  test("creates one value for many callers, on demand too", async () => {
    const make = async (): Promise<string> => {
      createdCount += 1;
      await sleep(50);
      return `value ${createdCount}`;
    };
    const many = (refresh: boolean): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 8 }, () =>
          read({ create: make, shouldRefresh: refresh }),
        ),
      );
    expect(new Set(await many(false))).toEqual(new Set(["value 1"]));
    await sleep(5);
    expect(new Set(await many(true))).toEqual(new Set(["value 2"]));
  });

  test("creates a value on demand within the millisecond of the cached one", async () => {
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now);
    expect(await read()).toBe("value 1");
    expect(await read({ shouldRefresh: true })).toBe("value 2");
  });

  test("creates a value after an earlier attempt failed", async () => {
    const fail = read({
      create: () => Promise.reject(new Error("no network")),
    });
    await expect(fail).rejects.toThrow("no network");
    expect(readdirSync(directory)).toEqual([]);
    expect(await read()).toBe("value 1");
  });

  test("removes the permissions of other users from the directory", async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    await read();
    expect(permissions(directory)).toBe(0o700);
    expect(await read()).toBe("value 1");
  });

  test("removeCached removes a value", async () => {
    await read();
    removeCached(KEY);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("withCache replaces a file when", () => {
  /** Makes the file invalid. */
  const spoilers: Readonly<Record<string, (file: string) => void>> = {
    "it is cut short": (file) => {
      writeFileSync(file, readFileSync(file, "utf8").slice(0, -5));
    },
    "it is empty": (file) => {
      writeFileSync(file, "");
    },
    "it holds null": (file) => {
      writeFileSync(file, "null");
    },
    "its group may read it": (file) => {
      chmodSync(file, 0o640);
    },
    "others may write to it": (file) => {
      chmodSync(file, 0o602);
    },
    "it is a symbolic link": (file) => {
      renameSync(file, `${directory}.json`);
      symlinkSync(`${directory}.json`, file);
    },
    "it is for another key": (file) => {
      edit(file, { key: ["purpose", "stack/other"] });
    },
    "it was written in the future": (file) => {
      edit(file, { writtenAt: Date.now() + 60_000 });
    },
    "it has no time": (file) => {
      edit(file, { writtenAt: undefined });
    },
    "its value is invalid": (file) => {
      edit(file, { value: { of: "another version" } });
    },
  };

  function edit(file: string, fields: object): void {
    const entry = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...entry, ...fields }));
  }

  test.each(Object.entries(spoilers))("%s", async (_name, spoil) => {
    await read();
    spoil(getCacheFile());
    expect(await read()).toBe("value 2");
    expect(await read()).toBe("value 2");
    expect(permissions(getCacheFile())).toBe(0o600);
    expect(permissions(directory)).toBe(0o700);
    expect(lines).toEqual([]);
  });

  test("the system reports another owner of everything", async () => {
    await read();
    jest.spyOn(process, "getuid").mockReturnValue(12_345);
    expect(await read()).toBe("value 2");
    expect(lines[0]).toMatch(/^nothing is cached: /);
  });

  test("another user owns it", async () => {
    await read();
    changeOwner(getCacheFile());
    expect(await read()).toBe("value 2");
    expect(statSync(getCacheFile()).uid).toBe(process.getuid?.());
  });

  test("another user owns the directory, which is not changed", async () => {
    await read();
    changeOwner(directory);
    expect(await read()).toBe("value 2");
    expect(await read()).toBe("value 3");
    expect(lines[0]).toMatch(
      /^nothing is cached: .* must be a writable directory/,
    );
    expect(readFileSync(getCacheFile(), "utf8")).toContain("value 1");
  });

  test("the directory is a symbolic link, which is not changed", async () => {
    await read();
    const target = `${directory}-elsewhere`;
    renameSync(directory, target);
    symlinkSync(target, directory);
    expect(await read()).toBe("value 2");
    expect(readFileSync(getCacheFile(), "utf8")).toContain("value 1");
  });
});

describe("withCache without a writable cache", () => {
  test("creates a value if the directory is read-only", async () => {
    await read();
    await sleep(5);
    jest.spyOn(fs, "accessSync").mockImplementation(() => {
      throw Object.assign(new Error("refused"), { code: "EACCES" });
    });
    expect(await read({ shouldRefresh: true })).toBe("value 2");
    expect(lines[0]).toMatch(
      /^nothing is cached: .* must be a writable directory /,
    );
    expect(readFileSync(getCacheFile(), "utf8")).toContain("value 1");
  });

  test("creates values, and logs the reason", async () => {
    writeFileSync(directory, "a file");
    expect(await read()).toBe("value 1");
    expect(await read()).toBe("value 2");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(`nothing is cached: ${directory} must be`);
  });

  test("creates a value if a directory has the name of the file", async () => {
    await read();
    const file = getCacheFile();
    renameSync(file, `${directory}.json`);
    mkdirSync(path.join(file, "full"), { recursive: true });
    expect(await read()).toBe("value 2");
    expect(lines).toEqual([expect.stringMatching(/^nothing is cached: /)]);
  });

  test("does not wait for a process that has ended", async () => {
    await read();
    const lock = `${getCacheFile()}.lock`;
    // exceeds the maximum process id
    symlinkSync("99999999", lock);
    await sleep(5);
    expect(await read({ shouldRefresh: true })).toBe("value 2");
    expect(existsSync(lock)).toBe(false);
  });

  test.each([
    ["the same process id, as in a container", () => String(process.pid)],
    ["no process id", () => "garbage"],
  ])("does not wait for a stale lock with %s", async (_, holder) => {
    await read();
    symlinkSync(holder(), `${getCacheFile()}.lock`);
    await sleep(5);
    expect(await read({ shouldRefresh: true })).toBe("value 2");
    expect(existsSync(`${getCacheFile()}.lock`)).toBe(false);
  });

  test("creates a value without caching if another process holds the lock for too long", async () => {
    await read();
    symlinkSync(String(process.ppid), `${getCacheFile()}.lock`);
    await sleep(5);
    expect(await read({ shouldRefresh: true, waitSeconds: 0.2 })).toBe(
      "value 2",
    );
    expect(lines).toEqual([
      expect.stringMatching(
        /\.lock is locked by process \d+ for more than 0\.2 s$/,
      ),
    ]);
    expect(await read()).toBe("value 1");
  });
});

describe("getCacheDirectory", () => {
  test.each(["", "relative"])(
    "is no directory for a user whose home is %j",
    (home) => {
      const spy = jest.spyOn(os, "homedir").mockReturnValue(home);
      expect(getCacheDirectory({}, "linux")).toBe("/dev/null/.cache/veda-auth");
      spy.mockRestore();
    },
  );

  test.each([
    [{ XDG_CACHE_HOME: "/x" }, "linux", "/x/veda-auth"],
    [
      { XDG_CACHE_HOME: "x" },
      "linux",
      path.join(os.homedir(), ".cache/veda-auth"),
    ],
    [{}, "linux", path.join(os.homedir(), ".cache/veda-auth")],
    [{}, "darwin", path.join(os.homedir(), "Library/Caches/veda-auth")],
    [{ LOCALAPPDATA: "/l" }, "win32", "/l/veda-auth/cache"],
  ] as const)("with %j on %s is %s", (env, platform, expected) => {
    expect(getCacheDirectory(env, platform)).toBe(expected);
  });
});
