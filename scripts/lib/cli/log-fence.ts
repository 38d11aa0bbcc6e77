import { randomBytes } from "node:crypto";
import { fstatSync } from "node:fs";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";

/**
 * Creates the workflow commands around untrusted lines in the log of a job, between which GitHub processes no others; returns
 * `undefined` outside GitHub Actions. The token is random, so that the lines cannot contain it.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
function createLogFence(
  env: Environment = getEnvironment(),
): { readonly open: string; readonly close: string } | undefined {
  if (env.GITHUB_ACTIONS !== "true") return undefined;
  const token = randomBytes(16).toString("hex");
  return { open: `::stop-commands::${token}`, close: `::${token}::` };
}

/** Encloses a text for the log of a job in a fence. */
export function fenceText(
  text: string,
  env: Environment = getEnvironment(),
): string {
  const fence = createLogFence(env);
  return fence === undefined ? text : `${fence.open}\n${text}\n${fence.close}`;
}

/** Encloses a text for standard output in a fence, unless standard output is a file. */
export function fenceOutput(
  text: string,
  env: Environment = getEnvironment(),
): string {
  return fstatSync(1).isFile() ? text : fenceText(text, env);
}

/** Runs `job` with a fence around the lines that it logs. */
export async function withLogFence<T>(
  log: (line: string) => void,
  job: () => Promise<T>,
): Promise<T> {
  const fence = createLogFence();
  if (fence === undefined) return job();
  log(fence.open);
  try {
    return await job();
  } finally {
    log(fence.close);
  }
}
