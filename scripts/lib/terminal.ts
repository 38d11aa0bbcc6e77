import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { UserError } from "../../constructs/errors";

/** How long a question waits for its answer. */
const PATIENCE_MINUTES = 5;

/** The terminal that the person sits at, whatever standard input and output are. */
export interface Terminal {
  readonly columns: number;
  /** Shows a line. */
  write(line: string): void;
  /** @throws UserError when no answer comes */
  ask(question: string): Promise<string>;
  /** Asks without showing what is typed. */
  askHidden(question: string): Promise<string>;
  /** Asks for yes or no; anything but yes is no. */
  confirm(question: string): Promise<boolean>;
}

/**
 * Gives `job` the terminal, which is opened with the first question: a command that asks nothing runs where there is
 * none.
 *
 * @param purpose what is asked for and how to give it otherwise, told where there is no terminal
 */
export async function withTerminal<T>(
  purpose: { readonly needs: string; readonly hint: string },
  job: (terminal: () => Terminal) => Promise<T>,
): Promise<T> {
  let device: Device | undefined;
  try {
    return await job(() => {
      device ??= openDevice();
      if (device === undefined) {
        throw new UserError(
          `${purpose.needs}, and there is no terminal to ask at`,
          purpose.hint,
        );
      }
      return terminalOn(device);
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

function openDevice(): Device | undefined {
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

function terminalOn({ input, output }: Device): Terminal {
  const question = (text: string, isShown: boolean): Promise<string> => {
    output.write(text);
    return readLine({ input, output }, isShown);
  };
  return {
    columns: output.columns,
    write: (line) => {
      output.write(`${line}\n`);
    },
    ask: async (text) => (await question(text, true)).trim(),
    askHidden: async (text) => {
      const answer = await question(text, false);
      output.write("\n");
      return answer;
    },
    confirm: async (text) =>
      /^y(es)?$/i.test((await question(`${text} [y/N] `, true)).trim()),
  };
}

function readLine(
  { input, output }: Device,
  isShown: boolean,
): Promise<string> {
  const silent = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const lines = createInterface({
    input,
    output: isShown ? output : silent,
    terminal: true,
    historySize: 0,
  });
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      lines.close();
    }, PATIENCE_MINUTES * 60_000);
    lines.once("line", resolve);
    lines.once("line", () => {
      lines.close();
    });
    lines.once("SIGINT", () => {
      clearTimeout(timer);
      lines.removeAllListeners("close").close();
      output.write("\n");
      process.kill(process.pid, "SIGINT");
    });
    // after an answer, a rejection has no effect
    lines.once("close", () => {
      clearTimeout(timer);
      reject(
        new UserError(
          `a question was not answered`,
          `answer within ${PATIENCE_MINUTES} minutes`,
        ),
      );
    });
  });
}
