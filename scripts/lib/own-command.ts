import { existsSync } from "node:fs";
import path from "node:path";

/**
 * Arguments for Node that run a command of this project, whichever folder this one was started in.
 *
 * @param main file that the process was started with
 */
export function ownCommand(
  name: string,
  main = process.argv[1] ?? "",
): readonly string[] {
  return [path.join(projectOf(main), "scripts", "run.mjs"), name];
}

/**
 * The folder that holds this project.
 *
 * @param main file that the process was started with
 */
export function projectFolder(main = process.argv[1] ?? ""): string {
  return projectOf(main);
}

/** The folder that holds the project a file is of, else the working directory. */
function projectOf(file: string): string {
  for (
    let folder = path.dirname(path.resolve(file));
    folder !== path.dirname(folder);
    folder = path.dirname(folder)
  ) {
    if (existsSync(path.join(folder, "scripts", "run.mjs"))) return folder;
  }
  return process.cwd();
}
