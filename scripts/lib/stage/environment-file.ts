import { chmodSync, lstatSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { readEnvFile } from "../../../stacks/config/env-file";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { formatDotenvLine } from "./dotenv-line";

/** Read and written by its owner alone. */
const MODE = 0o600;

/** A file of variables that a secret is written to. */
export interface EnvironmentFile {
  /** Path as it was given, for messages. */
  readonly name: string;
  /** Where it is, symbolic links followed. */
  readonly path: string;
  readonly values: Environment;
  readonly state: "absent" | "readable" | "unreadable";
  /** Whether others may read it. */
  readonly isReadableByOthers: boolean;
}

/**
 * Looks at a file of variables before it is written. A symbolic link stays one: what it leads to is written.
 *
 * @throws UserError when it is something else than a file, or lies in no folder
 */
export function inspectEnvironmentFile(name: string): EnvironmentFile {
  const target = realPath(name);
  if (path.basename(target) === ".env.example")
    throw new UserError(`${name} is kept in git, and must hold no secret`);
  const folder = path.dirname(target);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(
      `--file must be in a folder that exists, got "${name}"`,
    );
  const stats = statSync(target, { throwIfNoEntry: false });
  const file = { name, path: target };
  if (stats === undefined)
    return { ...file, values: {}, state: "absent", isReadableByOthers: false };
  if (!stats.isFile())
    throw new UserError(`${name} must be a file, got something else`);
  const { values, problems } = readEnvFile(target);
  const state = problems.length === 0 ? "readable" : "unreadable";
  return {
    ...file,
    values,
    state,
    isReadableByOthers: (stats.mode & 0o077) !== 0,
  };
}

/**
 * Text of a file that holds these variables and no other.
 *
 * @throws UserError when a value would not be read back as it is, with its name
 */
export function formatEnvironmentFile(
  values: ReadonlyMap<string, string>,
  secret: string,
): string {
  const lines = [...values].map(([name, value]) => ({
    name,
    line: formatDotenvLine(name, value),
  }));
  const lost = lines.filter(({ line }) => line === undefined);
  if (lost.length > 0)
    throw new UserError(
      `values must fit in a dotenv file, got those of ${lost.map(({ name }) => name).join(", ")}, which no quotes keep`,
      "a carriage return does not fit, nor both kinds of quotes, nor an apostrophe beside a $, ` or \\, which a shell would run",
    );
  const origin = `# written by sync-env from the secret ${secret}: change it there\n`;
  return origin + lines.map(({ line }) => `${line ?? ""}\n`).join("");
}

/** Writes the file whole or not at all, for its owner alone. */
export function writeEnvironmentFile(
  file: EnvironmentFile,
  text: string,
): void {
  writeFileAtomic(file.path, text, MODE);
}

/** Has the file be its owner's alone, its text as it was. */
export function restrictEnvironmentFile(file: EnvironmentFile): void {
  chmodSync(file.path, MODE);
}

function realPath(name: string): string {
  const file = path.resolve(name);
  // standard output would lead to the log that it is written to
  if (/^\/(dev|proc)\//.test(file))
    throw new UserError(`${name} must be a file, got something else`);
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true)
    return file;
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    throw new UserError(`${name} must be a file, got a link to nothing`);
  return realpathSync(file);
}
