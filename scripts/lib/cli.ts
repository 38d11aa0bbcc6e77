import { UserError } from "../../constructs/errors";

/** Exit code for a mistake of the person, told in a sentence. */
const EXIT_USER_ERROR = 1;
/** Exit code for a mistake of ours (`EX_SOFTWARE`), told with its stack. */
const EXIT_DEFECT = 70;

/**
 * Runs a command to its end: the one place where an error becomes text and an exit code.
 *
 * The exit code is set, not forced, so that what was written to a pipe still drains.
 */
export async function runCommand(
  command: () => Promise<number | void> | number | void,
): Promise<void> {
  try {
    process.exitCode = (await command()) ?? 0;
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
  console.error(
    error instanceof Error ? (error.stack ?? error.message) : error,
  );
  return EXIT_DEFECT;
}
