import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { findMirrors } from "../../scripts/lib/terraform/provider-mirror";
import { getEnvironment } from "../../stacks/config/environment";

/** OpenTofu's binary, named by `OPENTOFU_BINARY`; without it plans of OpenTofu are not recorded again. */
export const OPENTOFU = getEnvironment().OPENTOFU_BINARY;

/**
 * Links this machine's mirror of the AWS provider under the name of OpenTofu's registry.
 *
 * @returns the directory of the new mirror
 */
export function linkOpenTofuMirror(directory: string): string {
  const [mirror] = findMirrors(getEnvironment());
  if (mirror === undefined) throw new Error("no mirror of the AWS provider");
  const source = path.join(mirror.directory, mirror.provider);
  const target = path.join(directory, "registry.opentofu.org/hashicorp/aws");
  for (const entry of readdirSync(source, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (entry.isDirectory()) continue;
    const parent = path.join(target, path.relative(source, entry.parentPath));
    mkdirSync(parent, { recursive: true });
    symlinkSync(
      path.join(entry.parentPath, entry.name),
      path.join(parent, entry.name),
    );
  }
  return directory;
}
