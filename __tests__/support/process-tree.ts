import { execFileSync } from "node:child_process";

/** Kills a process and its descendants with SIGKILL. */
export function killProcessTree(pid: number): void {
  for (const one of [pid, ...listDescendants(pid)]) {
    try {
      process.kill(one, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

function listDescendants(pid: number): number[] {
  const pairs = execFileSync("ps", ["-A", "-o", "pid=,ppid="], {
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const listChildren = (parent: number): number[] =>
    pairs.flatMap(([child = 0, of]) =>
      of === parent ? [child, ...listChildren(child)] : [],
    );
  return listChildren(pid);
}
