import { readFile } from "node:fs/promises";
import { UserError } from "../../../constructs/errors";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { listIgnoredSettingsFiles } from "../../../stacks/config/settings-directory";

jest.mock("../../../stacks/config/settings-directory");

beforeEach(() => {
  jest.mocked(listIgnoredSettingsFiles).mockReturnValue([]);
});

/** Runs a command, and returns its exit code and its output on standard error. */
async function run(
  command: () => Promise<number>,
): Promise<{ code: unknown; stderr: string }> {
  const print = jest
    .spyOn(console, "error")
    .mockImplementation(() => undefined);
  const before = process.exitCode;
  try {
    await runCommand(command);
    return {
      code: process.exitCode,
      stderr: print.mock.calls.map((call) => String(call[0])).join("\n"),
    };
  } finally {
    process.exitCode = before;
    // runCommand adds one for the lifetime of the process
    process.stdout.removeAllListeners("error");
    process.stderr.removeAllListeners("error");
    print.mockRestore();
  }
}

describe("runCommand", () => {
  test("exits with the code that the command returns", async () => {
    expect(await run(() => Promise.resolve(3))).toEqual({
      code: 3,
      stderr: "",
    });
  });

  test("prints a UserError as its message and hint", async () => {
    const error = new UserError("stage must be dev", "set STAGE");
    expect(await run(() => Promise.reject(error))).toEqual({
      code: 1,
      stderr: "stage must be dev\nhint: set STAGE",
    });
  });

  test("names ignored settings files only with errors that they can explain", async () => {
    jest.mocked(listIgnoredSettingsFiles).mockReturnValue([".env.dev"]);
    const [usage, other] = [
      await run(() => Promise.reject(new UsageError("unknown option --x"))),
      await run(() => Promise.reject(new UserError("STAGE is required"))),
    ];
    expect(usage.stderr).not.toContain(".env.dev");
    expect(other.stderr).toContain(
      "hint: an installed command does not read .env.dev in this directory",
    );
  });

  test.each([
    [
      "fails when its output is lost",
      "ENOSPC",
      1,
      "cannot write to standard output: no more",
    ],
    ["succeeds when the reader needs no more output", "EPIPE", 0, ""],
  ])("%s", async (_, code, exitCode, stderr) => {
    const failure = Object.assign(new Error("no more"), { code });
    expect(
      await run(() => {
        process.stdout.emit("error", failure);
        process.stdout.emit("error", failure);
        return Promise.resolve(0);
      }),
    ).toEqual({ code: exitCode, stderr });
  });

  test.each([
    ["the terminal is closed", "EIO", 1],
    ["the reader ends", "EPIPE", 0],
  ])(
    "runs to the end when standard error is lost: %s",
    async (_, code, exitCode) => {
      const failure = Object.assign(new Error("no more"), { code });
      expect(
        await run(() => {
          process.stderr.emit("error", failure);
          return Promise.resolve(0);
        }),
      ).toEqual({ code: exitCode, stderr: "" });
    },
  );

  test("prints the path of a file that it cannot read", async () => {
    const { code, stderr } = await run(async () => {
      await readFile("nowhere/at-all");
      return 0;
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^cannot use nowhere\/at-all: no such file or directory \(ENOENT\)\nhint: /,
    );
  });

  test("prints an internal error with its stack", async () => {
    const { code, stderr } = await run(() =>
      Promise.reject(new TypeError("x is not a function")),
    );
    expect(code).toBe(70);
    expect(stderr).toMatch(/^TypeError: x is not a function\n {4}at /);
  });
});
