/** The JSON of a configuration, a state or a plan. */
export type Json = Record<string, unknown>;

/** Edits a synthesized configuration or a state. */
export type Edit = (document: Json) => void;

/**
 * Returns the block of a resource by its type and the end of its name.
 *
 * @param resource such as `aws_iam_role.veda-readers`
 */
export function findBlock(configuration: Json, resource: string): Json {
  const [type, name] = findKey(configuration, resource);
  return listByType(configuration, type)[name] as Json;
}

/** Returns the address of a resource. */
export function getAddress(configuration: Json, resource: string): string {
  return findKey(configuration, resource).join(".");
}

/** Sets attributes; `undefined` removes one. */
export function setAttributes(resource: string, values: Json): Edit {
  return (configuration) => {
    Object.assign(findBlock(configuration, resource), values);
  };
}

/** Edits the block of a resource. */
export function editBlock(
  resource: string,
  edit: (values: Json) => void,
): Edit {
  return (configuration) => {
    edit(findBlock(configuration, resource));
  };
}

/** Removes resources, and the outputs that refer to them. */
export function removeResources(...resources: readonly string[]): Edit {
  return (configuration) => {
    for (const resource of resources) {
      const [type, name] = findKey(configuration, resource);
      const others = Object.entries(listByType(configuration, type)).filter(
        ([other]) => other !== name,
      );
      (configuration.resource as Json)[type] =
        others.length === 0 ? undefined : Object.fromEntries(others);
    }
    removeOutputs(configuration);
  };
}

/** Adds a resource, an output or another block. */
export function addBlock(path: readonly string[], value: unknown): Edit {
  return (document) => {
    let part = document;
    for (const key of path.slice(0, -1)) {
      part[key] ??= {};
      part = part[key] as Json;
    }
    part[path.at(-1) ?? ""] = value;
  };
}

/** Edits the statements of a policy in an attribute. */
export function editPolicy(
  resource: string,
  edit: (statements: Json[]) => Json[],
  attribute = "policy",
): Edit {
  return editBlock(resource, (values) => {
    const document = JSON.parse(String(values[attribute])) as Json;
    document.Statement = edit(document.Statement as Json[]);
    values[attribute] = JSON.stringify(document);
  });
}

/** Sets attributes of a resource in a state. */
export function setStateAttributes(resource: string, values: Json): Edit {
  return (state) => {
    Object.assign(findInstance(state, resource).attributes as Json, values);
  };
}

/** Returns the only instance of a resource in a state. */
export function findInstance(state: Json, resource: string): Json {
  const [type = "", part = ""] = resource.split(".");
  const found = (state.resources as readonly Json[]).filter(
    (other) => other.type === type && isNamed(String(other.name), part),
  );
  const [match] = found;
  if (match === undefined || found.length > 1)
    throw new Error(`${found.length} resources of the state match ${resource}`);
  return (match.instances as readonly Json[])[0] ?? {};
}

/** Applies edits in order. */
export function combineEdits(...edits: readonly Edit[]): Edit {
  return (document) => {
    for (const edit of edits) edit(document);
  };
}

function findKey(
  configuration: Json,
  resource: string,
): readonly [string, string] {
  const [type = "", part = ""] = resource.split(".");
  const names = Object.keys(listByType(configuration, type)).filter((name) =>
    isNamed(name, part),
  );
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`${names.length} resources match ${resource}`);
  return [type, name];
}

/** cdktf appends a hash to names. */
function isNamed(name: string, part: string): boolean {
  return name.replace(/_[0-9A-F]{8}$/, "").endsWith(part);
}

function listByType(configuration: Json, type: string): Json {
  return ((configuration.resource as Json)[type] ?? {}) as Json;
}

/** Removes outputs that refer to missing resources. */
function removeOutputs(configuration: Json): void {
  const outputs = (configuration.output ?? {}) as Json;
  for (const [name, output] of Object.entries(outputs)) {
    const references = JSON.stringify(output).matchAll(
      /\$\{(aws_\w+)\.([\w-]+)\./g,
    );
    for (const [, type = "", resource = ""] of references)
      if (listByType(configuration, type)[resource] === undefined)
        outputs[name] = undefined;
  }
}
