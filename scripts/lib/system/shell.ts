import type { Environment } from "../../../stacks/config/environment";

/** Lines that a POSIX shell can `eval` to take an environment over. */
export function formatShellExports(env: Environment): readonly string[] {
  return Object.entries(env).map(([name, value]) =>
    value === undefined
      ? `unset ${name}`
      : `export ${name}=${quoteShellWord(value)}`,
  );
}

/** A value as one word of a POSIX shell. */
export function quoteShellWord(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value)
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
}
