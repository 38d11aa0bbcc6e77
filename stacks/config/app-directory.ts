import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** File that makes a directory an app of cdktf. */
export const APP_FILE = "cdktf.json";
const PACKAGE = "veda-auth";
const MODULES = "node_modules";

/** Returns the directory of the app that a directory is in: the nearest one with cdktf.json. */
export function findAppDirectory(directory: string): string | undefined {
  return listParents(directory).find((one) =>
    existsSync(path.join(one, APP_FILE)),
  );
}

/**
 * Returns whether the running program is the package that an app has installed. A program that is started from elsewhere,
 * such as a global installation, is not: the files of an app that someone else has written must not decide what it does, even
 * if a link in `node_modules` of that app leads to the program.
 *
 * @param bundle file of the running package
 * @param program path that the program was started by
 */
export function isPackageOfApp(
  app: string,
  bundle: string,
  program: string,
): boolean {
  // as Node resolves the package: also from a workspace above the app
  const owner = listParents(app).find((one) =>
    existsSync(path.join(one, MODULES, PACKAGE)),
  );
  if (owner === undefined) return false;
  const installed = realpathSync(path.join(owner, MODULES, PACKAGE));
  const running = path.dirname(path.dirname(realpathSync(bundle)));
  // a workspace can have the files of the package above the app
  const owners = listParents(realpathSync(app));
  const isIn = (file: string): boolean =>
    listParents(file).some(
      (one) =>
        path.basename(one) === MODULES &&
        existsSync(one) &&
        owners.includes(realpathSync(path.dirname(one))),
    );
  return installed === running && (isIn(running) || isIn(program));
}

/** Lists a directory and those above it, the nearest first. */
function listParents(directory: string): readonly string[] {
  const parent = path.dirname(directory);
  return parent === directory
    ? [directory]
    : [directory, ...listParents(parent)];
}
