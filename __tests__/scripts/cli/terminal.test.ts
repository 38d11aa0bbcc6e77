import path from "node:path";
import { buildSync } from "esbuild";
import { runProcess } from "../../../scripts/lib/system/processes";
import { PseudoTerminal } from "../../support/pseudo-terminal";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

/** Asks for a name and a secret at the terminal, and tells both on standard output. */
const PROGRAM = `
import { runCommand } from "./cli/command";
import { withTerminal } from "./cli/terminal";

void runCommand(() =>
  withTerminal({ needs: "a name is needed", hint: "set NAME" }, async (terminal) => {
    if (process.argv[2] === "nothing") return 0;
    const name = await terminal().ask("Name: ");
    terminal().writeLine("Hello " + name);
    const secret = await terminal("a secret is needed").askHidden("Secret: ");
    const isSure = await terminal().confirm("Sure?");
    console.log(JSON.stringify({ name, secret, isSure, columns: terminal().columns }));
    return 0;
  }),
);
`;

let program: string[];

beforeAll(() => {
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
  test("asks, and shows no secret, whatever standard input and output are", async () => {
    const terminal = new PseudoTerminal(program, {
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
    // the question is still there when a letter has been taken back
    expect(terminal.shown).toMatch(/jox.*Name: jo/s);
  });

  test("is not needed where nothing is asked", async () => {
    const [command = "", ...args] = program;
    const result = await runProcess(command, [...args, "nothing"], {
      environment: process.env,
      timeoutSeconds: 10,
    });
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is left as it was when a signal ends the command in a question", async () => {
    const terminal = new PseudoTerminal(program, {
      script:
        '"$@" & sleep 1; kill -TERM $!; wait $!; code=$?; stty -a >/dev/tty; exit $code',
    });
    await terminal.see("Name: ");
    expect((await terminal.waitForExit()).code).toBe(143);
    await terminal.see(/ icanon[^]* echo /);
  });
});

describe("asking fails when", () => {
  test("there is no terminal", async () => {
    const [command = "", ...args] = program;
    const result = await runProcess(command, args, {
      environment: process.env,
      timeoutSeconds: 10,
    });
    expect(result).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "a name is needed, and there is no terminal to ask at\nhint: set NAME\n",
    });
  });

  test("the answer is Ctrl-D", async () => {
    const terminal = new PseudoTerminal(program);
    await terminal.see("Name: ");
    terminal.type("\u0004");
    expect(await terminal.waitForExit()).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "a question was not answered\nhint: Ctrl-D, or the terminal's end, answers none\n",
    });
  });

  test("the answer is Ctrl-C, by which the command ends without a word", async () => {
    const terminal = new PseudoTerminal(program, {
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
