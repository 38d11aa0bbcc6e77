import type { Environment } from "../../../stacks/config/environment";

/** Formats an environment as lines that a POSIX shell can `eval`. */
export function formatShellExports(env: Environment): readonly string[] {
  return Object.entries(env).map(([name, value]) =>
    value === undefined
      ? `unset ${name}`
      : `export ${name}=${quoteShellWord(value)}`,
  );
}

/** Quotes a value as one word of a POSIX shell. */
export function quoteShellWord(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value)
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
}
