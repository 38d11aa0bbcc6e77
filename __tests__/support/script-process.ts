import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROJECT = path.resolve(__dirname, "../..");

/** A script in another Node process, which a signal can end. */
export interface ScriptProcess {
  readonly kill: (signal?: NodeJS.Signals) => void;
  /** Waits for the end, and returns the signal that ended the script. */
  readonly exit: Promise<NodeJS.Signals | null>;
}

/**
 * Runs TypeScript in a directory, without input.
 *
 * @param code imports modules of the project relative to `scripts/`
 * @param output `"closed"`: pipes that no process reads
 */
export function spawnScript(
  directory: string,
  code: string,
  output: "ignore" | "closed" = "ignore",
): ScriptProcess {
  const file = path.join(directory, "script.cjs");
  execFileSync(
    path.join(PROJECT, "node_modules/.bin/esbuild"),
    ["--bundle", "--platform=node", `--outfile=${file}`, "--log-level=error"],
    { cwd: path.join(PROJECT, "scripts"), input: code },
  );
  const child = spawn(process.execPath, [file], {
    cwd: directory,
    stdio: output === "ignore" ? "ignore" : ["ignore", "pipe", "pipe"],
  });
  child.stdout?.destroy();
  child.stderr?.destroy();
  return {
    kill: (signal) => child.kill(signal),
    exit: once(child, "exit").then(() => child.signalCode),
  };
}

/** Waits until a condition is true, for at most 10 seconds. */
export async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline)
      throw new Error(`not within 10 s: ${String(condition)}`);
    await sleep(20);
  }
}
