/** Schemes that a browser handles itself, so that no app gets the code. */
const NO_APP_SCHEMES = [
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
 * Whether Cognito sends a code there: an absolute URL, https (http to this machine alone) or an app's own scheme, that
 * holds nothing which a browser would keep to itself.
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
  return !NO_APP_SCHEMES.includes(protocol);
}
