import { lstatSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseDotenv } from "./dotenv";
import type { Environment } from "./environment";

/** The variables of a file. */
export interface EnvFile {
  readonly values: Environment;
  /** Numbers of the lines with a variable, by its name. */
  readonly lineNumbers: Readonly<Record<string, number>>;
  /** Names of variables that refer to other variables or commands, which are not expanded. */
  readonly references: readonly string[];
  /** Sentences with the name of the file. If there is one, the file has no variables. */
  readonly problems: readonly string[];
}

/**
 * Reads a dotenv file, as {@link parseDotenv} describes. A file that does not exist, or is a directory, has no variables.
 *
 * @param name name of the file in problems
 */
export function readEnvFile(file: string, name = path.basename(file)): EnvFile {
  const fail = (problems: readonly string[]): EnvFile => ({
    values: {},
    lineNumbers: {},
    references: [],
    problems,
  });
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory()) return fail([]);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readBytes(file));
  } catch (error) {
    const { syscall, code = "an error" } = error as NodeJS.ErrnoException;
    const reason = syscall === undefined ? "other bytes" : code;
    return fail([
      `${name} must be a readable file of UTF-8 text, got ${reason}`,
    ]);
  }
  const { variables, invalidLines } = parseDotenv(text);
  const [first, ...others] = invalidLines;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return fail([
      `${name}: line ${first.line} must be NAME=value, such as STAGE=dev, or a comment that begins with #, got ${first.form}${more}`,
    ]);
  }
  // the last one of a name counts
  const byName = new Map(variables.map((each) => [each.name, each]));
  const entries = [...byName.values()];
  return {
    values: Object.fromEntries(
      entries.map((variable) => [variable.name, variable.value]),
    ),
    lineNumbers: Object.fromEntries(
      entries.map((variable) => [variable.name, variable.line]),
    ),
    references: entries.flatMap((variable) =>
      variable.hasReference ? [variable.name] : [],
    ),
    problems: [],
  };
}

/** Contents of pipes, such as `/dev/stdin`, by path: another read of a pipe returns nothing, or waits. */
const pipes = new Map<string, Buffer>();

function readBytes(file: string): Buffer {
  if (statSync(file).isFile()) return readFileSync(file);
  const bytes = pipes.get(file) ?? readFileSync(file);
  pipes.set(file, bytes);
  return bytes;
}
