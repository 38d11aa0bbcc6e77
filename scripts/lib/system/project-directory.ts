import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";

/**
 * Returns the arguments of Node that run a command of this checkout, from any working directory.
 *
 * @param file a file of the checkout
 * @throws UserError if there is no checkout
 */
export function getCommandArguments(
  name: string,
  file = __filename,
): readonly string[] {
  return [path.join(findProjectDirectory(file), "scripts", "run.mjs"), name];
}

/**
 * Returns the directory of this checkout.
 *
 * @param file a file of the checkout
 * @throws UserError if there is no checkout
 */
export function findProjectDirectory(file = __filename): string {
  for (
    let directory = path.dirname(path.resolve(file));
    directory !== path.dirname(directory);
    directory = path.dirname(directory)
  ) {
    if (existsSync(path.join(directory, "scripts", "run.mjs")))
      return directory;
  }
  throw new UserError(`${file} must be in a checkout of the project`);
}
