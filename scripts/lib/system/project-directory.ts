import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Returns the arguments of Node that run a command of this project, from any working directory.
 *
 * @param main script of this process
 */
export function getCommandArguments(
  name: string,
  main = process.argv[1] ?? "",
): readonly string[] {
  return [path.join(findProjectDirectory(main), "scripts", "run.mjs"), name];
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
