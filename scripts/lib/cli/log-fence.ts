import { randomBytes } from "node:crypto";
import { fstatSync } from "node:fs";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";

/** Marks that keep GitHub's runner from reading what is printed between them as workflow commands. */
export interface LogFence {
  readonly open: string;
  readonly close: string;
}

/**
 * Returns a fence for untrusted lines of a job's log; `undefined` outside of GitHub Actions. Its token cannot be guessed,
 * so that the text between cannot close it.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
 */
export function createLogFence(
  env: Environment = getEnvironment(),
): LogFence | undefined {
  if (env.GITHUB_ACTIONS !== "true") return undefined;
  const token = randomBytes(16).toString("hex");
  return { open: `::stop-commands::${token}`, close: `::${token}::` };
}

/** Puts a text for a job's log into a fence of its own. */
export function fenceText(
  text: string,
  env: Environment = getEnvironment(),
): string {
  const fence = createLogFence(env);
  return fence === undefined ? text : `${fence.open}\n${text}\n${fence.close}`;
}

/** Like {@link fenceText}, for standard output: what a shell writes to a file is no log. */
export function fenceOutput(
  text: string,
  env: Environment = getEnvironment(),
): string {
  return fstatSync(1).isFile() ? text : fenceText(text, env);
}

/** Runs `job`, whose lines may be anything that Terraform prints, inside a fence. */
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
