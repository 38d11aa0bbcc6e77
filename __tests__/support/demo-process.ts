import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

const demos: DemoProcess[] = [];

/** Kills every running demo. Call it after each test. */
export function killDemos(): void {
  for (const demo of demos.splice(0)) demo.kill("SIGKILL");
}

/** A demo in its own process group, like one that a terminal starts. */
export class DemoProcess {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, ["scripts/run.mjs", "demo"], {
      detached: true,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.closed = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) =>
        this.lines.push(line),
      );
    }
    demos.push(this);
  }

  /** Waits for a line of output with a prefix. */
  async waitForLine(prefix: string): Promise<void> {
    const isPrinted = () => this.lines.some((line) => line.startsWith(prefix));
    while (!isPrinted()) {
      if (this.child.exitCode !== null) {
        throw new Error(
          `the demo did not print "${prefix}":\n${this.lines.join("\n")}`,
        );
      }
      await sleep(50);
    }
  }

  getEndpoint(): string {
    return /http:\/\/127\.0\.0\.1:\d+/.exec(this.lines.join("\n"))?.[0] ?? "";
  }

  /** Returns the exit code, or the signal that ended the demo. */
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

  listDescendants(): number[] {
    const children = new Map<number, number[]>();
    for (const line of execFileSync("ps", ["-eo", "pid=,ppid="])
      .toString()
      .split("\n")) {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const below = (pid: number): number[] =>
      (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
    return below(this.child.pid ?? 0);
  }
}

/** Returns whether a port allows connections. */
export function isOpen(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
