import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { runProcess } from "../../../scripts/lib/system/processes";
import { PseudoTerminal } from "../../support/pseudo-terminal";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

/** Asks for a name and a secret at the terminal, and prints both on standard output. */
const PROGRAM = `
import { runCommand } from "./cli/run-command";
import { withTerminal } from "./cli/terminal";

void runCommand(() =>
  withTerminal({ needs: "a name is required", hint: "set NAME" }, async (terminal) => {
    if (process.argv[2] === "nothing") return 0;
    if (process.argv[2] === "withdraw") {
      const signal = AbortSignal.timeout(300);
      await terminal().ask("URL: ", { signal }).catch(() => terminal().writeLine("withdrawn"));
      await terminal().ask("Code: ", { signal }).catch(() => terminal().writeLine("withdrawn at once"));
    }
    const name = await terminal().ask("Name: ");
    terminal().writeLine("Hello " + name);
    const secret = await terminal("a secret is required").askHidden("Secret: ");
    const isSure = await terminal().confirm("Sure?");
    console.log(JSON.stringify({ name, secret, isSure, columns: terminal().columns }));
    return 0;
  }),
);
`;

let program: string[];
/** Without settings files, which the bundled program would report as ignored. */
let directory: string;

beforeAll(() => {
  directory = createTemporaryDirectory();
  const outfile = path.join(createTemporaryDirectory(), "program.cjs");
  buildSync({
    stdin: {
      contents: PROGRAM,
      loader: "ts",
      resolveDir: path.resolve("scripts", "lib"),
    },
    outfile,
    bundle: true,
    platform: "node",
  });
  program = [process.execPath, outfile];
});

afterAll(removeTemporaryDirectories);

describe("a terminal", () => {
  test("asks without echoing a secret, even if standard input and output are redirected", async () => {
    const terminal = new PseudoTerminal(program, {
      directory,
      script: '"$@" </dev/null',
      columns: 90,
    });
    await terminal.answer("Name: ", "jox\u007f ");
    await terminal.see("Hello jo");
    await terminal.answer("Secret: ", "s3cret ");
    await terminal.answer("Sure? [y/N] ", "Yes");
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      name: "jo",
      secret: "s3cret ",
      isSure: true,
      columns: 90,
    });
    expect(terminal.shown).not.toContain("s3cret");
    // the question is still shown after a character was deleted
    expect(terminal.shown).toMatch(/jox.*Name: jo/s);
  });

  test("withdraws a question, and asks the next one", async () => {
    const script = '"$@"; code=$?; stty -a >/dev/tty; exit $code';
    const terminal = new PseudoTerminal([...program, "withdraw"], {
      directory,
      script,
    });
    await terminal.see("URL: ");
    terminal.type("half an answ");
    await terminal.see("withdrawn at once");
    expect(terminal.shown).not.toContain("Code: ");
    await terminal.answer("Name: ", "jo");
    await terminal.answer("Secret: ", "s3cret");
    await terminal.answer("Sure? [y/N] ", "n");
    const { code, stdout } = await terminal.waitForExit();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "jo", secret: "s3cret" });
    await terminal.see(/ icanon[^]* echo /);
  });

  test("is not required by a command that asks no question", async () => {
    const [command = "", ...args] = program;
    const result = await runProcess(command, [...args, "nothing"], {
      directory,
      environment: process.env,
      timeoutSeconds: 10,
    });
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is restored after a signal ends the command during a question", async () => {
    const pidFile = path.join(createTemporaryDirectory(), "pid");
    const terminal = new PseudoTerminal(program, {
      directory,
      environment: { ...process.env, PID_FILE: pidFile },
      script:
        '"$@" & echo $! >"$PID_FILE"; wait $!; code=$?; stty -a >/dev/tty; exit $code',
    });
    await terminal.see("Name: ");
    process.kill(Number(readFileSync(pidFile, "utf8")), "SIGTERM");
    expect((await terminal.waitForExit()).code).toBe(143);
    await terminal.see(/ icanon[^]* echo /);
  });
});

describe("a question fails when", () => {
  test("there is no terminal", async () => {
    const [command = "", ...args] = program;
    const result = await runProcess(command, args, {
      directory,
      environment: process.env,
      timeoutSeconds: 10,
    });
    expect(result).toEqual({
      code: 1,
      stdout: "",
      stderr: "a name is required, but there is no terminal\nhint: set NAME\n",
    });
  });

  test("the answer is Ctrl-D", async () => {
    const terminal = new PseudoTerminal(program, { directory });
    await terminal.see("Name: ");
    terminal.type("\u0004");
    expect(await terminal.waitForExit()).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "an answer is required\nhint: Ctrl-D, or closing the terminal, ends the input\n",
    });
  });

  test("the terminal is closed", async () => {
    const terminal = new PseudoTerminal(program, {
      directory,
      script: `trap "" HUP; "$@" </dev/null`,
    });
    await terminal.see("Name: ");
    terminal.close();
    expect((await terminal.waitForExit()).stderr).toMatch(
      /^(an answer is required\n.*\n)?$/,
    );
  });

  test("the answer is Ctrl-C, which ends the command without a message", async () => {
    const terminal = new PseudoTerminal(program, {
      directory,
      script: '"$@"; code=$?; stty -a >/dev/tty; exit $code',
    });
    await terminal.answer("Name: ", "jo");
    await terminal.see("Secret: ");
    terminal.type("s3c\u0003");
    expect(await terminal.waitForExit()).toEqual({
      code: 130,
      stdout: "",
      stderr: "",
    });
    await terminal.see(/ icanon[^]* echo /);
    expect(terminal.shown).not.toContain("s3c");
  });
});
