import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { findAppDirectory } from "../../../stacks/config/app-directory";
import {
  isTemporaryDirectory,
  withTemporaryDirectory,
} from "../system/temporary-directory";

/** Entry that is moved first: a directory cannot replace one with files, so that one of two commands fails. */
const FIRST_ENTRY = ".github";

/**
 * Requires a directory in which an app can be created: a new or empty one, or a new git repository.
 *
 * @throws UserError if it is not
 */
export function requireFreeDirectory(directory: string): void {
  requireEmpty(directory);
  const parent = path.dirname(path.resolve(directory));
  if (!existsSync(parent))
    throw new UserError(
      `the directory of ${directory} must exist, got ${parent}`,
      `create it first: mkdir -p ${parent}`,
    );
  accessSync(existsSync(directory) ? directory : parent, constants.W_OK);
  const app = findAppDirectory(parent);
  if (app !== undefined)
    throw new UserError(
      `${directory} must not be inside another app, got one in ${app}`,
      "choose a directory next to that app",
    );
}

/**
 * Creates a directory with all its files or not at all: another command, an error or a signal leaves no part of them.
 *
 * @param write writes the files to a temporary directory
 * @throws UserError if the directory has files
 */
export async function createDirectory(
  directory: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const exists = existsSync(directory);
  await withTemporaryDirectory(
    async (temporary) => {
      const files = path.join(temporary, "files");
      mkdirSync(files);
      await write(files);
      try {
        if (exists) moveEntries(files, directory);
        else renameSync(files, directory);
      } catch (error) {
        // another command was faster
        requireEmpty(directory);
        throw error;
      }
    },
    // of the same file system; an existing directory can be in one that the user cannot write
    exists ? directory : path.dirname(path.resolve(directory)),
  );
}

/** Moves all entries, or none if one fails. */
function moveEntries(from: string, to: string): void {
  const others = readdirSync(from).filter((name) => name !== FIRST_ENTRY);
  const moved: string[] = [];
  try {
    for (const name of [FIRST_ENTRY, ...others]) {
      renameSync(path.join(from, name), path.join(to, name));
      moved.push(name);
    }
  } catch (error) {
    for (const name of moved) rmSync(path.join(to, name), { recursive: true });
    throw error;
  }
}

function requireEmpty(directory: string): void {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) {
    if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) return;
    throw new UserError(
      `${directory} must be a directory, got a link to a missing file`,
    );
  }
  if (!stats.isDirectory())
    throw new UserError(`${directory} must be a directory, got a file`);
  const [name, ...others] = readdirSync(directory).filter(
    (entry) => entry !== ".git" && !isTemporaryDirectory(entry),
  );
  if (name === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  throw new UserError(
    `${directory} must be a new or empty directory, got one with ${name}${more}`,
    "choose another directory",
  );
}
