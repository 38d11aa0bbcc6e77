import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { UserError } from "../../../constructs/errors";
import { runCommand } from "../../../scripts/lib/cli/command";

/** What a command's end prints, and its exit code. */
async function endOf(
  command: () => Promise<number>,
): Promise<{ code: unknown; said: string }> {
  const print = jest
    .spyOn(console, "error")
    .mockImplementation(() => undefined);
  const before = process.exitCode;
  try {
    await runCommand(command);
    return {
      code: process.exitCode,
      said: print.mock.calls.map((call) => String(call[0])).join("\n"),
    };
  } finally {
    process.exitCode = before;
    // it stays for the process's life, of which this file has one
    process.stdout.removeAllListeners("error");
    print.mockRestore();
  }
}

describe("a command", () => {
  test("exits with the code it returns", async () => {
    expect(await endOf(() => Promise.resolve(3))).toEqual({
      code: 3,
      said: "",
    });
  });

  test("shows a person's mistake as its message and hint alone", async () => {
    const mistake = new UserError("stage must be dev", "set STAGE");
    expect(await endOf(() => Promise.reject(mistake))).toEqual({
      code: 1,
      said: "stage must be dev\nhint: set STAGE",
    });
  });

  test("does not repeat an argument that is no option: it may be a secret", async () => {
    const { code, said } = await endOf(() => {
      parseArgs({ args: ["hunter2"] });
      return Promise.resolve(0);
    });
    expect(code).toBe(2);
    expect(said).toBe(
      "only options are accepted, got an argument that is none\nhint: --help lists what is accepted",
    );
  });

  test("shows an option that it does not take by its name alone", async () => {
    const { code, said } = await endOf(() => {
      parseArgs({ args: ["--password=hunter2"] });
      return Promise.resolve(0);
    });
    expect(code).toBe(2);
    expect(said).toMatch(/^Unknown option '--password'/);
    expect(said).not.toContain("hunter2");
  });

  test.each([
    [
      "is told when its output is lost",
      "ENOSPC",
      1,
      "cannot write to standard output: no more",
    ],
    ["is done when its reader has had enough", "EPIPE", 0, ""],
  ])("%s", async (_, code, exitCode, said) => {
    const lost = Object.assign(new Error("no more"), { code });
    expect(
      await endOf(() => {
        process.stdout.emit("error", lost);
        return Promise.resolve(0);
      }),
    ).toEqual({ code: exitCode, said });
  });

  test("shows a file that cannot be used by its name", async () => {
    const { code, said } = await endOf(async () => {
      await readFile("nowhere/at-all");
      return 0;
    });
    expect(code).toBe(1);
    expect(said).toMatch(/^cannot use nowhere\/at-all: ENOENT\nhint: /);
  });

  test("shows a defect with its stack", async () => {
    const { code, said } = await endOf(() =>
      Promise.reject(new TypeError("x is not a function")),
    );
    expect(code).toBe(70);
    expect(said).toMatch(/^TypeError: x is not a function\n {4}at /);
  });
});
