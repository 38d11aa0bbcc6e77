import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../scripts/lib/system/file-lock";
import {
  runProcess,
  getLastLines,
} from "../../../scripts/lib/system/processes";

const project = path.resolve(__dirname, "../../..");
const environment = { PATH: process.env.PATH };
const options = { environment, timeoutSeconds: 20 };
/** Starts a grandchild, writes its id to the file `grandchild` and waits. */
const FAMILY = `sleep 60 & echo $! > grandchild; wait`;

jest.setTimeout(60_000);

let directory: string;
let stopScript: () => Promise<void>;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "processes-"));
  stopScript = () => Promise.resolve();
});

afterEach(async () => {
  await stopScript();
  rmSync(directory, { recursive: true });
});

/** A process that has ended and waits to be reaped counts as ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return /^[^Z]/.test(stdout.trim());
}

async function until(fact: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!fact()) {
    if (Date.now() > deadline)
      throw new Error(`not within 10 s: ${String(fact)}`);
    await sleep(20);
  }
}

async function grandchild(): Promise<number> {
  const file = path.join(directory, "grandchild");
  await until(() => existsSync(file) && readFileSync(file, "utf8") !== "");
  return Number(readFileSync(file, "utf8"));
}

/** Runs TypeScript of this project in a Node process of its own, since a signal is to end it. */
function spawnScript(code: string) {
  const file = path.join(directory, "script.cjs");
  execFileSync(
    path.join(project, "node_modules/.bin/esbuild"),
    ["--bundle", "--platform=node", `--outfile=${file}`, "--log-level=error"],
    { cwd: path.join(project, "scripts"), input: code },
  );
  const child = spawn(process.execPath, [file], {
    cwd: directory,
    stdio: "ignore",
  });
  const exit = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once("exit", (_code, signal) => {
      resolve(signal);
    });
  });
  stopScript = async () => {
    child.kill();
    await exit;
  };
  return { child, exit };
}

describe("a process", () => {
  test("gives its exit code and both outputs", async () => {
    const result = await runProcess(
      "sh",
      ["-c", "echo one; echo two >&2; exit 3"],
      options,
    );
    expect(result).toEqual({ code: 3, stdout: "one\n", stderr: "two\n" });
  });

  test("has its lines told as they come, the last one without a line end too", async () => {
    const lines: string[] = [];
    await runProcess("sh", ["-c", "echo one; printf two"], {
      ...options,
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(["one", "two"]);
  });

  test("runs in its folder, with no variables but its own and without input", async () => {
    const { stdout } = await runProcess(
      "sh",
      ["-c", "pwd; echo $FOO$HOME; cat"],
      {
        ...options,
        directory,
        environment: { ...environment, FOO: "bar", HOME: undefined },
      },
    );
    expect(stdout).toMatch(/processes-\w+\nbar\n$/);
  });

  test("that does not exist ends with 127, one that may not be run with 126", async () => {
    const file = path.join(directory, "plain");
    writeFileSync(file, "");
    const codes = await Promise.all(
      ["no-such-command", file].map((name) => runProcess(name, [], options)),
    );
    expect(codes.map(({ code }) => code)).toEqual([127, 126]);
  });

  test("that a signal ends has 128 and the signal's number", async () => {
    const { code } = await runProcess("sh", ["-c", "kill -9 $$"], options);
    expect(code).toBe(137);
  });

  test("fails when its folder is missing", async () => {
    const missing = { ...options, directory: path.join(directory, "none") };
    await expect(runProcess("true", [], missing)).rejects.toThrow(
      /directory .*none does not exist/,
    );
  });

  test("fails when its time is over, and what it started ends too", async () => {
    const running = runProcess("sh", ["-c", FAMILY], {
      ...options,
      directory,
      timeoutSeconds: 0.3,
    });
    await expect(running).rejects.toThrow(
      /^sh -c sleep 60 .* took longer than 0.3 s and was ended$/,
    );
    const pid = await grandchild();
    await until(() => !isAlive(pid));
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends with all that it started when %s ends this one, which dies of that signal",
    async (signal) => {
      const { child, exit } = spawnScript(`
        import { runProcess } from "./lib/system/processes";
        void runProcess("sh", ["-c", ${JSON.stringify(FAMILY)}], {
          environment: process.env, timeoutSeconds: 60,
        });
      `);
      const pid = await grandchild();
      child.kill(signal);
      expect(await exit).toBe(signal);
      await until(() => !isAlive(pid));
    },
  );

  test("ends with all that it started when this one ends of an error", async () => {
    const { exit } = spawnScript(`
      import { existsSync } from "node:fs";
      import { runProcess } from "./lib/system/processes";
      void runProcess("sh", ["-c", ${JSON.stringify(FAMILY)}], {
        environment: process.env, timeoutSeconds: 60,
      });
      setInterval(() => { if (existsSync("grandchild")) throw new Error(); }, 20);
    `);
    await exit;
    const pid = await grandchild();
    await until(() => !isAlive(pid));
  });
});

test("the tail of a text is its last lines", () => {
  expect(getLastLines("one\ntwo\nthree\n", 2)).toBe("two\nthree");
});

describe("a lock", () => {
  const lockOptions = { log: () => undefined, waitSeconds: 10 };

  test("lets one job run at a time, and is gone after the last", async () => {
    const lock = path.join(directory, "nested", "lock");
    let running = 0;
    let most = 0;
    const job = async () => {
      most = Math.max(most, ++running);
      await sleep(10);
      running--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lock, lockOptions, job)));
    expect(most).toBe(1);
    expect(() => readFileSync(lock)).toThrow("ENOENT");
  });

  test("is given back when the job fails", async () => {
    const lock = path.join(directory, "lock");
    const failing = withLock(lock, lockOptions, () =>
      Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    await withLock(lock, lockOptions, () => Promise.resolve());
  });

  test("is taken over by one alone when its holder was killed", async () => {
    const lock = path.join(directory, "lock");
    const { exit } = spawnScript(`
      import { withLock } from "./lib/system/file-lock";
      void withLock("lock", { log: () => {}, waitSeconds: 1 }, async () => {
        process.kill(process.pid, "SIGKILL");
        await new Promise(() => {});
      });
    `);
    await exit;
    let running = 0;
    const job = async () => {
      expect(++running).toBe(1);
      await sleep(10);
      running--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lock, lockOptions, job)));
    expect(existsSync(`${lock}.break`)).toBe(false);
  });

  test("is given back when its holder is interrupted", async () => {
    const { child, exit } = spawnScript(`
      import { writeFileSync } from "node:fs";
      import { withLock } from "./lib/system/file-lock";
      void withLock("lock", { log: () => {}, waitSeconds: 1 }, async () => {
        writeFileSync("held", "");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });
    `);
    await until(() => existsSync(path.join(directory, "held")));
    child.kill("SIGTERM");
    expect(await exit).toBe("SIGTERM");
    expect(() => readFileSync(path.join(directory, "lock"))).toThrow("ENOENT");
  });

  test("fails when it stays held, naming the holder", async () => {
    const lock = path.join(directory, "lock");
    await withLock(lock, lockOptions, async () => {
      const second = withLock(lock, { ...lockOptions, waitSeconds: 0 }, () =>
        Promise.resolve(),
      );
      await expect(second).rejects.toThrow(
        `is locked by process ${process.pid} for more than 0 s`,
      );
    });
  });
});
