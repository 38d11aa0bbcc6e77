import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../stacks/config/environment";

const PROJECT = path.resolve(__dirname, "../..");

/** A command of this project in its own process group, like one that a terminal starts. */
export class CommandProcess {
  /** Lines of both outputs. */
  readonly lines: string[] = [];
  protected readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(
    private readonly args: readonly string[],
    options: {
      readonly environment: Environment;
      /** @default the working directory */
      readonly directory?: string;
    },
  ) {
    this.child = spawn(
      process.execPath,
      [path.join(PROJECT, "scripts", "run.mjs"), ...args],
      {
        cwd: options.directory,
        detached: true,
        env: options.environment,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.closed = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) =>
        this.lines.push(line),
      );
    }
  }

  /** Waits for a line of output with a prefix. */
  async waitForLine(prefix: string): Promise<void> {
    const isPrinted = () => this.lines.some((line) => line.startsWith(prefix));
    while (!isPrinted()) {
      if (this.child.exitCode !== null) {
        throw new Error(
          `${this.args.join(" ")} did not print "${prefix}":\n${this.lines.join("\n")}`,
        );
      }
      await sleep(50);
    }
  }

  /** Returns the exit code, or the signal that ended the command. */
  async waitForExit(): Promise<number | string | null> {
    await this.closed;
    return this.child.exitCode ?? this.child.signalCode;
  }

  kill(signal: NodeJS.Signals): void {
    const { pid = 0, exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return;
    // Ctrl-C in a terminal signals the whole group
    process.kill(signal === "SIGINT" ? -pid : pid, signal);
  }
}
