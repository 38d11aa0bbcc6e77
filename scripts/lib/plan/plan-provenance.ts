import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  AWS_PROVIDER_ADDRESSES,
  DEPENDENCY_LOCK_FILE,
  parseDependencyLock,
  type LockedProvider,
} from "../terraform/dependency-lock";

/** What acts when a plan is applied and is not in its JSON. */
export interface PlanProvenance {
  /** Where the state is: type and settings. */
  readonly backend: unknown;
  /** Builds of the providers. */
  readonly providers: readonly LockedProvider[];
}

/** Returns the provenance of plans that are made in a stack's directory; `undefined` if that is no stack's. */
export function readPlanProvenance(
  directory: string,
): PlanProvenance | undefined {
  const [stack, lock] = ["cdk.tf.json", DEPENDENCY_LOCK_FILE].map((name) => {
    const file = path.join(directory, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  });
  if (stack === undefined || lock === undefined) return undefined;
  const { terraform } = JSON.parse(stack) as {
    readonly terraform?: { readonly backend?: Backend };
  };
  return {
    backend: withoutDirectory(terraform?.backend ?? {}),
    providers: parseDependencyLock(lock),
  };
}

/** Returns the version of the AWS provider that plans were made with. */
export function getAwsProviderVersion(
  provenance: PlanProvenance | undefined,
): string | undefined {
  return provenance?.providers.find(({ address }) =>
    AWS_PROVIDER_ADDRESSES.includes(address),
  )?.version;
}

type Backend = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A local state is one file, wherever the stack was synthesized. */
function withoutDirectory(backend: Backend): Backend {
  const { local } = backend;
  return typeof local?.path === "string"
    ? { ...backend, local: { ...local, path: path.basename(local.path) } }
    : backend;
}
