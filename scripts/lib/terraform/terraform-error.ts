import { UserError } from "../../../constructs/errors";
import { explainRefusalIn } from "../http/local-endpoint";
import { getLastLines, type ProcessResult } from "../system/processes";
import { parseStateLock, type StateLock, toLockError } from "./state-lock";

/** Commands whose output contains secrets in plaintext. */
const SECRET_COMMANDS = ["show", "output", "state"];

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
      lock === undefined ? explainRefusalIn(output) : toLockError(lock);
    super(
      explained?.message ??
        `terraform ${command} failed with exit code ${result.code}\n${getLastLines(output, 30)}`,
      explained?.hint,
    );
    this.lock = lock;
  }
}
