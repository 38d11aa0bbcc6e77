import { createValidationError, type UserError } from "../../constructs/errors";

/** Creates the error of settings and their files. Stages share the problems of the file `.env`, which are listed once. */
export function createConfigurationError(
  problems: readonly string[],
): UserError {
  return createValidationError(
    "configuration",
    [...new Set(problems)],
    "change the settings in the environment, .env.<stage> or .env; see docs/configuration.md",
  );
}
