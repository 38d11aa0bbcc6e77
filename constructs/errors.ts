/**
 * A mistake that the person running the command can mend: shown as its message alone, never with a stack.
 */
export class UserError extends Error {
  override readonly name = "UserError";

  /**
   * @param message what is wrong, what came and what is accepted, in one sentence
   * @param hint what to do about it
   */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** One message that lists every problem, so that a person mends all of them in one go. */
export function createValidationError(
  subject: string,
  problems: readonly string[],
): UserError {
  const count =
    problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new UserError(
    [
      `${subject}: ${count}`,
      ...problems.map((problem) => `  - ${problem}`),
    ].join("\n"),
  );
}
