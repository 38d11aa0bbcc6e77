import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./environment";

/** Reads a file of `NAME=value` lines. A file that does not exist, or is a directory, has no variables. */
export function readEnvFile(file: string): {
  readonly values: Environment;
  readonly problems: readonly string[];
} {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory())
    return { values: {}, problems: [] };
  const name = path.basename(file);
  let text: string;
  try {
    const bytes = readFileSync(file);
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const { syscall, code = "an error" } = error as NodeJS.ErrnoException;
    const reason = syscall === undefined ? "other bytes" : code;
    return {
      values: {},
      problems: [
        `${name} must be a readable file of UTF-8 text, got ${reason}`,
      ],
    };
  }
  const line = findInvalidLine(text);
  return line === undefined
    ? { values: parseEnv(text), problems: [] }
    : {
        values: {},
        problems: [
          `${name} must contain lines of the form NAME=value only, got another at line ${line}`,
        ],
      };
}

/** Returns the number of a line that would be ignored silently. The line can be part of a secret, so it is not quoted. */
function findInvalidLine(text: string): number | undefined {
  const withoutQuoted = text.replace(
    /=[ \t]*(["'`])[^]*?\1/g,
    (quoted) => `=${"\n".repeat(quoted.split("\n").length - 1)}`,
  );
  const index = withoutQuoted
    .split(/\r?\n/)
    .findIndex((line) => !/^\s*(#.*)?$/.test(line) && !/^[^=\0]+=/.test(line));
  return index === -1 ? undefined : index + 1;
}
