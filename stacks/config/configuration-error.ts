import { createValidationError, type UserError } from "../../constructs/errors";
import { formatPage } from "./documentation";

/**
 * Creates the error of settings and their files. Stages share the problems of the file `.env`, which are listed once.
 *
 * @param note possible reason, which begins the hint
 */
export function createConfigurationError(
  problems: readonly string[],
  note?: string,
): UserError {
  const hint = `change the settings in the environment, .env.<stage>, .env or cdktf.json; see ${formatPage("configuration")}`;
  return createValidationError(
    "configuration",
    [...new Set(problems)],
    note === undefined ? hint : `${note}; ${hint}`,
  );
}
