import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./environment";

/** The variables of a file. */
export interface EnvFile {
  readonly values: Environment;
  /** Numbers of the lines with a variable, by its name. */
  readonly lineNumbers: Readonly<Record<string, number>>;
  /** Sentences with the name of the file. If there is one, the file has no variables. */
  readonly problems: readonly string[];
}

/**
 * Reads a file of `NAME=value` lines. A file that does not exist, or is a directory, has no variables.
 *
 * @param name name of the file in problems
 */
export function readEnvFile(file: string, name = path.basename(file)): EnvFile {
  const fail = (problems: readonly string[]): EnvFile => ({
    values: {},
    lineNumbers: {},
    problems,
  });
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return fail([]);
  let text: string;
  try {
    const bytes = readFileSync(file);
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const { syscall, code = "an error" } = error as NodeJS.ErrnoException;
    const reason = syscall === undefined ? "other bytes" : code;
    return fail([
      `${name} must be a readable file of UTF-8 text, got ${reason}`,
    ]);
  }
  const lines = splitLines(text);
  const invalid = lines.flatMap((line, index) => {
    const form = findInvalidForm(line);
    return form === undefined ? [] : [{ number: index + 1, form }];
  });
  const [first, ...others] = invalid;
  if (first === undefined) {
    const lineNumbers = numberLines(lines);
    return { values: parseEnv(text), lineNumbers, problems: [] };
  }
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  return fail([
    `${name}: line ${first.number} must be NAME=value, such as STAGE=dev, or a comment that begins with #, got ${first.form}${more}`,
  ]);
}

/** Returns the lines of a text, without the values in quotes, which can contain lines. */
function splitLines(text: string): readonly string[] {
  return text
    .replace(
      /=[ \t]*(["'`])[^]*?\1/g,
      (quoted) => `=${"\n".repeat(quoted.split("\n").length - 1)}`,
    )
    .split(/\r?\n/);
}

/** Describes a line that would be ignored silently. The line can be part of a secret, so it is not quoted. */
function findInvalidForm(line: string): string | undefined {
  if (/^\s*(#.*)?$/.test(line) || /^[^=\0]+=/.test(line)) return undefined;
  if (line.includes("\0")) return "a zero byte";
  return line.includes("=") ? "a line without a name" : "a line without =";
}

function numberLines(
  lines: readonly string[],
): Readonly<Record<string, number>> {
  const entries = lines.flatMap((line, index) => {
    const [, name] = /^\s*(?:export\s+)?([^#=\s][^=]*?)\s*=/.exec(line) ?? [];
    return name === undefined ? [] : [[name, index + 1] as const];
  });
  return Object.fromEntries(entries);
}
