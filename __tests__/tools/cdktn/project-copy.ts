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
import type { Environment } from "../../../stacks/config/environment";
import {
  isJsonObject,
  type JsonObject,
} from "../../../scripts/lib/system/json-object";
import { LOCAL_AWS_DIRECTORY } from "../../../scripts/lib/local-aws/local-aws";
import { installPackages } from "../npm";
import {
  runProcess,
  getLastLines,
} from "../../../scripts/lib/system/processes";

const NODE_SECONDS = 300;
const PROJECT_SECONDS = 900;

/** A Node of its own, that nothing but a folder on the path leads to. */
export interface InstalledNode {
  /** Folder that holds the binary alone. */
  readonly folder: string;
  readonly version: string;
}

/**
 * Installs the latest Node of a major version that npm's registry has into a folder.
 *
 * @throws UserError when npm fails, or has not brought a Node that runs
 */
export async function installNode(
  major: number,
  directory: string,
  environment: Environment,
): Promise<InstalledNode> {
  mkdirSync(directory, { recursive: true });
  // the binary comes with the package's own script
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(path.join(directory, "package.json"), JSON.stringify(manifest));
  const install = ["--no-save", "--ignore-scripts=false", `node@${major}`];
  await installPackages(directory, install, {
    environment,
    seconds: NODE_SECONDS,
  });
  const folder = path.join(directory, "node_modules", "node", "bin");
  const { code, stdout } = await runProcess(
    path.join(folder, "node"),
    ["--version"],
    { environment, timeoutSeconds: 30 },
  );
  const [, version] = new RegExp(`^v(${major}\\..+)$`, "m").exec(stdout) ?? [];
  if (code !== 0 || version === undefined)
    throw new UserError(
      `node@${major} from npm has no Node ${major} for this machine that runs`,
    );
  return { folder, version };
}

/**
 * Copies what the project's repository holds, as it is in the working folder, with some packages in place of others, and
 * installs it. The local AWS is the project's own.
 *
 * @returns what npm has put in place of each package, as `name version`
 * @throws UserError when the project is not a clone, or npm fails
 */
export async function installProjectCopy(
  project: string,
  directory: string,
  aliases: Readonly<Record<string, string>>,
  environment: Environment,
): Promise<readonly string[]> {
  for (const file of await trackedFiles(project, environment)) {
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
    seconds: PROJECT_SECONDS,
  });
  return Object.keys(aliases).map((name) => {
    const found = path.join(directory, "node_modules", name, "package.json");
    const { name: real, version } = readJson(found);
    return `${String(real)} ${String(version)}`;
  });
}

/**
 * A package's manifest with other versions of what it depends on.
 *
 * @throws UserError when it does not depend on one of them
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

async function trackedFiles(
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
      `the project must be a git clone, whose files are copied: ${getLastLines(stderr, 1)}`,
    );
  const files = stdout.split("\0").filter((file) => file !== "");
  // deleted, but not yet committed
  return files.filter((file) => existsSync(path.join(project, file)));
}

function readJson(file: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isJsonObject(value) ? value : {};
}
