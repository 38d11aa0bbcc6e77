import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { findMirrors } from "../../scripts/lib/terraform/provider-mirror";
import { environment } from "../../stacks/config";

/** OpenTofu's binary, named by `OPENTOFU_BINARY`; without it plans of OpenTofu are not recorded again. */
export const OPENTOFU = environment().OPENTOFU_BINARY;

/**
 * Links this machine's mirror of the AWS provider under the name of OpenTofu's registry.
 *
 * @returns the directory of the new mirror
 */
export function linkOpenTofuMirror(directory: string): string {
  const [mirror] = findMirrors(environment());
  if (mirror === undefined) throw new Error("no mirror of the AWS provider");
  const parent = path.join(directory, "registry.opentofu.org", "hashicorp");
  mkdirSync(parent, { recursive: true });
  symlinkSync(
    path.join(mirror.directory, mirror.provider),
    path.join(parent, "aws"),
  );
  return directory;
}
