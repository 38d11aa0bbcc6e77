const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Reason that the process exits: a signal, with time to wait, or `"exit"`, without. */
export type ExitReason = (typeof SIGNALS)[number] | "exit";

/** Runs before the process exits. For `"exit"`, only the part before the first `await` runs. */
export type ExitHook = (reason: ExitReason) => Promise<void> | void;

const hooks = new Set<ExitHook>();
let isExiting = false;

/**
 * Runs a hook if the process exits before the returned function is called.
 *
 * After a signal the hooks run in reverse order. Then the signal is sent again without a handler, so that the exit code is
 * the one that a shell expects. A second signal does not wait.
 */
export function onExit(hook: ExitHook): () => void {
  if (hooks.size === 0) addListeners();
  hooks.add(hook);
  return () => {
    if (hooks.delete(hook) && hooks.size === 0 && !isExiting) removeListeners();
  };
}

function addListeners(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on("exit", runHooksAtOnce);
}

function removeListeners(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off("exit", runHooksAtOnce);
}

function onSignal(signal: NodeJS.Signals): void {
  if (isExiting) {
    runHooksAtOnce();
    exitBySignal(signal);
    return;
  }
  isExiting = true;
  void runHooks(signal as ExitReason).finally(() => {
    exitBySignal(signal);
  });
}

async function runHooks(reason: ExitReason): Promise<void> {
  for (const hook of [...hooks].reverse()) await runHook(hook, reason);
}

function runHooksAtOnce(): void {
  for (const hook of [...hooks].reverse()) void runHook(hook, "exit");
}

/** Ignores an error, so that the other hooks still run. */
async function runHook(hook: ExitHook, reason: ExitReason): Promise<void> {
  try {
    await hook(reason);
  } catch {
    // the process exits
  }
}

function exitBySignal(signal: NodeJS.Signals): void {
  removeListeners();
  process.kill(process.pid, signal);
}
