import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn, type IPty } from "@lydell/node-pty";
import type { Environment } from "../../stacks/config/environment";
import { createTemporaryDirectory } from "./stage";

const TIMEOUT_SECONDS = 20;

/** Result of a command in a {@link PseudoTerminal}. */
export interface TerminalResult {
  /** 128 plus the signal's number after a signal, as in a shell. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command at a terminal where a test types. Standard output and error go to files, so that the terminal shows only
 * what the command writes to the terminal itself.
 */
export class PseudoTerminal {
  /** Everything that the terminal has shown. */
  shown = "";
  private read = 0;
  private readonly pty: IPty;
  private readonly ended: Promise<number>;
  private readonly directory = createTemporaryDirectory();
  private readonly timeoutMs: number;

  /**
   * @param options `script`: a shell script that runs the command as `"$@"`; `timeoutSeconds`: time to wait for a text or
   * for the end
   */
  constructor(
    command: readonly string[],
    options: {
      readonly directory?: string;
      readonly environment?: Environment;
      readonly columns?: number;
      readonly script?: string;
      readonly timeoutSeconds?: number;
    } = {},
  ) {
    this.timeoutMs = (options.timeoutSeconds ?? TIMEOUT_SECONDS) * 1000;
    const { environment = process.env, script = '"$@"' } = options;
    const env = Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const redirected = `{ ${script}; } >"$0/stdout" 2>"$0/stderr"`;
    this.pty = spawn(
      "/bin/sh",
      ["-c", redirected, this.directory, ...command],
      {
        cwd: options.directory ?? process.cwd(),
        env: Object.fromEntries(env),
        cols: options.columns ?? 120,
        rows: 50,
      },
    );
    this.pty.onData((text) => {
      this.shown += text;
    });
    this.ended = new Promise((resolve) => {
      this.pty.onExit(({ exitCode, signal = 0 }) => {
        resolve(signal === 0 ? exitCode : 128 + signal);
      });
    });
  }

  /** Closes the terminal, as a user closes its window. */
  close(): void {
    (this.pty as IPty & { readonly destroy: () => void }).destroy();
  }

  /** Waits for a question after the previous match, and types an answer. */
  async answer(question: string | RegExp, answer: string): Promise<void> {
    await this.see(question);
    this.type(`${answer}\r`);
  }

  /** Waits for a text after the previous match. */
  async see(text: string | RegExp): Promise<RegExpExecArray> {
    const pattern =
      typeof text === "string"
        ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        : text;
    const deadline = Date.now() + this.timeoutMs;
    for (;;) {
      const match = pattern.exec(this.shown.slice(this.read));
      if (match !== null) {
        this.read += match.index + match[0].length;
        return match;
      }
      if (Date.now() > deadline) {
        this.kill();
        throw new Error(
          `the terminal did not show ${pattern.source}:\n${this.shown}\n${this.file("stderr")}`,
        );
      }
      await sleep(10);
    }
  }

  type(keys: string): void {
    this.pty.write(keys);
  }

  kill(signal = "SIGKILL"): void {
    this.pty.kill(signal);
  }

  async waitForExit(): Promise<TerminalResult> {
    const timer = setTimeout(() => {
      this.kill();
    }, this.timeoutMs);
    const code = await this.ended;
    clearTimeout(timer);
    return {
      code,
      stdout: this.file("stdout"),
      stderr: this.file("stderr"),
    };
  }

  private file(name: string): string {
    return readFileSync(path.join(this.directory, name), "utf8");
  }
}
