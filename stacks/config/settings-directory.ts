import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { findAppDirectory, isPackageOfApp } from "./app-directory";
import { listStageFiles } from "./stage-sources";

/** Id of the module that scripts/run.mjs runs a bundle as. */
const CHECKOUT_MODULE = "checkout";

/**
 * Returns the directory whose settings are read: the working directory, the app that the working directory is in, or
 * `undefined` for an installed command outside of its app.
 *
 * An installed command runs in any directory, and files that someone else has written there must not decide which user
 * pool receives a password. An installed command is a process whose main module is a bin of the package; `npm run` and
 * `npx` start scripts/run.mjs in this project. In this project's own directory, and in an app that has the running package
 * in its node_modules, the files are read.
 *
 * @param bundle file of an installed command; tests pass other values than the default
 * @param program path that the command was started by
 */
export function findSettingsDirectory(
  bundle: string | undefined = findInstalledBundle(),
  directory = process.cwd(),
  program = process.argv[1] ?? "",
): string | undefined {
  if (bundle === undefined) return directory;
  const project = path.dirname(path.dirname(realpathSync(bundle)));
  const isProject =
    realpathSync(directory) === project &&
    existsSync(path.join(project, "scripts", "run.mjs"));
  if (isProject) return directory;
  const app = findAppDirectory(directory);
  return app !== undefined && isPackageOfApp(app, bundle, program)
    ? app
    : undefined;
}

/** Returns the names of settings files in the working directory that an installed command does not read. */
export function listIgnoredSettingsFiles(
  directory = process.cwd(),
  isIgnored = findSettingsDirectory() === undefined,
): readonly string[] {
  if (!isIgnored) return [];
  const common = statSync(path.join(directory, ".env"), {
    throwIfNoEntry: false,
  });
  return [
    ...(common?.isFile() === true ? [".env"] : []),
    ...listStageFiles(directory),
  ];
}

/** Returns the bundle if a bin in its directory has loaded it, and not scripts/run.mjs. */
export function findInstalledBundle(): string | undefined {
  const main = require.main?.filename;
  return module.id !== CHECKOUT_MODULE &&
    main !== undefined &&
    path.dirname(main) === __dirname
    ? __filename
    : undefined;
}
