import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import type { Agents } from "./agents";
import { hasNetworkVariables } from "./network-variables";

/**
 * Returns agents that connect through the proxies, and trust the certificate authorities, that the environment names;
 * `undefined` if it names none: Node's defaults apply, and nothing is loaded.
 *
 * Every request of this project gets its connections from here: those of the SDK by `createAwsClient`, all others by
 * {@link loadFetch}.
 *
 * @throws UserError if a variable is invalid
 */
export async function loadAgents(
  env: Environment = getEnvironment(),
): Promise<Agents | undefined> {
  if (!hasNetworkVariables(env)) return undefined;
  const { createAgents } = await import("./agents");
  return createAgents(env);
}

/**
 * Returns Node's `fetch`, or one that uses {@link loadAgents}.
 *
 * @throws UserError if a variable is invalid
 */
export async function loadFetch(
  env: Environment = getEnvironment(),
): Promise<typeof fetch> {
  const agents = await loadAgents(env);
  if (agents === undefined) return fetch;
  const { createFetch } = await import("./node-fetch");
  return createFetch(agents);
}

/**
 * Fails if a variable of proxies or certificates is invalid. Terraform would ignore a proxy that it cannot parse.
 *
 * @throws UserError
 */
export async function requireValidNetwork(env: Environment): Promise<void> {
  const agents = await loadAgents(env);
  agents?.httpAgent.destroy();
  agents?.httpsAgent.destroy();
}
