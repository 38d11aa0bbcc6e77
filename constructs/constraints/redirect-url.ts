/** Schemes that a browser handles itself, so that no app receives the code. */
const BROWSER_SCHEMES = [
  "about",
  "blob",
  "data",
  "file",
  "ftp",
  "javascript",
  "mailto",
  "vbscript",
  "ws",
  "wss",
].map((scheme) => `${scheme}:`);

/** The hosts that AWS allows with http, on any port, and only as written here. */
const LOOPBACK_URL =
  /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:[/?]|$)/;

/**
 * Returns whether Cognito can send an authorization code to a URL: it is absolute, its scheme is https, http on a
 * loopback host or an app's own, and it has no fragment, no wildcard and no credentials.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function isRedirectUrl(value: string): boolean {
  if (
    value.length > 1024 ||
    !/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(value) ||
    !/^(https?:\/\/|(?!https?:)[a-z][a-z0-9+.-]*:\/)/.test(value) ||
    value.includes("#") ||
    value.includes("*") ||
    !URL.canParse(value)
  )
    return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (/\\|^https?:\/\/\//.test(value) || username + password !== "")
    return false;
  if (protocol === "https:") return hostname !== "";
  if (protocol === "http:") return LOOPBACK_URL.test(value);
  return !BROWSER_SCHEMES.includes(protocol);
}
