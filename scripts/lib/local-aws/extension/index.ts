import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import init from "./__init__.py";
import clientSecrets from "./client_secrets.py";
import patching from "./patching.py";
import secretVersions from "./secret_versions.py";

/** The files of the Python package. The text of each is in the bundle. */
const FILES = {
  "__init__.py": init,
  "client_secrets.py": clientSecrets,
  "patching.py": patching,
  "secret_versions.py": secretVersions,
};

/** Name of the package, which the server imports before it starts. */
export const EXTENSION = "local_aws_extension";

/** Writes the package into a directory, from which Python can import it. */
export function writeExtension(directory: string): void {
  const target = path.join(directory, EXTENSION);
  mkdirSync(target);
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(path.join(target, name), text);
}
