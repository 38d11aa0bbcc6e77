import { existsSync, readFileSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { AWS_PROVIDER_ADDRESSES } from "./dependency-lock";

/** A local directory with a provider for this platform. */
export interface ProviderMirror {
  readonly provider: string;
  readonly directory: string;
}

/**
 * Returns local directories with the AWS provider, so that no registry is required: at most one per address. Searches
 * `TF_PLUGIN_MIRROR` if it is set, else the implied mirror directories of Terraform and the directories in `/opt`.
 *
 * @throws UserError if `TF_PLUGIN_MIRROR` has no AWS provider
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function findMirrors(env: Environment): readonly ProviderMirror[] {
  const configured = env.TF_PLUGIN_MIRROR ?? "";
  const directories =
    configured === ""
      ? [...listImpliedDirectories(env), ...listAddOnDirectories()]
      : [path.resolve(configured)];
  const mirrors = AWS_PROVIDER_ADDRESSES.flatMap((provider) => {
    const directory = directories.find((candidate) =>
      hasProvider(path.join(candidate, provider)),
    );
    return directory === undefined ? [] : [{ provider, directory }];
  });
  if (configured !== "" && mirrors.length === 0)
    throw new UserError(
      `TF_PLUGIN_MIRROR must be a directory with ${AWS_PROVIDER_ADDRESSES[0]} for ${getPlatform()}, got "${configured}"`,
    );
  return mirrors;
}

/** Reads the CLI configuration of the user; returns `undefined` if `TF_CLI_CONFIG_FILE` names a missing file. */
export function readCliConfiguration(env: Environment): string | undefined {
  const configured = env.TF_CLI_CONFIG_FILE ?? "";
  const file =
    configured === "" ? path.join(getHome(env), ".terraformrc") : configured;
  if (existsSync(file)) return readFileSync(file, "utf8");
  return configured === "" ? "" : undefined;
}

/** Returns whether a CLI configuration specifies where providers are installed from. */
export function hasProviderInstallation(configuration: string): boolean {
  return /^\s*provider_installation\b/m.test(configuration);
}

/**
 * Writes a CLI configuration that installs mirrored providers from their directories and all others from their registries.
 *
 * @param existing configuration to include
 */
export function writeCliConfiguration(
  file: string,
  existing: string,
  mirrors: readonly ProviderMirror[],
): void {
  const blocks = mirrors.map(({ provider, directory }) =>
    [
      "  filesystem_mirror {",
      `    path    = ${JSON.stringify(directory)}`,
      `    include = ${JSON.stringify([provider])}`,
      "  }",
    ].join("\n"),
  );
  const excluded = JSON.stringify(mirrors.map(({ provider }) => provider));
  writeFileAtomic(
    file,
    `${existing === "" ? "" : `${existing}\n`}provider_installation {\n${blocks.join("\n")}\n  direct {\n    exclude = ${excluded}\n  }\n}\n`,
  );
}

/** Returns whether a directory has a version of a provider for this platform, unpacked or as an archive. */
function hasProvider(directory: string): boolean {
  return listEntries(directory).some(
    (name) =>
      name.endsWith(`_${getPlatform()}.zip`) ||
      existsSync(path.join(directory, name, getPlatform())),
  );
}

function listImpliedDirectories(env: Environment): readonly string[] {
  const home = getHome(env);
  const macos = ["Library", "Application Support", "io.terraform", "plugins"];
  const shared = env.XDG_DATA_DIRS ?? "/usr/local/share:/usr/share";
  const dataDirectories = [
    env.XDG_DATA_HOME ?? path.join(home, ".local", "share"),
    ...shared.split(":"),
  ].filter((directory) => directory !== "");
  return [
    path.resolve("terraform.d", "plugins"),
    path.join(home, ".terraform.d", "plugins"),
    ...dataDirectories.map((data) => path.join(data, "terraform", "plugins")),
    path.join(home, ...macos),
    path.join(path.sep, ...macos),
  ];
}

/** Returns the directories of add-on software of the Filesystem Hierarchy Standard. */
function listAddOnDirectories(): readonly string[] {
  const root = path.join(path.sep, "opt");
  return listEntries(root).map((name) => path.join(root, name));
}

function listEntries(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function getHome(env: Environment): string {
  return env.HOME ?? os.homedir();
}

/** Returns the name of this platform in Terraform. */
function getPlatform(): string {
  const architectures: Record<string, string> = { x64: "amd64", ia32: "386" };
  return `${os.platform()}_${architectures[os.arch()] ?? os.arch()}`;
}
