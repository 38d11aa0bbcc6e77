import { types } from "node:util";
import { UserError } from "../../constructs/errors";

/** Exit code for a mistake of the person, told in a sentence. */
const EXIT_USER_ERROR = 1;
/** Exit code for a mistake of ours (`EX_SOFTWARE`), told with its stack. */
const EXIT_DEFECT = 70;

/**
 * Runs a command to its end, and has the process exit with the code it returns: the one place where an error becomes text and an exit code.
 *
 * The exit code is set, not forced, so that what was written to a pipe still drains.
 */
export async function runCommand(
  command: () => Promise<number>,
): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof UserError) {
    console.error(error.message);
    if (error.hint !== undefined) console.error(`hint: ${error.hint}`);
    return EXIT_USER_ERROR;
  }
  if (isFileError(error)) {
    console.error(`cannot use ${error.path}: ${error.code}`);
    console.error("hint: look at what is there, and who may write to it");
    return EXIT_USER_ERROR;
  }
  if (isArgumentError(error)) {
    console.error(error.message);
    console.error("hint: --help lists what is accepted");
    return EXIT_USER_ERROR;
  }
  console.error(
    types.isNativeError(error) ? (error.stack ?? error.message) : error,
  );
  return EXIT_DEFECT;
}

/** An argument that `node:util`'s `parseArgs` does not take. */
function isArgumentError(error: unknown): error is Error {
  return (
    types.isNativeError(error) &&
    "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS")
  );
}

/** What the file system refuses: a folder that is not there, not ours to write to, or full. */
function isFileError(
  error: unknown,
): error is Error & { readonly code: string; readonly path: string } {
  return (
    types.isNativeError(error) &&
    "syscall" in error &&
    "code" in error &&
    "path" in error &&
    typeof error.path === "string"
  );
}
