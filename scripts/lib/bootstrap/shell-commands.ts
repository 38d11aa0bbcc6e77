import { quoteShellWord } from "../system/shell";

/** Formats a command of a POSIX shell. */
export function formatCommand(...words: readonly string[]): string {
  return words.map(quoteShellWord).join(" ");
}

/** Formats a command that sets a variable of a repository or of an environment. */
export function formatSetVariable(
  name: string,
  value: string,
  options: readonly string[],
): string {
  const set = ["gh", "variable", "set", name];
  return formatCommand(...set, ...options, "--body", value);
}

/** Formats a command that reads all pages of GitHub's API and selects with a jq query. */
export function formatQuery(path: string, query: string): string {
  const pages = ["--paginate", `${path}?per_page=100`];
  return formatCommand("gh", "api", ...pages, "--jq", query);
}

/** Formats a command that writes to GitHub's API. */
export function formatWrite(
  method: "POST" | "PUT",
  path: string,
  ...options: readonly string[]
): string {
  const api = ["gh", "api", "--silent", "--method", method];
  return formatCommand(...api, path, ...options);
}

/** Formats a command that prints a warning, with the value of a shell variable after it. */
export function formatWarning(text: string, variable?: string): string {
  const words = quoteShellWord(`warning: ${text}`);
  return variable === undefined
    ? `printf '%s\\n' ${words} >&2`
    : `printf '%s: %s\\n' ${words} "${variable}" >&2`;
}
