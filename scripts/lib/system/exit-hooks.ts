const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Reason that the process exits: a signal, with time to wait, or `"exit"`, without. */
export type ExitReason = (typeof SIGNALS)[number] | "exit";

/** Runs before the process exits. For `"exit"`, only the part before the first `await` runs. */
export type ExitHook = (reason: ExitReason) => Promise<void> | void;

/** A terminal and npm both send the signal of one Ctrl-C. */
const REPETITION_MS = 500;

/** Hooks, and what a second signal does while the hook runs, if it does not exit at once. */
const hooks = new Map<ExitHook, (() => void) | undefined>();
/** Number of signals, and time of the last one in milliseconds. */
const received = { count: 0, at: -Infinity };

/**
 * Runs a hook if the process exits before the returned function is called.
 *
 * After a signal the hooks run in reverse order. Then the signal is sent again without a handler, so that the exit code is
 * the one that a shell expects. A second signal does not wait.
 *
 * @param onSecondSignal runs after a second signal; then only a third one does not wait
 */
export function onExit(
  hook: ExitHook,
  onSecondSignal?: () => void,
): () => void {
  if (hooks.size === 0) addListeners();
  hooks.set(hook, onSecondSignal);
  return () => {
    if (hooks.delete(hook) && hooks.size === 0 && received.count === 0)
      removeListeners();
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
  const now = performance.now();
  if (now - received.at < REPETITION_MS) return;
  received.at = now;
  received.count += 1;
  if (received.count === 1) {
    void runHooks(signal as ExitReason).finally(() => {
      exitBySignal(signal);
    });
    return;
  }
  const reactions = [...hooks.values()].filter((one) => one !== undefined);
  if (received.count === 2 && reactions.length > 0) {
    for (const react of reactions) react();
    return;
  }
  runHooksAtOnce();
  exitBySignal(signal);
}

async function runHooks(reason: ExitReason): Promise<void> {
  for (const hook of [...hooks.keys()].reverse()) await runHook(hook, reason);
}

function runHooksAtOnce(): void {
  for (const hook of [...hooks.keys()].reverse()) void runHook(hook, "exit");
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
