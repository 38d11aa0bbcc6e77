import { REFERENCE } from "../../../stacks/config/dotenv";

/** Values that every reader, a shell and Docker read without quotes. */
const UNQUOTED = /^[\w./:@%+,?=-]*$/;

/** Characters that a shell, and most readers of dotenv files, expand in double quotes. */
const EXPANDED = /[$`]/;

/**
 * Formats a `NAME=value` line of a dotenv file; `undefined` if no line preserves the value: one with a zero byte or half of a
 * surrogate pair, or with a carriage return in addition to a reference. A value with line breaks has several lines.
 *
 * A shell, Docker Compose, python-dotenv and `parseDotenv` read the same value, with two exceptions. Only `parseDotenv` and
 * python-dotenv read a carriage return, and `$` or a backquote in addition to an apostrophe or to a backslash that another one
 * or the end follows. And python-dotenv expands `${NAME}` even in single quotes, unless it is called with `interpolate=False`.
 */
export function formatDotenvLine(
  name: string,
  value: string,
): string | undefined {
  const quoted = quote(value);
  return quoted === undefined ? undefined : `${name}=${quoted}`;
}

function quote(value: string): string | undefined {
  if (UNQUOTED.test(value)) return value;
  if (/[\0\p{Surrogate}]/u.test(value)) return undefined;
  if (value.includes("\r"))
    return REFERENCE.test(value) ? undefined : doubleQuote(value);
  // readers differ in backslashes before a backslash or a quote
  if (!/'|\\(?=\\|$)/.test(value)) return `'${value}'`;
  if (!EXPANDED.test(value)) return doubleQuote(value);
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

function doubleQuote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\r", "\\r")}"`;
}
