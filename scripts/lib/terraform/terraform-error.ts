import { UserError } from "../../../constructs/errors";
import { explainRefusalIn } from "../http/local-endpoint";
import { getLastLines, type ProcessResult } from "../system/processes";
import {
  BACKEND_ERRORS,
  explainKnownError,
  findApplyHint,
  INIT_ERRORS,
  isLockOutdated,
  type KnownErrors,
  PLAN_ERRORS,
} from "./known-errors";
import { parseStateLock, type StateLock, toLockError } from "./state-lock";

/** Commands whose output contains secrets in plaintext. */
const SECRET_COMMANDS = ["show", "output", "state"];

/** File that Terraform writes if it cannot write the state. */
export const ERRORED_STATE = "errored.tfstate";

/** Errors of commands that change nothing. Any other can need the whole output, such as the name of a state that was not written. */
const KNOWN_ERRORS: Readonly<Record<string, KnownErrors>> = {
  init: INIT_ERRORS,
  output: BACKEND_ERRORS,
  plan: PLAN_ERRORS,
};

/** Thrown when Terraform fails, with the end of its output. */
export class TerraformError extends UserError {
  /** The lock that blocked the command, if that was the reason. */
  readonly lock: StateLock | undefined;
  /** Whether the state has changed since the plan that was applied. */
  readonly isPlanStale: boolean;
  /** Whether the dependency lock file selects a provider that the stack no longer allows. */
  readonly isLockOutdated: boolean;

  constructor(
    command: string,
    readonly result: ProcessResult,
    stage?: string,
    accountId?: string,
  ) {
    const stdout = SECRET_COMMANDS.includes(command) ? "" : result.stdout;
    const output = `${stdout}\n${result.stderr}`;
    const lock = parseStateLock(output);
    const explained =
      lock === undefined
        ? (explainRefusalIn(output) ??
          explainKnownError(output, KNOWN_ERRORS[command] ?? [], {
            location: "the state",
            stage,
            accountId,
          }))
        : toLockError(lock);
    super(
      explained?.message ??
        `terraform ${command} failed with exit code ${result.code}\n${getLastLines(output, 30)}`,
      explained?.hint ??
        (command === "apply" && !output.includes(ERRORED_STATE)
          ? findApplyHint(output, stage)
          : undefined),
    );
    this.lock = lock;
    this.isPlanStale = output.includes("Saved plan is stale");
    this.isLockOutdated = isLockOutdated(output);
  }
}
