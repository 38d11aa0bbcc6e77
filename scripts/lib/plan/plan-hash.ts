import { createHash } from "node:crypto";
import type { Change, PlanJson, ResourceChange } from "./plan-json";
import { hasPlannedAction } from "./plan-summary";
import { isJsonObject } from "../system/json-object";
import { removeInstanceKeys } from "./resource-address";

/** Attributes that change by themselves and cannot be set. A rotation empties the secret of a client. */
const COUNTERS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "estimated_number_of_users",
  aws_cognito_user_pool_client: "client_secret",
};

/** Attributes that change by themselves and can be set: the values of a destroyed resource have no effect. */
const MOVED: Readonly<Record<string, string>> = {
  // a rotation moves AWSCURRENT
  aws_secretsmanager_secret_version: "version_stages",
};

/** The parts of a plan's configuration that affect an apply and are not in its changes. */
interface ConfigurationEffects {
  readonly modules: object[];
  readonly provisioners: object[];
  /** Actions of providers, since Terraform 1.14. */
  readonly actions: object[];
  /** Provider and expressions of each resource, by address without instance keys. */
  readonly resources: Map<string, object>;
}

interface Module {
  readonly resources?: readonly ResourceBlock[];
  readonly actions?: readonly object[];
  readonly outputs?: Readonly<
    Record<string, { readonly expression?: unknown }>
  >;
  readonly module_calls?: Readonly<
    Record<string, object & { readonly module?: Module }>
  >;
}

interface ResourceBlock {
  readonly address: string;
  readonly provider_config_key?: string;
  readonly expressions?: unknown;
  readonly provisioners?: unknown;
}

/**
 * Returns the hash of everything that a plan does, as `sha256:…`. Plans that do the same have the same hash, whenever and
 * wherever they are made. Check results are excluded: they change nothing, and the review fails on a failed check.
 */
export function hashPlan(plan: PlanJson): string {
  const { provenance, exact = plan } = plan;
  const { provider_config, root_module = {} } = (exact.configuration ?? {}) as {
    readonly provider_config?: unknown;
    readonly root_module?: Module;
  };
  const { modules, provisioners, actions, resources } =
    collectEffects(root_module);
  const parts = {
    terraform: exact.terraform_version,
    backend: provenance?.backend,
    builds: provenance?.providers,
    locals: provenance?.locals,
    ephemeral: provenance?.ephemeral,
    providers: provider_config,
    modules,
    provisioners,
    actions,
    variables: exact.variables,
    resources: exact.resource_changes
      .filter(hasPlannedAction)
      .map((change) => getResourceEffect(change, resources))
      .map(canonicalize)
      .sort(),
    outputs: Object.entries(exact.output_changes)
      .filter(([, change]) =>
        change.actions.some((action) => action !== "no-op"),
      )
      .map(([name, change]) => ({
        name,
        expression: root_module.outputs?.[name]?.expression,
        sensitive: change.after_sensitive,
        change: getChangeEffect(change),
      }))
      .map(canonicalize)
      .sort(),
    invocations: sortList(exact.action_invocations),
    deferredInvocations: sortList(exact.deferred_action_invocations),
    deferred: sortList(exact.deferred_changes),
  };
  return `sha256:${createHash("sha256").update(canonicalize(parts)).digest("hex")}`;
}

function collectEffects(
  module: Module,
  prefix = "",
  found: ConfigurationEffects = {
    modules: [],
    provisioners: [],
    actions: [],
    resources: new Map(),
  },
): ConfigurationEffects {
  for (const resource of module.resources ?? []) {
    const address = `${prefix}${resource.address}`;
    const { provider_config_key: provider, expressions } = resource;
    found.resources.set(address, { provider, expressions });
    const { provisioners } = resource;
    if (provisioners !== undefined)
      found.provisioners.push({ address, provisioners });
  }
  for (const action of module.actions ?? [])
    found.actions.push({ module: prefix, action });
  const calls = Object.entries(module.module_calls ?? {});
  for (const [name, { module: child = {}, ...call }] of calls) {
    const address = `${prefix}module.${name}`;
    found.modules.push({ address, call });
    collectEffects(child, `${address}.`, found);
  }
  return found;
}

function getResourceEffect(
  resource: ResourceChange,
  configuration: ReadonlyMap<string, object>,
): object {
  const { address, previous_address, mode, type, deposed, change } = resource;
  return {
    address,
    previous_address,
    mode,
    type,
    deposed,
    provider: resource.provider_name,
    // determines the values that are known only after the apply
    code: configuration.get(removeInstanceKeys(address)),
    change: getChangeEffect(change, type),
  };
}

function getChangeEffect(change: Change, type = ""): Change {
  const { actions, after_unknown, replace_paths, importing } = change;
  const counter = COUNTERS[type];
  const isDestroyed = actions.includes("delete");
  return {
    actions,
    before: omit(change.before, counter, isDestroyed ? MOVED[type] : undefined),
    after: omit(change.after, counter),
    after_unknown,
    replace_paths,
    importing,
  };
}

function omit(
  values: unknown,
  ...names: readonly (string | undefined)[]
): unknown {
  return isJsonObject(values)
    ? Object.fromEntries(
        Object.entries(values).filter(([name]) => !names.includes(name)),
      )
    : values;
}

/** Sorts a list whose order has no effect. */
function sortList(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.length === 0 ? undefined : list.map(canonicalize).sort();
}

function canonicalize(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  );
}
