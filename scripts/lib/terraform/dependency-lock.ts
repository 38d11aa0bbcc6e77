/** Terraform's record of the providers that it has selected, in a stack's directory or in the project. */
export const DEPENDENCY_LOCK_FILE = ".terraform.lock.hcl";

/** Addresses of the AWS provider, as Terraform and as OpenTofu name it. */
export const AWS_PROVIDER_ADDRESSES: readonly string[] = [
  "registry.terraform.io/hashicorp/aws",
  "registry.opentofu.org/hashicorp/aws",
];

/** One build of a provider. */
export interface LockedProvider {
  /** Such as `registry.terraform.io/hashicorp/aws`. */
  readonly address: string;
  readonly version: string;
  /**
   * Checksums of its packages: those of every platform if the registry signed them, else that of this machine's. Two
   * machines of different platforms then agree on a build from the registry.
   */
  readonly checksums: readonly string[];
}

/** Reads the providers of a dependency lock file, by address; what Terraform writes has one form. */
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

/** Returns a dependency lock file that selects a version of the AWS provider; Terraform adds the checksums. */
export function formatAwsProviderLock(version: string): string {
  return AWS_PROVIDER_ADDRESSES.map(
    (address) =>
      `provider ${JSON.stringify(address)} {\n  version = ${JSON.stringify(version)}\n}\n`,
  ).join("\n");
}
