import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import {
  type FetchOptions,
  fetchWithRetry,
  isLoopbackUrl,
} from "../http/fetch";

/** Variables that send calls of a user pool to another endpoint, the first that is set wins. */
const ENDPOINT_VARIABLES = [
  "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
  "AWS_ENDPOINT_URL",
] as const;

export interface KeyFetcherOptions extends Pick<FetchOptions, "log" | "pause"> {
  readonly env: Environment;
}

/** Fetches the public keys of user pools. The fetcher of aws-jwt-verify supports neither http nor endpoint variables. */
export class UserPoolKeyFetcher {
  constructor(private readonly options: KeyFetcherOptions) {}

  /**
   * @param uri AWS's address of the keys
   * @throws UserError if the keys cannot be fetched
   */
  async fetch(uri: string): Promise<ArrayBuffer> {
    const url = this.resolveUrl(uri);
    const { status, text } = await fetchWithRetry(
      url,
      {},
      {
        subject: `the key endpoint at ${url.href}`,
        hints: { unreachable: "check the network and a proxy" },
        ...this.options,
      },
    );
    if (status === 200) return new TextEncoder().encode(text).buffer;
    throw new UserError(
      `the user pool's keys must be at ${url.href}, got HTTP ${status}`,
      "check that the user pool exists",
    );
  }

  /** The endpoint of the SDKs has the keys under the same path. */
  private resolveUrl(uri: string): URL {
    const { env, log } = this.options;
    const name = ENDPOINT_VARIABLES.find(
      (variable) => getSetting(env, variable) !== undefined,
    );
    if (name === undefined) return new URL(uri);
    const text = getSetting(env, name) ?? "";
    const endpoint = URL.canParse(text) ? new URL(text) : undefined;
    if (
      endpoint === undefined ||
      !(endpoint.protocol === "https:" || isLoopbackUrl(endpoint))
    ) {
      throw new UserError(
        `${name} must be a URL with https://, or http:// and a loopback address, got ${endpoint === undefined ? "none" : JSON.stringify(endpoint.origin)}`,
        "keys that another host sends in plaintext prove nothing",
      );
    }
    const url = new URL(`${endpoint.origin}${new URL(uri).pathname}`);
    log(`reading keys from ${url.href} (${name})`);
    return url;
  }
}
