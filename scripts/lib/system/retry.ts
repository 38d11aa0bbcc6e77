/**
 * Repeats `action` after each error that `recover` handles, and returns its first result.
 *
 * @param recover returns whether to try again; it may wait, or ask the user for another input
 * @throws the last error
 */
export async function retry<T>(
  action: (attempt: number) => Promise<T>,
  options: {
    readonly attempts: number;
    readonly recover: (
      error: unknown,
      attempt: number,
    ) => boolean | Promise<boolean>;
  },
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action(attempt);
    } catch (error) {
      if (attempt >= options.attempts) throw error;
      if (!(await options.recover(error, attempt))) throw error;
    }
  }
}
