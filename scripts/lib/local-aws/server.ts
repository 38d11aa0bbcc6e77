import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import { killProcessGroup } from "../system/processes";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";

export const HOST = "127.0.0.1";
export const REGION = "us-west-2";
export const RUN_DIRECTORY_PREFIX = "run-";
const STOP_SECONDS = 5;
const POLL_MS = 50;

/** Where a server runs; its process has the folder's path among its arguments, which tells it from any other. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Holds the log and whatever the server writes; removed when it stops. */
  readonly directory: string;
}

/** Whether it is this very server that answers, not another one at its port. */
export async function isResponding(
  { port, directory }: Server,
  timeoutMs = 10_000,
): Promise<boolean> {
  try {
    const response = await fetch(`${getEndpoint({ port })}/_ministack/health`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    const health = (await response.json()) as { edition?: unknown };
    return health.edition === path.basename(directory);
  } catch {
    // not listening yet, or no more, or something else at that port
    return false;
  }
}

/** An address instead of a name makes the AWS SDKs put a bucket's name into the path by themselves. */
export function getEndpoint({ port }: Pick<Server, "port">): string {
  return `http://${HOST}:${port}`;
}

export function getLogFile({ directory }: Pick<Server, "directory">): string {
  return path.join(directory, "server.log");
}

/** Whether the process with a server's id is that server: ids are used again. */
export function isAlive({ pid, directory }: Server): boolean {
  return commandLine(pid).includes(directory);
}

/** Ends a released server by its process id and waits until it is gone. */
export async function stopServer(server: Server): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (isAlive(server)) killProcessGroup(server, signal);
    const deadline = Date.now() + STOP_SECONDS * 1000;
    while (isAlive(server) && Date.now() < deadline) await sleep(POLL_MS);
  }
  if (isAlive(server))
    throw new UserError(`process ${server.pid} of the local AWS does not end`);
  rmSync(server.directory, { recursive: true, force: true });
}

/** The server that was released last, which may have ended since. */
export function readServerState(directory: string): Server | undefined {
  try {
    const text = readFileSync(stateFile(directory), "utf8");
    const { pid, port, run } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== "number" || typeof port !== "number") return undefined;
    // the folder is removed later, so it must be one of ours
    if (typeof run !== "string" || !/^run-\w+$/.test(run)) return undefined;
    return { pid, port, directory: path.join(directory, run) };
  } catch {
    // none was released, or the file is not ours
    return undefined;
  }
}

/** Tells later commands of a server; without one, that there is none. */
export function writeServerState(directory: string, server?: Server): void {
  const file = stateFile(directory);
  if (server === undefined) {
    rmSync(file, { force: true });
    return;
  }
  const { pid, port } = server;
  const run = path.basename(server.directory);
  writeFileAtomic(file, JSON.stringify({ pid, port, run }));
}

function stateFile(directory: string): string {
  return path.join(directory, "server.json");
}

/** Arguments of a process, empty when there is none; small Linux images have no `ps`. */
function commandLine(pid: number): string {
  try {
    return process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
      : execFileSync("ps", ["-ww", "-o", "args=", "-p", String(pid)], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        });
  } catch {
    // no such process
    return "";
  }
}
