import { lstatSync, readFileSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { replaceFile } from "../../../stacks/replace-file";

const OWNER_ALONE = 0o600;

/**
 * Fails unless a plan can be saved as this file: a directory, a link or a device is not overwritten.
 *
 * @throws UserError when something else than a file is there
 */
export function requirePlanFile(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined ? /[^/\\]$/.test(file) : found.isFile()) return;
  throw new UserError(
    `the file of a plan must be a regular file or a new one, got ${JSON.stringify(file)}`,
    "name another file",
  );
}

/** Saves a plan file, which holds secrets in plaintext, so that only its owner can read it. */
export function savePlan(from: string, to: string): void {
  requirePlanFile(to);
  replaceFile(to, readFileSync(from), OWNER_ALONE);
}
