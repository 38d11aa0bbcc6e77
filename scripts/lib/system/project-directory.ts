import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Arguments for Node that run a command of this project, whichever folder this one was started in.
 *
 * @param main file that the process was started with
 */
export function getCommandArguments(
  name: string,
  main = process.argv[1] ?? "",
): readonly string[] {
  return [path.join(findProjectDirectory(main), "scripts", "run.mjs"), name];
}

/**
 * The folder that holds this project, else the working directory.
 *
 * @param file one of the project, such as that which the process was started with
 */
export function findProjectDirectory(file = process.argv[1] ?? ""): string {
  for (
    let folder = path.dirname(path.resolve(file));
    folder !== path.dirname(folder);
    folder = path.dirname(folder)
  ) {
    if (existsSync(path.join(folder, "scripts", "run.mjs"))) return folder;
  }
  return process.cwd();
}
