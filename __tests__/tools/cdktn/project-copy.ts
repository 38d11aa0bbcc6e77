import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { LOCAL_AWS_DIRECTORY } from "../../../scripts/lib/local-aws/local-aws";
import {
  isJsonObject,
  type JsonObject,
} from "../../../scripts/lib/system/json-object";
import {
  getLastLines,
  runProcess,
} from "../../../scripts/lib/system/processes";
import type { Environment } from "../../../stacks/config/environment";
import { installPackages } from "../npm";

const INSTALL_SECONDS = 900;

/**
 * Copies the tracked files of a project, replaces some dependencies and installs packages. Links the local AWS of the
 * project.
 *
 * @returns the installed replacements, as `name version`
 * @throws UserError if the project is not a git clone, or npm fails
 */
export async function installProjectCopy(
  project: string,
  directory: string,
  aliases: Readonly<Record<string, string>>,
  environment: Environment,
): Promise<readonly string[]> {
  for (const file of await listTrackedFiles(project, environment)) {
    const copy = path.join(directory, file);
    mkdirSync(path.dirname(copy), { recursive: true });
    cpSync(path.join(project, file), copy);
  }
  const manifest = path.join(directory, "package.json");
  writeFileSync(
    manifest,
    JSON.stringify(replaceDependencies(readJson(manifest), aliases), null, 2),
  );
  const aws = path.join(project, LOCAL_AWS_DIRECTORY);
  mkdirSync(aws, { recursive: true });
  symlinkSync(aws, path.join(directory, LOCAL_AWS_DIRECTORY));
  await installPackages(directory, [], {
    environment,
    seconds: INSTALL_SECONDS,
  });
  return Object.keys(aliases).map((name) => {
    const file = path.join(directory, "node_modules", name, "package.json");
    const { name: real, version } = readJson(file);
    return `${String(real)} ${String(version)}`;
  });
}

/**
 * Replaces development dependencies of a package.
 *
 * @throws UserError if the package does not depend on one of them
 */
export function replaceDependencies(
  manifest: JsonObject,
  aliases: Readonly<Record<string, string>>,
): JsonObject {
  const { devDependencies } = manifest;
  const present = isJsonObject(devDependencies) ? devDependencies : {};
  for (const name of Object.keys(aliases)) {
    if (!(name in present))
      throw new UserError(`package.json must have ${name} in devDependencies`);
  }
  return { ...manifest, devDependencies: { ...present, ...aliases } };
}

async function listTrackedFiles(
  project: string,
  environment: Environment,
): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runProcess("git", ["ls-files", "-z"], {
    directory: project,
    environment,
    timeoutSeconds: 60,
  });
  if (code !== 0)
    throw new UserError(
      `cannot list the project's files: ${getLastLines(stderr, 1)}`,
      "run this in a git clone",
    );
  const files = stdout.split("\0").filter((file) => file !== "");
  // git still tracks a removed file until the removal is staged
  return files.filter((file) => existsSync(path.join(project, file)));
}

function readJson(file: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isJsonObject(value) ? value : {};
}
