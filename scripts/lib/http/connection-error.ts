import { types } from "node:util";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { BUNDLE_VARIABLE, getBundlePath } from "./network-variables";
import { ProxyError } from "./proxy-error";

/** Describes why a request failed without a response. */
export interface ConnectionProblem {
  /** End of a sentence, such as `ECONNREFUSED`. It repeats no text of a server. */
  readonly reason: string;
  /** @default none: it depends on the server */
  readonly hint?: string;
  /** Whether another attempt can succeed. */
  readonly isTemporary: boolean;
}

/** An error of Node's clients, or one that wraps it. */
export interface ConnectionError extends Error {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
  /** Function of the system that failed. */
  readonly syscall?: string;
  /** Of several addresses, such as those of localhost, each has its error. */
  readonly errors?: readonly ConnectionError[];
}

type Explain = (
  error: ConnectionError,
  env: Environment,
) => Omit<ConnectionProblem, "isTemporary">;

const NETWORK =
  /^(ENOTFOUND|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EPIPE|UND_ERR_\w+)$/;
/** Wrappers in wrappers are not expected. */
const MAX_DEPTH = 5;

/** Problems that remain after another attempt, by code. */
const PERMANENT: readonly (readonly [codes: RegExp, explain: Explain])[] = [
  [/^ERR_INVALID_CHAR$/, explainHeader],
  [
    /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    ({ code }) => ({
      reason: `the certificate is for another host name (${String(code)})`,
      hint: "check the host name, and that no proxy responds instead",
    }),
  ],
  [
    /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    ({ code }) => ({
      reason: `a certificate is not valid at this time (${String(code)})`,
      hint: "check the clock of this machine; a proxy that inspects TLS may have an old certificate",
    }),
  ],
  [
    /^(INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|(ERROR_IN|CRL)_\w+|UNSPECIFIED)$/,
    // of OpenSSL: the code can be UNSPECIFIED
    ({ message }) => ({
      reason: `the certificate cannot be used (${message})`,
      hint: "ask the administrator of the server, or of a proxy that inspects TLS, for another certificate",
    }),
  ],
  [
    /^(UNABLE_TO_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*|INVALID_CA|CERT_\w+)$/,
    ({ code }, env) => ({
      reason: `the certificate is not trusted (${String(code)})`,
      hint: getBundleHint(env),
    }),
  ],
  [
    /^(EPROTO|ERR_SSL_\w+|ERR_TLS_\w+|ERR_OSSL_\w+)$/,
    ({ code }) => ({
      reason: `the TLS connection failed (${String(code)})`,
      hint: "check the scheme and port of the URL and of the proxy: http:// is plaintext, https:// is TLS",
    }),
  ],
  [
    /^HPE_\w+$/,
    ({ code }) => ({
      reason: `the response is not HTTP (${String(code)})`,
      hint: "check the scheme and port of the URL and of the proxy: http:// is plaintext, https:// is TLS",
    }),
  ],
];

/** Explains an error of a connection; returns `undefined` for another error. */
export function findConnectionProblem(
  error: unknown,
  env: Environment = getEnvironment(),
): ConnectionProblem | undefined {
  const found = findConnectionError(error);
  if (found === undefined) return undefined;
  if (found instanceof ProxyError) {
    const { message: reason, hint, isTemporary } = found;
    return { reason, hint, isTemporary };
  }
  const { code } = found;
  if (typeof code !== "string") return undefined;
  const [, explain] = PERMANENT.find(([codes]) => codes.test(code)) ?? [];
  if (explain !== undefined)
    return { ...explain(found, env), isTemporary: false };
  return { reason: code, isTemporary: true };
}

/** Returns the error of the connection, which clients wrap; `undefined` for another error. */
export function findConnectionError(
  error: unknown,
  depth = 0,
): ConnectionError | undefined {
  if (!types.isNativeError(error) || depth > MAX_DEPTH) return undefined;
  const found: ConnectionError = error;
  const isKnown =
    found instanceof ProxyError ||
    (typeof found.code === "string" &&
      (found.syscall === "connect" ||
        NETWORK.test(found.code) ||
        PERMANENT.some(([codes]) => codes.test(String(found.code)))));
  return isKnown ? found : findConnectionError(found.cause, depth + 1);
}

/** Returns whether a text can be sent in a header of HTTP, which has one line. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Returns how to make a certificate trusted. */
export function getBundleHint(env: Environment = getEnvironment()): string {
  const bundle = getBundlePath(env);
  return bundle === undefined
    ? `if a proxy of your network inspects TLS, set ${BUNDLE_VARIABLE} to a PEM file with its certificate authority`
    : `add the certificate authority of the server, or of a proxy that inspects TLS, to ${bundle} (${BUNDLE_VARIABLE})`;
}

/** Node's message names the header, not its value. */
function explainHeader({
  message,
}: ConnectionError): Omit<ConnectionProblem, "isTemporary"> {
  const [, header] = /\["([\w-]+)"\]/.exec(message) ?? [];
  return {
    reason: `${header === undefined ? "a header" : `the header ${header}`} must have no line break or control character`,
    hint: "check the credentials for a line break, such as one at the end of a copied value",
  };
}
