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
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const NOBODY = 65_534;
const KEY = ["purpose", "stack/service"];
let folder: string;
/** How often a value was made. */
let made: number;
let lines: string[];

afterEach(() => {
  jest.restoreAllMocks();
});

beforeEach(() => {
  folder = path.join(createTemporaryDirectory(), "cache");
  made = 0;
  lines = [];
});

/** The value under a key, which a new one says the number of. */
function take(
  options: Partial<CacheOptions<string>> = {},
  key = KEY,
): Promise<string> {
  return withCache(key, {
    isValid: (value): value is string => typeof value === "string",
    create: () => {
      made += 1;
      return Promise.resolve(`value ${made}`);
    },
    shouldRefresh: false,
    waitSeconds: 5,
    log: (line) => lines.push(line),
    directory: folder,
    ...options,
  });
}

/** The one file that is kept. */
function keptFile(): string {
  const [name = "none", ...more] = readdirSync(folder);
  expect(more).toEqual([]);
  return path.join(folder, name);
}

/** Has something be somebody else's: really for root, and as the system tells it for others, who cannot give away. */
function giveAway(file: string): void {
  if (process.getuid?.() === 0) {
    chownSync(file, NOBODY, NOBODY);
    return;
  }
  const { ino } = statSync(file);
  for (const call of ["lstatSync", "fstatSync"] as const) {
    const real = fs[call] as (of: unknown) => fs.Stats;
    jest.spyOn(fs, call).mockImplementation(((of: unknown) => {
      const stats = real(of);
      return stats.ino === ino ? Object.assign(stats, { uid: NOBODY }) : stats;
    }) as never);
  }
}

function permissions(file: string): number {
  return statSync(file).mode & 0o777;
}

describe("a value in the cache", () => {
  test("is made once and given again, in a file and a folder for their owner alone", async () => {
    expect(await take()).toBe("value 1");
    expect(await take()).toBe("value 1");
    expect(permissions(folder)).toBe(0o700);
    expect(permissions(keptFile())).toBe(0o600);
    expect(lines).toEqual([]);
  });

  test("is forgotten after a job has been done with it, and kept when the job fails", async () => {
    await take();
    const options = { waitSeconds: 5, log: () => undefined, directory: folder };
    const failing = removeCachedAfter(KEY, options, () =>
      Promise.reject(new Error("unreachable")),
    );
    await expect(failing).rejects.toThrow("unreachable");
    expect(await take()).toBe("value 1");

    const seen: unknown[] = [];
    await removeCachedAfter(KEY, options, (value) => {
      seen.push(value);
      return Promise.resolve();
    });
    expect(seen).toEqual(["value 1"]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is another under another key", async () => {
    await take();
    expect(await take({}, ["purpose", "stack/other"])).toBe("value 2");
    expect(await take({}, ["purpose stack/service"])).toBe("value 3");
    expect(await take()).toBe("value 1");
  });

  test("is made anew when it is no longer usable, from what was kept", async () => {
    await take();
    let previous: unknown;
    const value = await take({
      isValid: (found): found is string => found === "value B",
      create: (found) => {
        previous = found;
        return Promise.resolve("value B");
      },
    });
    expect(value).toBe("value B");
    expect(previous).toBe("value 1");
    expect(await take()).toBe("value B");
  });

  test("is made anew on demand, and kept", async () => {
    await take();
    await sleep(5);
    expect(await take({ shouldRefresh: true })).toBe("value 2");
    expect(await take()).toBe("value 2");
  });

  test("is made by one of many at once, on demand too", async () => {
    const make = async (): Promise<string> => {
      made += 1;
      await sleep(50);
      return `value ${made}`;
    };
    const many = (refresh: boolean): Promise<string[]> =>
      Promise.all(
        Array.from({ length: 8 }, () =>
          take({ create: make, shouldRefresh: refresh }),
        ),
      );
    expect(new Set(await many(false))).toEqual(new Set(["value 1"]));
    await sleep(5);
    expect(new Set(await many(true))).toEqual(new Set(["value 2"]));
  });

  test("is made by the next one when making it fails", async () => {
    const fail = take({
      create: () => Promise.reject(new Error("no network")),
    });
    await expect(fail).rejects.toThrow("no network");
    expect(readdirSync(folder)).toEqual([]);
    expect(await take()).toBe("value 1");
  });

  test("lies in a folder that is closed to others when it was open to them", async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    await take();
    expect(permissions(folder)).toBe(0o700);
    expect(await take()).toBe("value 1");
  });

  test("is forgotten on demand", async () => {
    await take();
    removeCached(KEY, folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a file in the cache is not believed, and replaced, when", () => {
  /** What spoils the file, given its name. */
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
      renameSync(file, `${folder}.json`);
      symlinkSync(`${folder}.json`, file);
    },
    "it is for another key": (file) => {
      edit(file, { key: ["purpose", "stack/other"] });
    },
    "it was written in the future": (file) => {
      edit(file, { writtenAt: Date.now() + 60_000 });
    },
    "it does not say when it was written": (file) => {
      edit(file, { writtenAt: undefined });
    },
    "its value is none of the kind": (file) => {
      edit(file, { value: { of: "another version" } });
    },
  };

  function edit(file: string, fields: object): void {
    const entry = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...entry, ...fields }));
  }

  test.each(Object.entries(spoilers))("%s", async (_name, spoil) => {
    await take();
    spoil(keptFile());
    expect(await take()).toBe("value 2");
    expect(await take()).toBe("value 2");
    expect(permissions(keptFile())).toBe(0o600);
    expect(permissions(folder)).toBe(0o700);
    expect(lines).toEqual([]);
  });

  test("it is somebody else's, as far as the system says", async () => {
    await take();
    jest.spyOn(process, "getuid").mockReturnValue(12_345);
    expect(await take()).toBe("value 2");
    expect(lines[0]).toMatch(/^nothing is cached: /);
  });

  test("it is somebody else's", async () => {
    await take();
    giveAway(keptFile());
    expect(await take()).toBe("value 2");
    expect(statSync(keptFile()).uid).toBe(process.getuid?.());
  });

  test("its folder is somebody else's, which is left alone", async () => {
    await take();
    giveAway(folder);
    expect(await take()).toBe("value 2");
    expect(await take()).toBe("value 3");
    expect(lines[0]).toMatch(
      /^nothing is cached: .* must be a writable directory/,
    );
    expect(readFileSync(keptFile(), "utf8")).toContain("value 1");
  });

  test("its folder is a symbolic link, which is left alone", async () => {
    await take();
    const target = `${folder}-elsewhere`;
    renameSync(folder, target);
    symlinkSync(target, folder);
    expect(await take()).toBe("value 2");
    expect(readFileSync(keptFile(), "utf8")).toContain("value 1");
  });
});

describe("a cache that cannot be written", () => {
  test("is one whose folder may not be written to", async () => {
    await take();
    await sleep(5);
    jest.spyOn(fs, "accessSync").mockImplementation(() => {
      throw Object.assign(new Error("refused"), { code: "EACCES" });
    });
    expect(await take({ shouldRefresh: true })).toBe("value 2");
    expect(lines[0]).toMatch(
      /^nothing is cached: .* must be a writable directory /,
    );
    expect(readFileSync(keptFile(), "utf8")).toContain("value 1");
  });

  test("gives new values, and says so", async () => {
    writeFileSync(folder, "a file in its place");
    expect(await take()).toBe("value 1");
    expect(await take()).toBe("value 2");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain(`nothing is cached: ${folder} must be`);
  });

  test("gives a new value when a folder lies where the file would", async () => {
    await take();
    const file = keptFile();
    renameSync(file, `${folder}.json`);
    mkdirSync(path.join(file, "full"), { recursive: true });
    expect(await take()).toBe("value 2");
    expect(lines).toEqual([expect.stringMatching(/^nothing is cached: /)]);
  });

  test("does not wait for a process that is gone", async () => {
    await take();
    const lock = `${keptFile()}.lock`;
    // no process has this id
    symlinkSync("99999999", lock);
    await sleep(5);
    expect(await take({ shouldRefresh: true })).toBe("value 2");
    expect(existsSync(lock)).toBe(false);
  });

  test.each([
    ["its own id, as in a container", () => String(process.pid)],
    ["no id", () => "garbage"],
  ])("does not wait for a lock that was left with %s", async (_, holder) => {
    await take();
    symlinkSync(holder(), `${keptFile()}.lock`);
    await sleep(5);
    expect(await take({ shouldRefresh: true })).toBe("value 2");
    expect(existsSync(`${keptFile()}.lock`)).toBe(false);
  });

  test("gives a value that is not kept when another process holds it for too long, naming that", async () => {
    await take();
    symlinkSync(String(process.ppid), `${keptFile()}.lock`);
    await sleep(5);
    expect(await take({ shouldRefresh: true, waitSeconds: 0.2 })).toBe(
      "value 2",
    );
    expect(lines).toEqual([
      expect.stringMatching(
        /\.lock is locked by process \d+ for more than 0\.2 s$/,
      ),
    ]);
    expect(await take()).toBe("value 1");
  });
});

describe("the cache's folder", () => {
  test.each(["", "relative"])(
    "is nowhere for a user whose home is %j, and not in the working directory",
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
