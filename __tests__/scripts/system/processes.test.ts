import { spawnSync } from "node:child_process";
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
import {
  type ScriptProcess,
  spawnScript,
  waitUntil,
} from "../../support/script-process";

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

/** A zombie process counts as ended. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return /^[^Z]/.test(stdout.trim());
}

async function readGrandchild(): Promise<number> {
  const file = path.join(directory, "grandchild");
  await waitUntil(() => existsSync(file) && readFileSync(file, "utf8") !== "");
  return Number(readFileSync(file, "utf8"));
}

/** Runs TypeScript of this project in another Node process, which the test ends. */
function startScript(code: string): ScriptProcess {
  const script = spawnScript(directory, code);
  stopScript = async () => {
    script.kill();
    await script.exit;
  };
  return script;
}

describe("runProcess", () => {
  test("returns the exit code and both outputs", async () => {
    const result = await runProcess(
      "sh",
      ["-c", "echo one; echo two >&2; exit 3"],
      options,
    );
    expect(result).toEqual({ code: 3, stdout: "one\n", stderr: "two\n" });
  });

  test("passes each line, also a last line without line end", async () => {
    const lines: string[] = [];
    await runProcess("sh", ["-c", "echo one; printf two"], {
      ...options,
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(["one", "two"]);
  });

  test("uses the directory, only the passed variables, and no input", async () => {
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

  test("returns 127 for a missing command, and 126 for one without permission", async () => {
    const file = path.join(directory, "plain");
    writeFileSync(file, "");
    const codes = await Promise.all(
      ["no-such-command", file].map((name) => runProcess(name, [], options)),
    );
    expect(codes.map(({ code }) => code)).toEqual([127, 126]);
  });

  test("returns 128 plus the number of the signal that ended the command", async () => {
    const { code } = await runProcess("sh", ["-c", "kill -9 $$"], options);
    expect(code).toBe(137);
  });

  test("fails when the directory does not exist", async () => {
    const missing = { ...options, directory: path.join(directory, "none") };
    await expect(runProcess("true", [], missing)).rejects.toThrow(
      /directory .*none does not exist/,
    );
  });

  test("fails after the timeout, and ends the processes that the command started", async () => {
    const running = runProcess("sh", ["-c", FAMILY], {
      ...options,
      directory,
      timeoutSeconds: 2,
    });
    await expect(running).rejects.toThrow(
      /^sh -c sleep 60 .* took longer than 2 s and was ended$/,
    );
    const pid = await readGrandchild();
    await waitUntil(() => !isAlive(pid));
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "ends with its children when %s ends this process, which exits by that signal",
    async (signal) => {
      const { kill, exit } = startScript(`
        import { runProcess } from "./lib/system/processes";
        void runProcess("sh", ["-c", ${JSON.stringify(FAMILY)}], {
          environment: process.env, timeoutSeconds: 60,
        });
      `);
      const pid = await readGrandchild();
      kill(signal);
      expect(await exit).toBe(signal);
      await waitUntil(() => !isAlive(pid));
    },
  );

  describe("of a command that completes its work", () => {
    /** Traps SIGINT, which ends it with exit code 3; ends by itself when the file `finish` exists. */
    const WORKER = `trap 'exit 3' INT
      echo > started
      while ! test -e finish; do sleep 0.02; done`;

    function startWorker(worker = WORKER) {
      return startScript(`
        import { appendFileSync } from "node:fs";
        import { runProcess } from "./lib/system/processes";
        const log = (line) => appendFileSync("log", line + "\\n");
        void runProcess("sh", ["-c", ${JSON.stringify(worker)}], {
          environment: process.env,
          timeoutSeconds: 60,
          completion: {
            onWait: () => log("wait"),
            onInterrupt: () => log("interrupt"),
            onEnd: ({ code }) => log("end " + code),
          },
        });
      `);
    }

    async function waitForStart(): Promise<void> {
      await waitUntil(() => existsSync(path.join(directory, "started")));
    }

    const readLog = (): string =>
      readFileSync(path.join(directory, "log"), "utf8");

    test.each(["SIGINT", "SIGHUP"] as const)(
      "waits for its end after %s, which can be sent twice at once",
      async (signal) => {
        const { kill, exit } = startWorker();
        await waitForStart();
        kill(signal);
        await waitUntil(() => existsSync(path.join(directory, "log")));
        kill(signal);
        await sleep(100);
        writeFileSync(path.join(directory, "finish"), "");
        expect(await exit).toBe(signal);
        expect(readLog()).toBe("wait\nend 0\n");
      },
    );

    test("interrupts it after a second signal", async () => {
      const { kill, exit } = startWorker();
      await waitForStart();
      kill("SIGINT");
      await sleep(600);
      kill("SIGINT");
      expect(await exit).toBe("SIGINT");
      expect(readLog()).toBe("wait\ninterrupt\nend 3\n");
    });

    test("interrupts it after SIGTERM, and kills it after two more signals", async () => {
      const { kill, exit } = startWorker(`trap '' INT\n${FAMILY}`);
      const pid = await readGrandchild();
      for (const signal of ["SIGTERM", "SIGINT", "SIGTERM"] as const) {
        expect(isAlive(pid)).toBe(true);
        kill(signal);
        await sleep(600);
      }
      expect(await exit).toBe("SIGTERM");
      expect(readLog()).toBe("interrupt\ninterrupt\n");
      await waitUntil(() => !isAlive(pid));
    });
  });

  test("ends with its children when this process exits after an error", async () => {
    const { exit } = startScript(`
      import { existsSync } from "node:fs";
      import { runProcess } from "./lib/system/processes";
      void runProcess("sh", ["-c", ${JSON.stringify(FAMILY)}], {
        environment: process.env, timeoutSeconds: 60,
      });
      setInterval(() => { if (existsSync("grandchild")) throw new Error(); }, 20);
    `);
    await exit;
    const pid = await readGrandchild();
    await waitUntil(() => !isAlive(pid));
  });
});

test("getLastLines returns the last lines of a text", () => {
  expect(getLastLines("one\ntwo\nthree\n", 2)).toBe("two\nthree");
});

describe("withLock", () => {
  const lockOptions = { log: () => undefined, waitSeconds: 10 };

  test("runs one job at a time, and removes the lock", async () => {
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

  test("releases the lock when the job fails", async () => {
    const lock = path.join(directory, "lock");
    const failing = withLock(lock, lockOptions, () =>
      Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    await withLock(lock, lockOptions, () => Promise.resolve());
  });

  test("breaks the lock of a killed process, for one caller only", async () => {
    const lock = path.join(directory, "lock");
    const { exit } = startScript(`
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

  test("releases the lock when a signal ends the process", async () => {
    const { kill, exit } = startScript(`
      import { writeFileSync } from "node:fs";
      import { withLock } from "./lib/system/file-lock";
      void withLock("lock", { log: () => {}, waitSeconds: 1 }, async () => {
        writeFileSync("held", "");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });
    `);
    await waitUntil(() => existsSync(path.join(directory, "held")));
    kill("SIGTERM");
    expect(await exit).toBe("SIGTERM");
    expect(() => readFileSync(path.join(directory, "lock"))).toThrow("ENOENT");
  });

  test("fails when another process holds the lock, with its process id", async () => {
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
