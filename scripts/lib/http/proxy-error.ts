import type { Proxy } from "./proxy-settings";

/** Thrown if a proxy cannot be reached, or does not open a tunnel. Its message names the variable, not the credentials. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";

  constructor(
    { origin, variable }: Pick<Proxy, "origin" | "variable">,
    reason: string,
    readonly hint: string,
    /** Whether another attempt can succeed. */
    readonly isTemporary: boolean,
  ) {
    super(`the proxy ${origin} (${variable}) ${reason}`);
    // the SDK tries again
    if (isTemporary) Object.assign(this, { $retryable: {} });
  }
}

/** Explains the status that a proxy returned instead of a connection. */
export function explainProxyStatus(
  proxy: Proxy,
  authority: string,
  status: number,
): ProxyError {
  const { variable, authorization } = proxy;
  if (status === 407)
    return new ProxyError(
      proxy,
      authorization === undefined
        ? "requires a user and a password (HTTP 407)"
        : "denied the user and password (HTTP 407)",
      `write them into ${variable}, percent-encoded: http://<user>:<password>@<host>:<port>`,
      false,
    );
  if (status >= 500)
    return new ProxyError(
      proxy,
      `cannot connect to ${authority} (HTTP ${status})`,
      `check the Region and the name of the host; if the host is in your network, add it to NO_PROXY`,
      true,
    );
  return new ProxyError(
    proxy,
    `does not allow a connection to ${authority} (HTTP ${status})`,
    `allow the host in the proxy, check ${variable}, or add the host to NO_PROXY`,
    false,
  );
}
