import { existsSync, readFileSync, statSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { parseAllowances, type Allowance } from "./allowances";

/** Where the allow-list is stored, next to the code that it is reviewed with. */
export const ALLOWANCE_FILE = ".plan-allowances.json";

/**
 * Reads the entries of the allow-list.
 *
 * @param file must exist if it is named
 * @default {@link ALLOWANCE_FILE} if it exists
 * @throws UserError if it cannot be used
 */
export function readAllowances(
  file?: string,
  today = new Date().toISOString().slice(0, 10),
): readonly Allowance[] {
  if (file === undefined && !existsSync(ALLOWANCE_FILE)) return [];
  const name = file ?? ALLOWANCE_FILE;
  if (statSync(name).isDirectory())
    throw new UserError(`${name} must be a file, got a directory`);
  try {
    return parseAllowances(readFileSync(name, "utf8"), today);
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(`${name}: ${error.message}`, error.hint);
    throw error;
  }
}
