import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { parseJsonObject, toJsonObject } from "../system/json-object";
import { getLastLines, runProcess } from "../system/processes";

export const PACKAGE = "veda-auth";
const PACK_SECONDS = 300;

/** This package, installed or in a checkout. */
export interface PackageSource {
  readonly directory: string;
  readonly version: string;
  /** Ranges of the packages that it is tested with, by name. */
  readonly ranges: Readonly<Record<string, string>>;
}

/** Finds the package that runs. */
export function findPackageSource(directory = __dirname): PackageSource {
  const manifest = readJson(path.join(directory, "package.json"));
  if (manifest.name === PACKAGE)
    return {
      directory,
      version: String(manifest.version),
      ranges: {
        ...toJsonObject(manifest.devDependencies),
      } as Record<string, string>,
    };
  const parent = path.dirname(directory);
  if (parent === directory)
    throw new Error(`package ${PACKAGE} must have a package.json`);
  return findPackageSource(parent);
}

/**
 * Returns whether npm has installed the package from a registry, where the users of an app find it too. A global
 * installation has no record of that.
 */
export function isFromRegistry({
  directory,
  version,
}: Pick<PackageSource, "directory" | "version">): boolean {
  const record = path.join(path.dirname(directory), ".package-lock.json");
  const packages = toJsonObject(readJson(record).packages);
  const found = toJsonObject(packages[`node_modules/${PACKAGE}`]);
  const { resolved } = found;
  if (found.version !== version || found.link === true) return false;
  return (
    // the setting omit-lockfile-registry-resolved omits the addresses of registries alone
    resolved === undefined ||
    (typeof resolved === "string" &&
      /^https?:/.test(resolved) &&
      resolved.endsWith(`/${PACKAGE}/-/${PACKAGE}-${version}.tgz`))
  );
}

/**
 * Packs the package into a directory, and returns the name of the file.
 *
 * @throws UserError if npm fails
 */
export async function packPackage(
  { directory, version }: Pick<PackageSource, "directory" | "version">,
  target: string,
): Promise<string> {
  const run = async (command: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await runProcess(command, args, {
      environment: getEnvironment(),
      directory,
      timeoutSeconds: PACK_SECONDS,
    });
    if (code === 0) return;
    throw new UserError(
      `cannot pack ${directory}: ${[command, ...args].join(" ")} failed with exit code ${code}\n${getLastLines(`${stdout}\n${stderr}`, 20)}`,
      "check that npm is installed, which is a part of Node",
    );
  };
  // a checkout can have changed since it was built
  const runner = path.join(directory, "scripts", "run.mjs");
  if (existsSync(runner)) await run(process.execPath, runner, "--build");
  await run(
    "npm",
    "pack",
    "--silent",
    "--ignore-scripts",
    "--pack-destination",
    path.resolve(target),
  );
  return `${PACKAGE}-${version}.tgz`;
}

function readJson(file: string) {
  return existsSync(file) ? parseJsonObject(readFileSync(file, "utf8")) : {};
}
