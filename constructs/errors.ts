/** An error that the caller can fix. Commands print its message and hint, without a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";

  /**
   * @param message subject, requirement and actual value, in one sentence
   * @param hint how to fix the error, in the imperative
   */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/**
 * Creates one error that lists all errors of a subject.
 *
 * @param hint how to fix the errors, in the imperative
 */
export function createValidationError(
  subject: string,
  errors: readonly string[],
  hint?: string,
): UserError {
  const count = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
  return new UserError(
    [`${subject}: ${count}`, ...errors.map((error) => `  - ${error}`)].join(
      "\n",
    ),
    hint,
  );
}
