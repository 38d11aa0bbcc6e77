import { spawn, type ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { type ExitReason, onExit } from "./exit-hooks";

/** Default time between SIGTERM and SIGKILL. */
const GRACE_SECONDS = 5;
/** Time between SIGINT and SIGKILL of a command with a {@link Completion}. */
const INTERRUPT_SECONDS = 60;
/** Exit codes of a shell for a command that does not start. */
const EXIT_NOT_EXECUTABLE = 126;
export const EXIT_COMMAND_NOT_FOUND = 127;

/** Lets a command end its work if a signal ends this process. */
export interface Completion {
  /** Runs after SIGINT or SIGHUP: this process waits for the end of the command. */
  readonly onWait: () => void;
  /** Runs when the command receives SIGINT: after a second signal, or SIGTERM, which SIGKILL often follows. */
  readonly onInterrupt: () => void;
  readonly onEnd: (result: ProcessResult) => void;
}

export interface ProcessOptions {
  readonly environment: Environment;
  /** Ends the process, and the processes it started, after this time. */
  readonly timeoutSeconds: number;
  /**
   * Time between SIGTERM and SIGKILL. A command that starts process groups needs more time than its children.
   *
   * @default 5
   */
  readonly graceSeconds?: number;
  /** @default a signal ends the command within the grace time */
  readonly completion?: Completion | undefined;
  /** Runs after a signal, before the command is ended, if it has no {@link Completion}. */
  readonly onStop?: () => void;
  /** @default the working directory */
  readonly directory?: string;
  /** Receives each line of both outputs. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessResult {
  /** Exit code; as in a shell, 127 if not found, 126 if not executable, 128 + n after signal n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command without a shell and without input, and returns its output.
 *
 * The command has its own process group, so that a timeout or a signal ends the processes that it started, too. After a
 * signal the call does not return: the process is exiting.
 *
 * @throws UserError after the timeout, or if the directory does not exist
 */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  const { environment, directory = ".", onLine, completion } = options;
  requireDirectory(directory);
  // before the process exists: a signal can arrive at once
  let exitReason: ExitReason | undefined;
  const end = () => endProcessGroup(child, closed, options);
  const interrupt = (): void => {
    completion?.onInterrupt();
    void end();
  };
  const dispose = onExit(async (reason) => {
    exitReason = reason;
    if (reason === "exit") killProcessGroup(child, "SIGKILL");
    else if (completion === undefined) {
      options.onStop?.();
      await end();
    } else {
      if (reason === "SIGTERM") interrupt();
      else completion.onWait();
      completion.onEnd(await result);
    }
  }, completion && interrupt);
  const child = spawn(command, args, {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = waitForExit(child);
  const stdout = captureOutput(child.stdout, onLine);
  const stderr = captureOutput(child.stderr, onLine);
  const result = closed.then((code) => ({
    code,
    stdout: stdout(),
    stderr: stderr(),
  }));

  const overdue = new AbortController();
  const timer = setTimeout(() => {
    overdue.abort();
    void end();
  }, options.timeoutSeconds * 1000);

  await closed;
  clearTimeout(timer);
  dispose();
  if (exitReason !== undefined) await new Promise<never>(() => undefined);
  if (overdue.signal.aborted) {
    const name = [command, ...args].join(" ").slice(0, 60);
    throw new UserError(
      `${name} took longer than ${options.timeoutSeconds} s and was ended`,
    );
  }
  return result;
}

/** Returns the last lines of a text, where most tools report their errors. */
export function getLastLines(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** Node would report a missing directory as a missing command. */
function requireDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(`directory ${directory} does not exist`);
}

function waitForExit(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === "ENOENT" ? EXIT_COMMAND_NOT_FOUND : EXIT_NOT_EXECUTABLE,
      );
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function captureOutput(
  stream: NodeJS.ReadableStream,
  onLine: ProcessOptions["onLine"],
): () => string {
  const chunks: string[] = [];
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => chunks.push(chunk));
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return () => chunks.join("");
}

/** Sends SIGTERM to a process group, or SIGINT for a {@link Completion}, then SIGKILL. */
async function endProcessGroup(
  child: ChildProcess,
  closed: Promise<unknown>,
  { completion, graceSeconds = GRACE_SECONDS }: ProcessOptions,
): Promise<void> {
  const [signal, seconds] =
    completion === undefined
      ? (["SIGTERM", graceSeconds] as const)
      : (["SIGINT", INTERRUPT_SECONDS] as const);
  killProcessGroup(child, signal);
  const grace = new AbortController();
  await Promise.race([
    closed,
    sleep(seconds * 1000, undefined, { signal: grace.signal }).catch(() => {
      // closed in time
    }),
  ]);
  grace.abort();
  killProcessGroup(child, "SIGKILL");
  // a descendant in another group can still have the pipes open
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/** Sends a signal to the process group of a child, if it still runs. */
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

/** Returns whether a process runs. A process of another user runs, but cannot be signaled. */
export function isProcessRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
