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

/**
 * Returns whether Cognito can send an authorization code to a URL: it is absolute, its scheme is https, http on
 * localhost or an app's own, and it has no fragment and no credentials.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html
 */
export function isRedirectUrl(value: string): boolean {
  if (
    value.length > 1024 ||
    !/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(value) ||
    !/^(https?:\/\/|(?!https?:)[a-z][a-z0-9+.-]*:\/)/.test(value) ||
    value.includes("#") ||
    !URL.canParse(value)
  )
    return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (/\\|^https?:\/\/\//.test(value) || username + password !== "")
    return false;
  if (protocol === "https:") return hostname !== "" && !value.includes("*");
  if (protocol === "http:") return hostname === "localhost";
  return !BROWSER_SCHEMES.includes(protocol);
}
