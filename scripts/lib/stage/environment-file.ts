import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { readEnvFile } from "../../../stacks/config/env-file";
import type { Environment } from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { formatDotenvLine } from "./dotenv-line";

/** Only the owner can read and write the file. */
const MODE = 0o600;

/** A file that receives the variables of a secret. */
export interface EnvironmentFile {
  /** Path for messages. */
  readonly name: string;
  /** Path with symbolic links resolved. */
  readonly path: string;
  readonly values: Environment;
  readonly state: "absent" | "readable" | "unreadable";
  readonly isReadableByOthers: boolean;
}

/**
 * Inspects a file of variables before it is written. If it is a symbolic link, its target is written.
 *
 * @throws UserError if the path is not a file, or its directory does not exist
 */
export function inspectEnvironmentFile(name: string): EnvironmentFile {
  const target = resolveLink(name);
  if (path.basename(target) === ".env.example")
    throw new UserError(
      `${name} must not contain secrets, since it is committed to git`,
    );
  const directory = path.dirname(target);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UserError(
      `--file must be in an existing directory, got "${name}"`,
    );
  const stats = statSync(target, { throwIfNoEntry: false });
  const file = { name, path: target };
  if (stats === undefined)
    return { ...file, values: {}, state: "absent", isReadableByOthers: false };
  if (!stats.isFile()) throw createNotAFileError(name);
  const { values, problems } = readEnvFile(target);
  const state = problems.length === 0 ? "readable" : "unreadable";
  const isReadableByOthers = (stats.mode & 0o077) !== 0;
  return { ...file, values, state, isReadableByOthers };
}

/**
 * Formats a file of variables.
 *
 * @throws UserError with the names of values that no line preserves
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
      `values must fit in a dotenv file, got ${lost.map(({ name }) => name).join(", ")}, which no line preserves`,
      "remove zero bytes and halves of surrogate pairs, and carriage returns from values with ${NAME} or $(command)",
    );
  const text = lines.map(({ line }) => `${line ?? ""}\n`).join("");
  return `# written by sync-env from the secret ${secret}: change it there (${hash(text)})\n${text}`;
}

/**
 * Returns whether a text is exactly what {@link formatEnvironmentFile} returned once, so that overwriting it loses nothing
 * that a person wrote. A text without lines has nothing to lose.
 */
export function isGenerated(text: string): boolean {
  const [, written, rest = ""] =
    /^# written by sync-env from [^\n]*\(([0-9a-f]+)\)\n([^]*)$/.exec(text) ??
    [];
  return text.trim() === "" || written === hash(rest);
}

/**
 * Returns whether a text is of an earlier version, whose first line has no checksum, and has no further comment. Values in
 * it can be changed, so that it is copied before it is overwritten.
 */
export function isOfEarlierVersion(
  { state }: EnvironmentFile,
  text: string,
): boolean {
  const [, rest = "#"] =
    /^# written by sync-env from [^\n]*: change it there\r?\n([^]*)$/.exec(
      text,
    ) ?? [];
  return state === "readable" && !/^\s*#/m.test(rest);
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Reads the current text of a file; `undefined` if it does not exist. */
export function readCurrentText({
  path: file,
}: EnvironmentFile): string | undefined {
  return existsSync(file) ? readFileSync(file, "latin1") : undefined;
}

/**
 * Copies a file, readable by its owner only, and returns the name of the copy: `<name>.backup-<time>` in the same directory,
 * which is never read as the settings of a stage.
 */
export function backUpEnvironmentFile({ path: file }: EnvironmentFile): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.\d+/, "");
  const names = [...Array(100).keys()].map(
    (index) => `${file}.backup-${time}${index === 0 ? "" : `-${index}`}`,
  );
  const backup = names.find((name) => !existsSync(name));
  if (backup === undefined)
    throw new UserError(
      `cannot copy ${file}: ${names.length} copies of this second exist`,
    );
  writeFileAtomic(backup, readFileSync(file), MODE);
  return backup;
}

export function writeEnvironmentFile(
  file: EnvironmentFile,
  text: string,
): void {
  writeFileAtomic(file.path, text, MODE);
}

/** Removes the permissions of other users, and leaves the content unchanged. */
export function restrictEnvironmentFile(file: EnvironmentFile): void {
  chmodSync(file.path, MODE);
}

function resolveLink(name: string): string {
  const file = path.resolve(name);
  // standard output can be a log
  if (/^\/(dev|proc)\//.test(file)) throw createNotAFileError(name);
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true)
    return file;
  if (statSync(file, { throwIfNoEntry: false }) === undefined)
    throw new UserError(`${name} must be a file, got a broken link`);
  return realpathSync(file);
}

function createNotAFileError(name: string): UserError {
  return new UserError(`${name} must be a file, got something else`);
}
