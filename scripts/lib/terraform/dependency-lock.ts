import { UserError } from "../../../constructs/errors";

/** Terraform's dependency lock file, in the directory of a stack or in the project. */
export const DEPENDENCY_LOCK_FILE = ".terraform.lock.hcl";

/** Addresses of the AWS provider in the registries of Terraform and OpenTofu. */
export const AWS_PROVIDER_ADDRESSES: readonly string[] = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
];

/** A build of a provider. */
export interface LockedProvider {
  /** Such as `registry.terraform.io/hashicorp/aws`. */
  readonly address: string;
  readonly version: string;
  /**
   * Checksums of all platforms if the registry signed them, else the checksum of this platform. So the checksums of a build
   * from the registry are equal on every platform.
   */
  readonly checksums: readonly string[];
}

/** Parses the providers of a dependency lock file and sorts them by address. */
export function parseDependencyLock(text: string): readonly LockedProvider[] {
  const blocks = text.matchAll(/^provider "([^"\n]+)" \{\n([^]*?)^\}/gm);
  return [...blocks]
    .map(([, address = "", body = ""]) => {
      const [, version = ""] =
        /^\s*version\s*=\s*"([^"\n]*)"/m.exec(body) ?? [];
      const all = [...body.matchAll(/"((?:h1|zh):[^"\n]+)"/g)].map(
        ([, checksum = ""]) => checksum,
      );
      const signed = all.filter((checksum) => checksum.startsWith("zh:"));
      const checksums = [...(signed.length > 0 ? signed : all)].sort();
      return { address, version, checksums };
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}

/** Formats a dependency lock file that selects a version of the AWS provider. Terraform adds the checksums. */
export function formatAwsProviderLock(version: string): string {
  return AWS_PROVIDER_ADDRESSES.map(
    (address) =>
      `provider ${JSON.stringify(address)} {\n  version = ${JSON.stringify(version)}\n}\n`,
  ).join("\n");
}

/**
 * Requires that no CLI configuration overrides a provider, which then has no version and no checksum to compare.
 *
 * @param output output of `terraform plan`
 */
export function requireReleasedProviders(output: string): void {
  if (!/development overrides are in effect/i.test(output)) return;
  throw new UserError(
    "providers must match the dependency lock file, got a development override",
    "remove dev_overrides from the CLI configuration of Terraform",
  );
}
