import { spawn, type ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { onExit, type ExitReason } from "./exit-hooks";

/** How long a process has to end by itself before it is killed, unless it needs longer. */
const GRACE_SECONDS = 5;
/** Exit codes of a shell for a command that could not be started. */
const NOT_EXECUTABLE = 126;
export const EXIT_COMMAND_NOT_FOUND = 127;

export interface ProcessOptions {
  readonly environment: Environment;
  /** After this time the process and all that it started are ended. */
  readonly timeoutSeconds: number;
  /**
   * How long it has to end by itself before it is killed; one that has children in groups of their own needs longer than they.
   *
   * @default 5
   */
  readonly graceSeconds?: number;
  /** @default the working directory */
  readonly directory?: string;
  /**
   * Told each line of either output as it comes.
   *
   * @default nobody: the output is in the result
   */
  readonly onLine?: (line: string) => void;
}

export interface ProcessResult {
  /** Exit code, or as a shell says it: 127 not found, 126 not executable, 128 + n for signal n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command without a shell and without input to its end, and gives its output.
 *
 * It gets a process group of its own, so that a time limit, an abort or an interrupt of this process ends what the
 * command started too. An interrupted call never returns: the process is about to end.
 *
 * @throws UserError when the time is over or the folder is missing
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { environment, directory = ".", onLine } = options;
  const { graceSeconds = GRACE_SECONDS } = options;
  requireFolder(directory);
  // before the process is there: a signal may come as soon as it is
  let interruption: ExitReason | undefined;
  const settle = onExit(async (ending) => {
    interruption = ending;
    if (ending === "exit") killProcessGroup(child, "SIGKILL");
    else await endTree(child, closed, graceSeconds);
  });
  const child = spawn(command, args, {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = exitCode(child);
  const stdout = capture(child.stdout, onLine);
  const stderr = capture(child.stderr, onLine);

  const overdue = new AbortController();
  const timer = setTimeout(() => {
    overdue.abort();
    void endTree(child, closed, graceSeconds);
  }, options.timeoutSeconds * 1000);

  const code = await closed;
  clearTimeout(timer);
  settle();
  if (interruption !== undefined) await forever();
  if (overdue.signal.aborted) {
    const name = [command, ...args].join(" ").slice(0, 60);
    const limit = `took longer than ${options.timeoutSeconds} s`;
    throw new UserError(`${name} ${limit} and was stopped`);
  }
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Last lines of a text, for a message: where a tool says what went wrong. */
export function getLastLines(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** A missing folder would otherwise be reported as a missing command. */
function requireFolder(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`folder ${directory} does not exist`);
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === "ENOENT" ? EXIT_COMMAND_NOT_FOUND : NOT_EXECUTABLE,
      );
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function capture(
  stream: NodeJS.ReadableStream,
  onLine: ProcessOptions["onLine"],
): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => chunks.push(chunk));
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return () => chunks.join("");
}

/** Asks the whole group to end, then makes it. */
async function endTree(
  child: ChildProcess,
  closed: Promise<unknown>,
  graceSeconds: number,
): Promise<void> {
  killProcessGroup(child, "SIGTERM");
  const patience = new AbortController();
  await Promise.race([
    closed,
    sleep(graceSeconds * 1000, undefined, { signal: patience.signal }).catch(
      () => {
        // ended in time
      },
    ),
  ]);
  patience.abort();
  killProcessGroup(child, "SIGKILL");
  // a descendant in another group may still hold the pipes
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Signals what still runs of a child's process group. */
export function killProcessGroup(
  { pid }: Pick<ChildProcess, "pid">,
  signal: NodeJS.Signals,
): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function forever(): Promise<never> {
  return new Promise(() => {
    // left pending
  });
}
