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
export function configurationEffects(
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
