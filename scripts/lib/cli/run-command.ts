import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import { listIgnoredSettingsFiles } from "../../../stacks/config/settings-directory";
import { explainAwsError } from "../aws/errors";
import { describeFileError } from "../system/input-file";
import { fenceText } from "./log-fence";
import { UsageError } from "./usage-error";

/** Exit code of an error that the user can fix, which is printed as a message. */
const EXIT_USER_ERROR = 1;
/** Exit code of invalid options. */
export const EXIT_USAGE = 2;
/** Exit code of an internal error (`EX_SOFTWARE`), which is printed with its stack. */
const EXIT_INTERNAL_ERROR = 70;

/**
 * Runs a command, prints its error, and sets the exit code of the process.
 *
 * The exit code is set, not forced, so that output to a pipe is flushed.
 *
 * @param exitCodes codes that replace the defaults in this command
 */
export async function runCommand(
  command: () => Promise<number>,
  exitCodes: { readonly usage?: number | undefined } = {},
): Promise<void> {
  const output = continueWithoutOutput();
  try {
    const code = await command();
    process.exitCode = output.isLost ? EXIT_USER_ERROR : code;
  } catch (error) {
    process.exitCode = printError(error, exitCodes.usage ?? EXIT_USAGE);
  }
}

/**
 * Lets the command finish if its output cannot be written, such as after the terminal was closed. The error would end the
 * process otherwise, and with it a running `terraform apply`.
 */
function continueWithoutOutput(): { readonly isLost: boolean } {
  const output = { isLost: false };
  const onError = (error: NodeJS.ErrnoException): boolean => {
    // the reader, such as `head`, needs no more output
    if (error.code === "EPIPE" || output.isLost) return false;
    output.isLost = true;
    process.exitCode = EXIT_USER_ERROR;
    return true;
  };
  process.stderr.on("error", onError);
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (onError(error))
      console.error(`cannot write to standard output: ${error.message}`);
  });
  return output;
}

function printError(error: unknown, usage: number): number {
  const userError = toUserError(error);
  if (userError === undefined) {
    console.error(
      types.isNativeError(error) ? (error.stack ?? error.message) : error,
    );
    return EXIT_INTERNAL_ERROR;
  }
  const isUsageError = userError instanceof UsageError;
  const ignored = isUsageError ? [] : listIgnoredSettingsFiles();
  const lines = [
    userError.message,
    ...(userError.hint === undefined ? [] : [`hint: ${userError.hint}`]),
    ...(ignored.length === 0
      ? []
      : [
          `hint: an installed command does not read ${ignored.join(", ")} in this directory; name a file with --env-file or ENV_FILE`,
        ]),
  ];
  // a message can repeat text of Terraform, AWS or a file
  console.error(fenceText(lines.join("\n")));
  return isUsageError ? usage : EXIT_USER_ERROR;
}

/** Returns `undefined` for an internal error. */
function toUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (isFileError(error)) {
    return new UserError(
      `cannot use ${error.path}: ${describeFileError(error)}`,
      "check that the path exists, and its permissions",
    );
  }
  return explainAwsError(error);
}

/** Returns whether an error is of the file system, such as a missing directory or permission. */
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
