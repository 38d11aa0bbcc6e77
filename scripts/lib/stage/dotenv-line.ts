import { parseEnv } from "node:util";

/** Values that every reader, a shell and Docker read without quotes. */
const UNQUOTED = /^[\w./:@%+,?=-]*$/;

/** Characters that a shell, and most readers of dotenv files, expand in double quotes. */
const EXPANDED = /[$`\\]/;

/**
 * Formats a `NAME=value` line of a dotenv file; `undefined` if no quotes preserve the value, such as one with a carriage
 * return. A value with line breaks has several lines.
 *
 * In single quotes, a shell, Docker Compose and python-dotenv read the same value as Node. In double quotes too, unless
 * the value contains something that a shell expands.
 */
export function formatDotenvLine(
  name: string,
  value: string,
): string | undefined {
  if (UNQUOTED.test(value)) return `${name}=${value}`;
  const quotes = EXPANDED.test(value) ? ["'"] : ["'", '"'];
  const quoted = quotes
    .map((quote) => `${quote}${value}${quote}`)
    .find((text) => isReadAs(text, value));
  return quoted === undefined ? undefined : `${name}=${quoted}`;
}

/** Returns whether Node reads a value, and the line after it, as they were written. */
function isReadAs(quoted: string, value: string): boolean {
  const { VALUE, AFTER, ...others } = parseEnv(`VALUE=${quoted}\nAFTER=x\n`);
  const isWhole = AFTER === "x" && Object.keys(others).length === 0;
  return VALUE === value && isWhole && !value.includes("\0");
}
