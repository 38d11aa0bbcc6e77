import { lstatSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import type { Environment } from "./environment";

/** What a file of settings holds, and what is wrong with it. */
export interface EnvFile {
  readonly values: Environment;
  readonly problems: readonly string[];
}

const ABSENT: EnvFile = { values: {}, problems: [] };

/** Reads a file of `NAME=value` lines; one that is not there, or is a folder, holds nothing. */
export function readEnvFile(file: string): EnvFile {
  const name = path.basename(file);
  try {
    if (lstatSync(file).isDirectory()) return ABSENT;
  } catch {
    return ABSENT;
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      readFileSync(file),
    );
    const line = strayLine(text);
    return line === undefined
      ? { values: parseEnv(text), problems: [] }
      : {
          values: {},
          problems: [
            `${name} must have lines of the form NAME=value, got another at line ${line}`,
          ],
        };
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).syscall === undefined
        ? "something else"
        : ((error as NodeJS.ErrnoException).code ?? "an error");
    return {
      values: {},
      problems: [
        `${name} must be a readable file of UTF-8 text, got ${reason}`,
      ],
    };
  }
}

/** Number of a line that would be left out without a word. It is not quoted: it may be a part of a secret. */
function strayLine(text: string): number | undefined {
  const withoutQuoted = text.replace(
    /=[ \t]*(["'`])[^]*?\1/g,
    (quoted) => `=${"\n".repeat(quoted.split("\n").length - 1)}`,
  );
  const index = withoutQuoted
    .split(/\r?\n/)
    .findIndex((line) => !/^\s*(#.*)?$/.test(line) && !/^[^=\0]+=/.test(line));
  return index === -1 ? undefined : index + 1;
}
