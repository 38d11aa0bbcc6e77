import { existsSync, readdirSync, realpathSync } from "node:fs";
import path from "node:path";

/**
 * Returns the directory whose files `.env` and `.env.<stage>` are read: the working directory; `undefined` for an installed
 * command, which reads none.
 *
 * An installed command runs in any directory, and the files of one that someone else has written must not decide which
 * user pool a password is for. It is recognized by its bundle, which is the process's main module: `npm run` starts
 * scripts/run.mjs instead, in this project's directory. The project's own directory is the exception, so that its bundles
 * read the same settings there however they are started.
 *
 * @param bundle file of an installed command; other values than the default are for tests
 */
export function findSettingsDirectory(
  bundle: string | undefined = installedBundle(),
  directory = process.cwd(),
): string | undefined {
  if (bundle === undefined) return directory;
  const project = path.dirname(path.dirname(realpathSync(bundle)));
  const isProject =
    realpathSync(directory) === project &&
    existsSync(path.join(project, "scripts", "run.mjs"));
  return isProject ? directory : undefined;
}

/** Files that are read for no stage. */
const NO_SETTINGS = [".env.example", ".env.local"];

/** Returns the names of settings files in the working directory that an installed command does not read. */
export function listIgnoredSettingsFiles(
  directory = process.cwd(),
  isIgnored = findSettingsDirectory() === undefined,
): readonly string[] {
  return isIgnored
    ? readdirSync(directory).filter(
        (name) =>
          /^\.env(\.[\w-]+)?$/.test(name) && !NO_SETTINGS.includes(name),
      )
    : [];
}

/** File of this bundle, if it was started by itself. */
function installedBundle(): string | undefined {
  return require.main === module ? __filename : undefined;
}
