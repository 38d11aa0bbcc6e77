import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn, type IPty } from "@lydell/node-pty";
import type { Environment } from "../../stacks/config/environment";
import { createTemporaryDirectory } from "./stage";

const PATIENCE_MS = 20_000;

/** How a command ended that ran in a {@link PseudoTerminal}. */
export interface TerminalResult {
  /** Of a signal, 128 more than its number, as a shell has it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A command at a terminal that a test types on. Its standard output and error go to files: what is seen on the terminal
 * was written to the terminal itself.
 */
export class PseudoTerminal {
  /** All that was seen. */
  shown = "";
  private read = 0;
  private readonly pty: IPty;
  private readonly ended: Promise<number>;
  private readonly folder = createTemporaryDirectory();

  /**
   * @param script what a shell runs, `"$@"` being the command
   */
  constructor(
    command: readonly string[],
    options: {
      readonly directory?: string;
      readonly environment?: Environment;
      readonly columns?: number;
      readonly script?: string;
    } = {},
  ) {
    const { environment = process.env, script = '"$@"' } = options;
    const env = Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const redirected = `{ ${script}; } >"$0/stdout" 2>"$0/stderr"`;
    this.pty = spawn("/bin/sh", ["-c", redirected, this.folder, ...command], {
      cwd: options.directory ?? process.cwd(),
      env: Object.fromEntries(env),
      cols: options.columns ?? 120,
      rows: 50,
    });
    this.pty.onData((text) => {
      this.shown += text;
    });
    this.ended = new Promise((resolve) => {
      this.pty.onExit(({ exitCode, signal = 0 }) => {
        resolve(signal === 0 ? exitCode : 128 + signal);
      });
    });
  }

  /** Waits for a text after those that were waited for before, and types an answer to it. */
  async answer(question: string | RegExp, answer: string): Promise<void> {
    await this.see(question);
    this.type(`${answer}\r`);
  }

  /** Waits for a text after those that were waited for before. */
  async see(text: string | RegExp): Promise<RegExpExecArray> {
    const pattern =
      typeof text === "string"
        ? new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        : text;
    const deadline = Date.now() + PATIENCE_MS;
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
    const overdue = setTimeout(() => {
      this.kill();
    }, PATIENCE_MS);
    const code = await this.ended;
    clearTimeout(overdue);
    return {
      code,
      stdout: this.file("stdout"),
      stderr: this.file("stderr"),
    };
  }

  private file(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }
}
