import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  AWS_PROVIDER_ADDRESSES,
  DEPENDENCY_LOCK_FILE,
  parseDependencyLock,
  type LockedProvider,
} from "../terraform/dependency-lock";

/** The parts of a plan's effect that are not in its JSON. */
export interface PlanProvenance {
  /** Type and settings of the state backend. */
  readonly backend: unknown;
  readonly providers: readonly LockedProvider[];
  /** Expressions of local values, if the stack has any. */
  readonly locals?: Readonly<Record<string, unknown>>;
  /** Ephemeral resources, if the stack has any. */
  readonly ephemeral?: unknown;
}

/** Returns the provenance of plans made in a directory; `undefined` if it has no initialized stack. */
export function readPlanProvenance(
  directory: string,
): PlanProvenance | undefined {
  const [stack, lock] = ["cdk.tf.json", DEPENDENCY_LOCK_FILE].map((name) => {
    const file = path.join(directory, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  });
  if (stack === undefined || lock === undefined) return undefined;
  const { terraform, locals, ephemeral } = JSON.parse(stack) as {
    readonly terraform?: { readonly backend?: Backend };
  } & Pick<PlanProvenance, "locals" | "ephemeral">;
  return {
    backend: removeDirectory(terraform?.backend ?? {}),
    providers: parseDependencyLock(lock),
    ...(locals !== undefined && { locals }),
    ...(ephemeral !== undefined && { ephemeral }),
  };
}

/** Returns the version of the AWS provider. */
export function getAwsProviderVersion(
  provenance: PlanProvenance | undefined,
): string | undefined {
  return provenance?.providers.find(({ address }) =>
    AWS_PROVIDER_ADDRESSES.includes(address),
  )?.version;
}

type Backend = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Removes the directory of a local state, so that the hash does not depend on it. */
function removeDirectory(backend: Backend): Backend {
  const { local } = backend;
  return typeof local?.path === "string"
    ? { ...backend, local: { ...local, path: path.basename(local.path) } }
    : backend;
}
