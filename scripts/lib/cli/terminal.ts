import { openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { UserError } from "../../../constructs/errors";
import { onExit } from "../system/exit-hooks";

/** How long a question waits for its answer. */
const PATIENCE_MINUTES = 5;

/** The terminal that the person sits at, whatever standard input and output are. */
export interface Terminal {
  /** Its width in characters; what is wider is broken. */
  readonly columns: number;
  /** Shows a line. */
  writeLine(line: string): void;
  /** @throws UserError when no answer comes */
  ask(question: string): Promise<string>;
  /** Asks without showing what is typed. */
  askHidden(question: string): Promise<string>;
  /** Asks for yes or no; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Gives the terminal, opening it the first time.
 *
 * @param needs what is asked for now, where that is more to the point than what the whole job needs
 * @throws UserError when there is none
 */
export type OpenTerminal = (needs?: string) => Terminal;

/**
 * Gives `job` the terminal, which is opened with the first question: a command that asks nothing runs where there is
 * none.
 *
 * @param purpose what is asked for and how to give it otherwise, told where there is no terminal
 */
export async function withTerminal<T>(
  purpose: { readonly needs: string; readonly hint: string },
  job: (terminal: OpenTerminal) => Promise<T>,
): Promise<T> {
  let device: Device | undefined;
  try {
    return await job((needs = purpose.needs) => {
      device ??= openDevice();
      if (device !== undefined) return terminalOn(device);
      throw new UserError(
        `${needs}, and there is no terminal to ask at`,
        purpose.hint,
      );
    });
  } finally {
    device?.input.destroy();
    device?.output.destroy();
  }
}

interface Device {
  readonly input: ReadStream;
  readonly output: WriteStream;
}

/** Whether there is a terminal to ask at. */
export function hasTerminal(): boolean {
  const device = openDevice();
  if (device === undefined) return false;
  if (device.input !== process.stdin) {
    device.input.destroy();
    device.output.destroy();
  }
  return true;
}

function openDevice(): Device | undefined {
  if (isInBackground()) return undefined;
  try {
    return {
      input: new ReadStream(openSync("/dev/tty", "r")),
      output: new WriteStream(openSync("/dev/tty", "w")),
    };
  } catch {
    // no controlling terminal, or Windows, which has no such file
    const { stdin, stderr } = process;
    return stdin.isTTY && stderr.isTTY
      ? { input: stdin, output: stderr }
      : undefined;
  }
}

/** A job in the background would be stopped, with all that it holds, when it touches the terminal. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // after the command's name: state, parent, process group, session, terminal, the terminal's foreground group
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [group, foreground] = [fields[2], fields[5]];
    return foreground !== "-1" && group !== foreground;
  } catch {
    // a system without such a file
    return false;
  }
}

function terminalOn(device: Device): Terminal {
  const { output } = device;
  return {
    columns: output.columns,
    writeLine: (line) => {
      output.write(`${line}\n`);
    },
    ask: async (question) => (await readLine(device, question, true)).trim(),
    askHidden: async (question) => {
      const answer = await readLine(device, question, false);
      output.write("\n");
      return answer;
    },
    confirm: async (question) =>
      /^y(es)?$/i.test(
        (await readLine(device, `${question} [y/N] `, true)).trim(),
      ),
  };
}

/** Ctrl-C ends the process as it does where nothing is asked: by the signal, after what is to be cleaned up. */
function readLine(
  { input, output }: Device,
  question: string,
  isShown: boolean,
): Promise<string> {
  // before the question is seen, so that an answer that comes at once is not echoed by the terminal itself
  const lines = createInterface({
    input,
    output: isShown ? output : nowhere(),
    terminal: true,
    historySize: 0,
    prompt: isShown ? question : "",
  });
  return new Promise<string>((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      settle();
      // by its own name: readline stops reading keys by a listener of its own
      lines.off("close", onClose).close();
    };
    const fail = (hint: string): void => {
      finish();
      output.write("\n");
      reject(new UserError("a question was not answered", hint));
    };
    const onClose = (): void => {
      fail("Ctrl-D, or the terminal's end, answers none");
    };
    const timer = setTimeout(() => {
      fail(`answer within ${PATIENCE_MINUTES} minutes`);
    }, PATIENCE_MINUTES * 60_000);
    // what ends the process from outside must not leave the terminal without echo
    const settle = onExit(finish);
    lines.once("line", (answer) => {
      finish();
      resolve(answer);
    });
    lines.once("SIGINT", () => {
      finish();
      output.write("\n");
      process.kill(process.pid, "SIGINT");
    });
    lines.once("close", onClose);
    // the terminal itself is gone, as of a window that was closed
    lines.on("error", onClose);
    // stopped, the process would leave the terminal showing what is typed next, and keep others waiting
    lines.on("SIGTSTP", () => undefined);
    if (isShown) lines.prompt();
    else output.write(question);
  });
}

/** Takes what readline would show of an answer. */
function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
