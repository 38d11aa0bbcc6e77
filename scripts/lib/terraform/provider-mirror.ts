import { existsSync, readFileSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";

/** Addresses of the AWS provider as Terraform and as OpenTofu name it. */
const PROVIDERS = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
] as const;

/** A folder that holds a provider for this platform. */
export interface ProviderMirror {
  readonly provider: string;
  readonly directory: string;
}

/**
 * Folders of this machine that hold the AWS provider, so that no registry is needed: at most one for each address.
 *
 * `TF_PLUGIN_MIRROR` if set, else where Terraform itself looks, else one level below the standard folder for add-on
 * software.
 *
 * @throws UserError when `TF_PLUGIN_MIRROR` holds none
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
export function findMirrors(env: Environment): readonly ProviderMirror[] {
  const named = env.TF_PLUGIN_MIRROR ?? "";
  if (named === "")
    return mirrorsIn([...impliedDirectories(env), ...addOnDirectories()]);
  const mirrors = mirrorsIn([path.resolve(named)]);
  if (mirrors.length === 0)
    throw new UserError(
      `TF_PLUGIN_MIRROR must be a folder with ${PROVIDERS[0]} for ${platform()}, got "${named}"`,
    );
  return mirrors;
}

/** What a CLI configuration of one's own holds; `undefined` when it is named but missing. */
export function readCliConfiguration(env: Environment): string | undefined {
  const named = env.TF_CLI_CONFIG_FILE ?? "";
  const file = named === "" ? path.join(home(env), ".terraformrc") : named;
  if (existsSync(file)) return readFileSync(file, "utf8");
  return named === "" ? "" : undefined;
}

/** Whether a CLI configuration says where providers come from. */
export function hasProviderInstallation(configuration: string): boolean {
  return /^\s*provider_installation\b/m.test(configuration);
}

/**
 * Writes a CLI configuration that takes the mirrored providers from their folders and all others from their registry.
 *
 * @param own what else it says
 */
export function writeCliConfiguration(
  file: string,
  own: string,
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
    `${own === "" ? "" : `${own}\n`}provider_installation {\n${blocks.join("\n")}\n  direct {\n    exclude = ${excluded}\n  }\n}\n`,
  );
}

function mirrorsIn(directories: readonly string[]): readonly ProviderMirror[] {
  return PROVIDERS.flatMap((provider) => {
    const directory = directories.find((candidate) =>
      holdsProvider(path.join(candidate, provider)),
    );
    return directory === undefined ? [] : [{ provider, directory }];
  });
}

/** Whether a provider's folder has any version for this platform, unpacked or as an archive. */
function holdsProvider(directory: string): boolean {
  return entries(directory).some(
    (name) =>
      name.endsWith(`_${platform()}.zip`) ||
      existsSync(path.join(directory, name, platform())),
  );
}

function impliedDirectories(env: Environment): readonly string[] {
  const inHome = (...parts: string[]) => path.join(home(env), ...parts);
  const shared = path.join(path.sep, "usr");
  const data = [
    env.XDG_DATA_HOME ?? inHome(".local", "share"),
    ...(
      env.XDG_DATA_DIRS ??
      `${path.join(shared, "local", "share")}:${path.join(shared, "share")}`
    ).split(":"),
    inHome("Library", "Application Support", "io.terraform"),
    path.join(path.sep, "Library", "Application Support", "io.terraform"),
  ];
  return [
    path.resolve("terraform.d", "plugins"),
    inHome(".terraform.d", "plugins"),
    ...data
      .filter((directory) => directory !== "")
      .flatMap((directory) =>
        directory.endsWith("io.terraform")
          ? [path.join(directory, "plugins")]
          : [path.join(directory, "terraform", "plugins")],
      ),
  ];
}

/** The children of what the Filesystem Hierarchy Standard has for add-on software. */
function addOnDirectories(): readonly string[] {
  const root = path.join(path.sep, "opt");
  return entries(root).map((name) => path.join(root, name));
}

function entries(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function home(env: Environment): string {
  return env.HOME ?? os.homedir();
}

/** This machine as Terraform names it. */
function platform(): string {
  const architectures: Record<string, string> = { x64: "amd64", ia32: "386" };
  return `${os.platform()}_${architectures[os.arch()] ?? os.arch()}`;
}
