import type { Environment } from "../../stacks/config";

/** Lines that a POSIX shell can `eval` to take an environment over. */
export function shellLines(env: Environment): readonly string[] {
  return Object.entries(env).map(([name, value]) =>
    value === undefined
      ? `unset ${name}`
      : `export ${name}=${shellWord(value)}`,
  );
}

/** A value as one word of a POSIX shell. */
export function shellWord(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value)
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
}
