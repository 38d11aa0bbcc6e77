const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How the process comes to its end: by a signal, with time to wait, or at once. */
export type ExitReason = (typeof SIGNALS)[number] | "exit";

/** What must not outlive the process. For `"exit"` only what it does before its first await happens. */
export type ExitHook = (ending: ExitReason) => Promise<void> | void;

const cleanups = new Set<ExitHook>();
let isEnding = false;

/**
 * Has `cleanup` run if the process is ended before the returned function is called.
 *
 * After a signal the last registered runs first, and then the signal takes its usual course, so that the exit code is
 * the one a shell expects. A second signal does not wait.
 */
export function onExit(cleanup: ExitHook): () => void {
  if (cleanups.size === 0) listen();
  cleanups.add(cleanup);
  return () => {
    if (cleanups.delete(cleanup) && cleanups.size === 0 && !isEnding) ignore();
  };
}

function listen(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("exit", cleanUpAtOnce);
}

function ignore(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off("exit", cleanUpAtOnce);
}

function onSignal(signal: NodeJS.Signals): void {
  if (isEnding) {
    cleanUpAtOnce();
    endBy(signal);
    return;
  }
  isEnding = true;
  void cleanUp(signal as ExitReason).finally(() => {
    endBy(signal);
  });
}

async function cleanUp(ending: ExitReason): Promise<void> {
  for (const cleanup of [...cleanups].reverse())
    await attempt(() => cleanup(ending));
}

function cleanUpAtOnce(): void {
  for (const cleanup of [...cleanups].reverse())
    void attempt(() => cleanup("exit"));
}

/** One cleanup that fails keeps no other from running: the process is ending, and nobody is left to tell. */
async function attempt(cleanup: () => Promise<void> | void): Promise<void> {
  try {
    await cleanup();
  } catch {
    // ending
  }
}

function endBy(signal: NodeJS.Signals): void {
  ignore();
  process.kill(process.pid, signal);
}
