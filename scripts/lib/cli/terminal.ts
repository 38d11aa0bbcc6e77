import { openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { onExit } from "../system/exit-hooks";

/** Time limit of an answer. */
const ANSWER_MINUTES = 5;

export interface AskOptions {
  /** Withdraws the question, which then fails. */
  readonly signal?: AbortSignal;
  /** Time limit of the answer. @default 5 */
  readonly minutes?: number;
}

/** The user's terminal, even if standard input and output are redirected. */
export interface Terminal {
  /** Width in characters; longer lines wrap. */
  readonly columns: number;
  writeLine(line: string): void;
  /** @throws UserError if the user does not answer */
  ask(question: string, options?: AskOptions): Promise<string>;
  /** Asks without echoing the input. */
  askHidden(question: string): Promise<string>;
  /** Asks for yes or no; any other answer is no. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Returns the terminal, which the first call opens.
 *
 * @param needs replaces the reason in the error message, for one question
 * @throws UserError if there is no terminal
 */
export type OpenTerminal = (needs?: string) => Terminal;

/** Returns whether text on a stream can have colors: on a terminal, unless `NO_COLOR` is set. */
export function hasColors({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true && (getEnvironment().NO_COLOR ?? "") === "";
}

/**
 * Runs `job` with access to the terminal, which is opened by the first question. A command that asks no question needs no
 * terminal.
 *
 * @param purpose reason and hint of the error if there is no terminal
 */
export async function withTerminal<T>(
  purpose: { readonly needs: string; readonly hint: string },
  job: (terminal: OpenTerminal) => Promise<T>,
): Promise<T> {
  let device: Device | undefined;
  try {
    return await job((needs = purpose.needs) => {
      device ??= openDevice();
      if (device !== undefined) return createTerminal(device);
      throw new UserError(`${needs}, but there is no terminal`, purpose.hint);
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

/** Returns whether the user can be asked. */
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
    const input = new ReadStream(openSync("/dev/tty", "r"));
    const output = new WriteStream(openSync("/dev/tty", "w"));
    // a terminal that is closed ends the question, not the command
    for (const stream of [input, output]) stream.on("error", () => undefined);
    return { input, output };
  } catch {
    // no controlling terminal, or Windows, which has no such file
    const { stdin, stderr } = process;
    return stdin.isTTY && stderr.isTTY
      ? { input: stdin, output: stderr }
      : undefined;
  }
}

/** Returns whether this is a background job, which the system would suspend when it uses the terminal. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // after the command name: state, parent, process group, session, terminal, foreground process group
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [group, foreground] = [fields[2], fields[5]];
    return foreground !== "-1" && group !== foreground;
  } catch {
    // not Linux
    return false;
  }
}

function createTerminal(device: Device): Terminal {
  const { output } = device;
  return {
    columns: output.columns,
    writeLine: (line) => {
      output.write(`${line}\n`);
    },
    ask: async (question, options) =>
      (await readLine(device, question, true, options)).trim(),
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

/** Reads one line. Ctrl-C ends the process by a signal, after the exit hooks. */
function readLine(
  { input, output }: Device,
  question: string,
  isShown: boolean,
  { signal, minutes = ANSWER_MINUTES }: AskOptions = {},
): Promise<string> {
  // created before the question is shown, so that the terminal does not echo an early answer
  const lines = createInterface({
    input,
    output: isShown ? output : createNullStream(),
    terminal: true,
    historySize: 0,
    prompt: isShown ? question : "",
  });
  return new Promise<string>((resolve, reject) => {
    let isFinished = false;
    const finish = (): void => {
      isFinished = true;
      clearTimeout(timer);
      dispose();
      signal?.removeEventListener("abort", onAbort);
      // removes this listener only: readline has its own
      lines.off("close", onClose).close();
    };
    const fail = (hint: string): void => {
      // a terminal that was closed reports another error when the question ends
      if (isFinished) return;
      finish();
      output.write("\n");
      reject(new UserError("an answer is required", hint));
    };
    const onClose = (): void => {
      fail("Ctrl-D, or closing the terminal, ends the input");
    };
    const onAbort = (): void => {
      fail("the question was withdrawn");
    };
    const timer = setTimeout(() => {
      fail(`answer within ${minutes} minutes`);
    }, minutes * 60_000);
    // restores the echo if a signal ends the process
    const dispose = onExit(finish);
    signal?.addEventListener("abort", onAbort);
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
    // the terminal was closed
    lines.on("error", onClose);
    // a suspended process would leave the echo on and its locks held
    lines.on("SIGTSTP", () => undefined);
    if (signal?.aborted === true) onAbort();
    else if (isShown) lines.prompt();
    else output.write(question);
  });
}

/** Discards the echo of readline. */
function createNullStream(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
