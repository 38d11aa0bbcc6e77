import { UserError } from "../../../constructs/errors";
import { explainRefusalIn } from "../http/local-endpoint";
import { getLastLines, type ProcessResult } from "../system/processes";
import { BACKEND_ERRORS, explainKnownError } from "./known-errors";
import { parseStateLock, type StateLock, toLockError } from "./state-lock";

/** Commands whose output contains secrets in plaintext. */
const SECRET_COMMANDS = ["show", "output", "state"];

/** Commands that change nothing. Any other can need the whole output, such as the name of a state that was not written. */
const READING_COMMANDS = ["init", "plan", "output"];

/** Thrown when Terraform fails, with the end of its output. */
export class TerraformError extends UserError {
  /** The lock that blocked the command, if that was the reason. */
  readonly lock: StateLock | undefined;

  constructor(
    command: string,
    readonly result: ProcessResult,
  ) {
    const stdout = SECRET_COMMANDS.includes(command) ? "" : result.stdout;
    const output = `${stdout}\n${result.stderr}`;
    const lock = parseStateLock(output);
    const explained =
      lock === undefined
        ? (explainRefusalIn(output) ?? explainReading(command, output))
        : toLockError(lock);
    super(
      explained?.message ??
        `terraform ${command} failed with exit code ${result.code}\n${getLastLines(output, 30)}`,
      explained?.hint,
    );
    this.lock = lock;
  }
}

function explainReading(
  command: string,
  output: string,
): UserError | undefined {
  return READING_COMMANDS.includes(command)
    ? explainKnownError(output, BACKEND_ERRORS, "the state")
    : undefined;
}
