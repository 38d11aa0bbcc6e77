import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import { listIgnoredSettingsFiles } from "../../../stacks/config/settings-directory";
import { explainAwsError } from "../aws/errors";
import { fenceText } from "./log-fence";

/** Exit code for what the person can mend, told in a sentence. */
const EXIT_USER_ERROR = 1;
/** Exit code for arguments that are not accepted: nothing has been done. */
const EXIT_USAGE = 2;
/** Exit code for a mistake of ours (`EX_SOFTWARE`), told with its stack. */
const EXIT_INTERNAL_ERROR = 70;

/** Arguments that a command does not take. */
export class UsageError extends UserError {
  /** @param message what is wrong, what came and what is accepted; never the value of an argument that may be a secret */
  constructor(message: string, hint = "--help lists what is accepted") {
    super(message, hint);
  }
}

/**
 * Runs a command to its end, and has the process exit with the code it returns: the one place where an error becomes text and an exit code.
 *
 * The exit code is set, not forced, so that what was written to a pipe still drains.
 *
 * @param exitCodes other codes than all commands have, where those mean something else
 */
export async function runCommand(
  command: () => Promise<number>,
  exitCodes: { readonly usage?: number | undefined } = {},
): Promise<void> {
  const losses: Error[] = [];
  const onError = (error: NodeJS.ErrnoException): void => {
    // who reads no further, as `head`, has what it wants
    if (error.code === "EPIPE") return;
    console.error(`cannot write to standard output: ${error.message}`);
    losses.push(error);
    process.exitCode = EXIT_USER_ERROR;
  };
  process.stdout.on("error", onError);
  try {
    const code = await command();
    process.exitCode = losses.length > 0 ? EXIT_USER_ERROR : code;
  } catch (error) {
    process.exitCode = report(error, exitCodes.usage ?? EXIT_USAGE);
  }
}

function report(error: unknown, usage: number): number {
  const explanation = toUserError(error);
  if (explanation === undefined) {
    console.error(
      types.isNativeError(error) ? (error.stack ?? error.message) : error,
    );
    return EXIT_INTERNAL_ERROR;
  }
  const ignored = listIgnoredSettingsFiles();
  const lines = [
    explanation.message,
    ...(explanation.hint === undefined ? [] : [`hint: ${explanation.hint}`]),
    ...(ignored.length === 0
      ? []
      : [
          `hint: an installed command does not read ${ignored.join(", ")} of this directory; name a file with --env-file or ENV_FILE`,
        ]),
  ];
  // a message repeats what Terraform, AWS or a file says
  console.error(fenceText(lines.join("\n")));
  return explanation instanceof UsageError ? usage : EXIT_USER_ERROR;
}

/** What a person can mend, in a sentence; `undefined` for a defect of ours. */
function toUserError(error: unknown): UserError | undefined {
  if (error instanceof UserError) return error;
  if (isArgumentError(error)) return new UsageError(argumentProblem(error));
  if (isFileError(error)) {
    return new UserError(
      `cannot use ${error.path}: ${error.code}`,
      "look at what is there, and who may write to it",
    );
  }
  return explainAwsError(error);
}

/** An argument by itself is not repeated: it may be a password or a token. */
function argumentProblem({ code, message }: ArgumentError): string {
  return code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL"
    ? "only options are accepted, got an argument that is none"
    : message;
}

type ArgumentError = Error & { readonly code: string };

/** An argument that `node:util`'s `parseArgs` does not take. */
function isArgumentError(error: unknown): error is ArgumentError {
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
