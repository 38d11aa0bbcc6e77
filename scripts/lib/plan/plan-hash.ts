import { createHash } from "node:crypto";
import { hasPlannedAction } from "./plan-summary";
import type { Change, PlanJson, ResourceChange } from "./plan-json";

/** What a plan's configuration says of how it is applied, and its changes do not. */
export interface ConfigurationEffects {
  /** Each provider's source, version constraint, alias and settings. */
  readonly providers: unknown;
  /** Calls of modules, each with the address of the module that it is in. */
  readonly modules: readonly object[];
  /** Programs that run beside a resource's change. */
  readonly provisioners: readonly object[];
  /** Actions of providers, since Terraform 1.14. */
  readonly actions: readonly object[];
  /** The provider that a resource is changed with, and the expressions of its values, by address without instance keys. */
  readonly resources: ReadonlyMap<string, object>;
  /** Expressions of the root module's outputs. */
  readonly outputs: ReadonlyMap<string, unknown>;
}

interface Module {
  readonly resources?: readonly ResourceBlock[];
  readonly actions?: readonly object[];
  readonly outputs?: Readonly<
    Record<string, { readonly expression?: unknown }>
  >;
  readonly module_calls?: Readonly<Record<string, ModuleCall>>;
}

interface ResourceBlock {
  readonly address: string;
  readonly provider_config_key?: string;
  readonly expressions?: unknown;
  readonly provisioners?: unknown;
}

type ModuleCall = Readonly<Record<string, unknown>> & {
  readonly module?: Module;
};

/** Reads the configuration of a plan's JSON. */
export function readConfigurationEffects(
  configuration: unknown,
): ConfigurationEffects {
  const { provider_config, root_module = {} } = (configuration ?? {}) as {
    readonly provider_config?: unknown;
    readonly root_module?: Module;
  };
  const found = {
    providers: provider_config,
    modules: [] as object[],
    provisioners: [] as object[],
    actions: [] as object[],
    resources: new Map<string, object>(),
    outputs: new Map(
      Object.entries(root_module.outputs ?? {}).map(([name, output]) => [
        name,
        output.expression,
      ]),
    ),
  };
  visit(root_module, "", found);
  return found;
}

function visit(
  module: Module,
  prefix: string,
  found: {
    readonly modules: object[];
    readonly provisioners: object[];
    readonly actions: object[];
    readonly resources: Map<string, object>;
  },
): void {
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
  for (const [name, { module: called, ...call }] of calls) {
    const address = `${prefix}module.${name}`;
    found.modules.push({ address, call });
    visit(called ?? {}, `${address}.`, found);
  }
}

/** Attributes that change by themselves, and that cannot be set. */
const COUNTERS: Readonly<Record<string, string>> = {
  aws_cognito_user_pool: "estimated_number_of_users",
};

/**
 * Returns the hash of all that a plan would do, `sha256:` first: two plans that would do the same have the same one,
 * whenever and wherever they were made, and two that differ in anything that acts have not.
 *
 * Results of checks are no part of it: they do not act, and a failed one stops the review.
 */
export function hashPlan(plan: PlanJson): string {
  const { provenance, exact = plan } = plan;
  const code = readConfigurationEffects(exact.configuration);
  const parts = {
    terraform: exact.terraform_version,
    backend: provenance?.backend,
    builds: provenance?.providers,
    providers: code.providers,
    modules: code.modules,
    provisioners: code.provisioners,
    actions: code.actions,
    variables: exact.variables,
    resources: exact.resource_changes
      .filter(hasPlannedAction)
      .map((change) => resourceEffect(change, code))
      .map(canonical)
      .sort(),
    outputs: Object.entries(exact.output_changes)
      .filter(([, { actions }]) => !isNothing(actions))
      .map(([name, change]) => ({
        name,
        expression: code.outputs.get(name),
        sensitive: change.after_sensitive,
        change: changeEffect(change),
      }))
      .map(canonical)
      .sort(),
    invocations: inAnyOrder(exact.action_invocations),
    deferredInvocations: inAnyOrder(exact.deferred_action_invocations),
    deferred: inAnyOrder(exact.deferred_changes),
  };
  return `sha256:${createHash("sha256").update(canonical(parts)).digest("hex")}`;
}

function isNothing(actions: readonly string[]): boolean {
  return actions.every((action) => action === "no-op");
}

function resourceEffect(
  resource: ResourceChange,
  { resources }: ConfigurationEffects,
): object {
  const { address, previous_address, mode, type, deposed, change } = resource;
  return {
    address,
    previous_address,
    mode,
    type,
    deposed,
    provider: resource.provider_name,
    // what decides of values that are known only after the apply
    code: resources.get(configurationAddress(resource)),
    change: changeEffect(change, COUNTERS[type]),
  };
}

/** Address of a resource in the configuration: without the keys of its instances, and of its modules'. */
function configurationAddress({
  module_address: module,
  mode,
  type,
  name,
}: ResourceChange): string {
  const inModule = module?.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, "");
  const own = `${mode === "data" ? "data." : ""}${type}.${name}`;
  return inModule === undefined ? own : `${inModule}.${own}`;
}

function changeEffect(change: Change, counter?: string): Change {
  const { actions, after_unknown, replace_paths, importing } = change;
  const [before, after] = [change.before, change.after].map((values) =>
    without(values, counter),
  );
  return { actions, before, after, after_unknown, replace_paths, importing };
}

function without(values: unknown, attribute: string | undefined): unknown {
  return attribute === undefined || typeof values !== "object"
    ? values
    : values && { ...values, [attribute]: undefined };
}

/** A list whose order says nothing. */
function inAnyOrder(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.length === 0 ? undefined : list.map(canonical).sort();
}

/** JSON whose bytes do not depend on the order of keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : part,
  );
}
