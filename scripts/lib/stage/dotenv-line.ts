import { parseEnv } from "node:util";

/** Read as it is by every reader, by a shell and by Docker, which keeps quotes, too. */
const BARE = /^[\w./:@%+,?=-]*$/;

/** What a shell, and most readers of dotenv files, expand or run in double quotes. */
const EXPANDED = /[$`\\]/;

/**
 * The `NAME=value` line of a dotenv file, in the plainest quotes that Node reads the value back from, which may make it
 * several lines; `undefined` when there are none, as for a carriage return, or an apostrophe beside a `$`.
 *
 * In single quotes, which come first, a value is the same to a shell, Docker Compose and python-dotenv; in double ones
 * too, as long as there is nothing in it that a shell would run.
 */
export function formatDotenvLine(
  name: string,
  value: string,
): string | undefined {
  if (BARE.test(value)) return `${name}=${value}`;
  return (EXPANDED.test(value) ? ["'"] : ["'", '"'])
    .map((quote) => `${quote}${value}${quote}`)
    .filter((quoted) => isReadAs(quoted, value))
    .map((quoted) => `${name}=${quoted}`)[0];
}

/** Whether Node reads a value back, and a line after it too. */
function isReadAs(quoted: string, value: string): boolean {
  const { VALUE, AFTER, ...others } = parseEnv(`VALUE=${quoted}\nAFTER=x\n`);
  const isWhole = AFTER === "x" && Object.keys(others).length === 0;
  return VALUE === value && isWhole && !value.includes("\0");
}
