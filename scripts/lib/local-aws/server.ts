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

/** A server process. The path of its directory is one of its arguments, which identifies the process. */
export interface Server {
  readonly pid: number;
  readonly port: number;
  /** Directory of the log and of all data, which is removed when the server ends. */
  readonly directory: string;
}

/** Returns whether this server responds, and not another one at its port. */
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
    // the server does not listen, or another program uses the port
    return false;
  }
}

/** An IP address makes the AWS SDKs put the name of a bucket into the path. */
export function getEndpoint({ port }: Pick<Server, "port">): string {
  return `http://${HOST}:${port}`;
}

export function getLogFile({ directory }: Pick<Server, "directory">): string {
  return path.join(directory, "server.log");
}

/** Returns whether the server runs. Another process can have its id. */
export function isAlive({ pid, directory }: Server): boolean {
  return readCommandLine(pid).includes(directory);
}

/** Ends a detached server by its process id, and waits for its end. */
export async function stopServer(server: Server): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    if (isAlive(server)) killProcessGroup(server, signal);
    const deadline = Date.now() + STOP_SECONDS * 1000;
    while (isAlive(server) && Date.now() < deadline) await sleep(POLL_MS);
  }
  if (isAlive(server))
    throw new UserError(`cannot end process ${server.pid} of the local AWS`);
  rmSync(server.directory, { recursive: true, force: true });
}

/** Reads the last detached server, which may have ended. */
export function readServerState(directory: string): Server | undefined {
  try {
    const text = readFileSync(getStateFile(directory), "utf8");
    const { pid, port, run } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== "number" || typeof port !== "number") return undefined;
    // the directory is removed later, so it must be one of a server
    if (typeof run !== "string" || !/^run-\w+$/.test(run)) return undefined;
    return { pid, port, directory: path.join(directory, run) };
  } catch {
    // no server was detached, or the file is invalid
    return undefined;
  }
}

/** Records a detached server for later commands, or removes the record. */
export function writeServerState(directory: string, server?: Server): void {
  const file = getStateFile(directory);
  if (server === undefined) {
    rmSync(file, { force: true });
    return;
  }
  const { pid, port } = server;
  const run = path.basename(server.directory);
  writeFileAtomic(file, JSON.stringify({ pid, port, run }));
}

function getStateFile(directory: string): string {
  return path.join(directory, "server.json");
}

/** Returns the arguments of a process, or nothing without one. Small Linux images have no `ps`. */
function readCommandLine(pid: number): string {
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
