import { lstatSync } from "node:fs";
import { UserError } from "../../../constructs/errors";

/**
 * Checks that a plan can be saved as a file. Directories, links and devices are not overwritten.
 *
 * @throws UserError if the path exists and is not a regular file
 */
export function requireWritablePlanFile(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined ? /[^/\\]$/.test(file) : found.isFile()) return;
  throw new UserError(
    `the plan file must be a regular file or a new file, got ${JSON.stringify(file)}`,
    "choose another file name",
  );
}
