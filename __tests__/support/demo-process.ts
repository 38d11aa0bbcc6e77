import { execFileSync } from "node:child_process";
import { connect } from "node:net";
import { CommandProcess } from "./command-process";

const demos: DemoProcess[] = [];

/** Kills every running demo. Call it after each test. */
export function killDemos(): void {
  for (const demo of demos.splice(0)) demo.kill("SIGKILL");
}

/** A demo in its own process group. */
export class DemoProcess extends CommandProcess {
  constructor(environment: NodeJS.ProcessEnv = process.env) {
    super(["demo"], { environment });
    demos.push(this);
  }

  getEndpoint(): string {
    return /http:\/\/127\.0\.0\.1:\d+/.exec(this.lines.join("\n"))?.[0] ?? "";
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
