import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import { USER_POOL_ENDPOINT_VARIABLES } from "../aws/client";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import { isLoopbackUrl } from "../http/local-endpoint";

export interface KeyFetcherOptions extends Pick<
  FetchOptions,
  "log" | "pause" | "fetch" | "attempts" | "timeoutSeconds" | "maxPauseSeconds"
> {
  readonly env: Environment;
}

/**
 * Fetches the public keys of a user pool. The fetcher of aws-jwt-verify supports neither http nor endpoint variables.
 *
 * @param uri AWS's address of the keys
 * @returns the text of the response
 * @throws UserError if the keys cannot be fetched
 */
export async function fetchKeys(
  uri: string,
  { env, log, ...options }: KeyFetcherOptions,
): Promise<string> {
  const url = resolveKeysUrl(uri, env, log);
  const { status, text } = await fetchWithRetry(
    url,
    {},
    {
      ...options,
      log,
      subject: `the key endpoint at ${url.href}`,
      hints: { unreachable: "check the network and a proxy" },
    },
  );
  if (status === 200) return text;
  throw new UserError(
    `the user pool's keys must be at ${url.href}, got HTTP ${status}`,
    "check that the user pool exists",
  );
}
/**
 * Returns the URL at which documents of a user pool are read: an endpoint of the SDKs has them under the same path.
 *
 * @throws UserError if the endpoint is in plaintext and not on this machine
 */
export function resolveKeysUrl(
  uri: string,
  env: Environment,
  log: (line: string) => void,
): URL {
  const name = USER_POOL_ENDPOINT_VARIABLES.find(
    (variable) => getSetting(env, variable) !== undefined,
  );
  if (name === undefined) return new URL(uri);
  const text = getSetting(env, name) ?? "";
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure =
    endpoint !== undefined &&
    (endpoint.protocol === "https:" || isLoopbackUrl(endpoint));
  if (!isSecure)
    throw new UserError(
      `${name} must be a URL with https://, or http:// and a loopback address, got ${endpoint === undefined ? "none" : JSON.stringify(endpoint.origin)}`,
      "keys that another host sends in plaintext prove nothing",
    );
  const url = new URL(`${endpoint.origin}${new URL(uri).pathname}`);
  log(`Reading keys from ${url.href} (${name})…`);
  return url;
}
