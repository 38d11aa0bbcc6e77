import { readFileSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import { UserError } from "../../../constructs/errors";

/**
 * Reads a file that the user names.
 *
 * @param noun what the file is, such as "plan file"
 * @param hint how to create the file, or where it is
 * @throws UserError that names the file, if it cannot be read
 */
export function readInputFile(
  file: string,
  noun: string,
  hint: string,
): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw explainInputError(error, file, noun, hint);
  }
}

/** Returns a UserError for an error of {@link readInputFile} or of a stream of the file. */
export function explainInputError(
  error: unknown,
  file: string,
  noun: string,
  hint: string,
): UserError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR")
    return new UserError(`${noun} ${file} does not exist`, hint);
  if (code === "EISDIR")
    return new UserError(`${noun} ${file} must be a file, got a directory`);
  return new UserError(
    `cannot read ${noun} ${file}: ${describeFileError(error as NodeJS.ErrnoException)}`,
    "check the permissions of the file",
  );
}

/** Describes an error of the file system, such as `permission denied (EACCES)`. */
export function describeFileError({
  code = "unknown error",
  errno,
}: NodeJS.ErrnoException): string {
  const [, text] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return text === undefined ? code : `${text} (${code})`;
}

/** Runs a parser, and adds the name of the file to its errors. */
export function nameInput<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${name}: ${error.message}`, error.hint);
    throw error;
  }
}
