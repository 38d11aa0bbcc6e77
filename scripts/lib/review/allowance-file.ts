import { existsSync, readFileSync, statSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { parseAllowances, type Allowance } from "./allowances";

/** Where the allow-list is kept, beside the code that it is reviewed with. */
export const ALLOWANCE_FILE = ".plan-allowances.json";

/**
 * Entries of the allow-list.
 *
 * @param file has to be there when it is named
 * @default {@link ALLOWANCE_FILE} where there is one
 * @throws UserError when it cannot be used
 */
export function readAllowances(file?: string): readonly Allowance[] {
  if (file === undefined && !existsSync(ALLOWANCE_FILE)) return [];
  const name = file ?? ALLOWANCE_FILE;
  if (statSync(name).isDirectory())
    throw new UserError(`${name} must be a file, got a folder`);
  try {
    return parseAllowances(readFileSync(name, "utf8"));
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${name}: ${error.message}`, error.hint);
    throw error;
  }
}
