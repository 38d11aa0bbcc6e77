import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import { describeConnectionError, isLoopbackUrl } from "./token-endpoint";

const TRIES = 3;
const TRY_MS = 10_000;

export interface KeyFetcherOptions {
  readonly env: Environment;
  /** Told where keys are read from if not from AWS's own address. */
  readonly log: (line: string) => void;
}

/** Reads the public keys of user pools; aws-jwt-verify's own way to is for https alone, and knows no other endpoint. */
export class UserPoolKeyFetcher {
  constructor(private readonly options: KeyFetcherOptions) {}

  /**
   * @param uri AWS's own address of the keys
   * @throws UserError when they cannot be had
   */
  async fetch(uri: string): Promise<ArrayBuffer> {
    const url = this.locate(uri);
    let problem = "";
    for (let tried = 0; tried < TRIES; tried += 1) {
      try {
        const response = await fetch(url, {
          redirect: "error",
          signal: AbortSignal.timeout(TRY_MS),
        });
        if (response.ok) return await response.arrayBuffer();
        problem = `HTTP ${response.status}`;
        if (response.status < 500 && response.status !== 429) break;
      } catch (error) {
        problem = describeConnectionError(error, TRY_MS);
      }
    }
    throw new UserError(
      `keys of the user pool must be at ${url.href}, got ${problem}`,
      "check the network and a proxy, and that the user pool is there",
    );
  }

  /** The endpoint that the SDKs would be led to has the keys too, under the same path. */
  private locate(uri: string): URL {
    const { env, log } = this.options;
    const name = [
      "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER",
      "AWS_ENDPOINT_URL",
    ].find((variable) => getSetting(env, variable) !== undefined);
    if (name === undefined) return new URL(uri);
    const text = getSetting(env, name) ?? "";
    const endpoint = URL.canParse(text) ? new URL(text) : undefined;
    if (
      endpoint === undefined ||
      !(endpoint.protocol === "https:" || isLoopbackUrl(endpoint))
    ) {
      throw new UserError(
        `${name} must be a URL with https://, or http:// at this machine, got ${endpoint === undefined ? "none" : JSON.stringify(endpoint.origin)}`,
        "keys that come in clear from elsewhere prove nothing",
      );
    }
    const url = new URL(`${endpoint.origin}${new URL(uri).pathname}`);
    log(`keys are read at ${url.href} (${name})`);
    return url;
  }
}
