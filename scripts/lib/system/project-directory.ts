import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";

/** Creates the error of a command that an installed package cannot run. */
export function createCheckoutError(): UserError {
  return new UserError(
    "the command must run in a checkout of the project, got an installed package",
    "run it with npx in the directory of the project",
  );
}

/**
 * Returns the arguments of Node that run a command of this project, from any working directory. An installed package uses
 * the checkout in the working directory.
 *
 * @param main script of this process
 * @throws UserError if there is no checkout
 */
export function getCommandArguments(
  name: string,
  main = process.argv[1] ?? "",
): readonly string[] {
  const script = path.join(findProjectDirectory(main), "scripts", "run.mjs");
  if (!existsSync(script)) throw createCheckoutError();
  return [script, name];
}

/**
 * Returns the directory of this project, or the working directory.
 *
 * @param file a file of the project, such as the script of this process
 */
export function findProjectDirectory(file = process.argv[1] ?? ""): string {
  for (
    let directory = path.dirname(path.resolve(file));
    directory !== path.dirname(directory);
    directory = path.dirname(directory)
  ) {
    if (existsSync(path.join(directory, "scripts", "run.mjs")))
      return directory;
  }
  return process.cwd();
}
