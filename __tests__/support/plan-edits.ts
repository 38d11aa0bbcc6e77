/** A configuration or a state, as JSON to be edited. */
export type Json = Record<string, unknown>;

/** Changes a synthesized configuration, or a state. */
export type Edit = (document: Json) => void;

/**
 * The block of a resource of a configuration, by its type and a part of its name that only it has.
 *
 * @param place such as `aws_iam_role.veda-readers`
 */
export function findBlock(configuration: Json, place: string): Json {
  const [type, name] = keyOf(configuration, place);
  return named(configuration, type)[name] as Json;
}

/** Address of such a resource. */
export function getAddress(configuration: Json, place: string): string {
  return keyOf(configuration, place).join(".");
}

/** Sets attributes; `undefined` takes one out. */
export function setAttributes(place: string, values: Json): Edit {
  return (configuration) => {
    Object.assign(findBlock(configuration, place), values);
  };
}

/** Changes a block as a whole. */
export function editBlock(place: string, edit: (values: Json) => void): Edit {
  return (configuration) => {
    edit(findBlock(configuration, place));
  };
}

/** Takes resources out. */
export function removeResources(...places: readonly string[]): Edit {
  return (configuration) => {
    for (const place of places) {
      const [type, name] = keyOf(configuration, place);
      const others = Object.entries(named(configuration, type)).filter(
        ([other]) => other !== name,
      );
      (configuration.resource as Json)[type] =
        others.length === 0 ? undefined : Object.fromEntries(others);
    }
    forgetOutputs(configuration);
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

/** Changes a policy, which is text in its attribute. */
export function editPolicy(
  place: string,
  edit: (statements: Json[]) => Json[],
  attribute = "policy",
): Edit {
  return editBlock(place, (values) => {
    const document = JSON.parse(String(values[attribute])) as Json;
    document.Statement = edit(document.Statement as Json[]);
    values[attribute] = JSON.stringify(document);
  });
}

/** Attributes that a state has of a resource. */
export function setStateAttributes(place: string, values: Json): Edit {
  return (state) => {
    Object.assign(findInstance(state, place).attributes as Json, values);
  };
}

/** The only instance that a state has of a resource. */
export function findInstance(state: Json, place: string): Json {
  const [type = "", part = ""] = place.split(".");
  const found = (state.resources as readonly Json[]).filter(
    (resource) =>
      resource.type === type && isNamed(String(resource.name), part),
  );
  const [resource] = found;
  if (resource === undefined || found.length > 1)
    throw new Error(`${found.length} resources of the state are ${place}`);
  return (resource.instances as readonly Json[])[0] ?? {};
}

/** All edits, one after the other. */
export function combineEdits(...edits: readonly Edit[]): Edit {
  return (document) => {
    for (const edit of edits) edit(document);
  };
}

function keyOf(configuration: Json, place: string): readonly [string, string] {
  const [type = "", part = ""] = place.split(".");
  const names = Object.keys(named(configuration, type)).filter((name) =>
    isNamed(name, part),
  );
  const [name] = names;
  if (name === undefined || names.length > 1)
    throw new Error(`${names.length} resources are ${place}`);
  return [type, name];
}

/** Names end in letters that cdktf makes up. */
function isNamed(name: string, part: string): boolean {
  return name.replace(/_[0-9A-F]{8}$/, "").endsWith(part);
}

function named(configuration: Json, type: string): Json {
  return ((configuration.resource as Json)[type] ?? {}) as Json;
}

/** Takes out the outputs that name what is no longer there. */
function forgetOutputs(configuration: Json): void {
  const outputs = (configuration.output ?? {}) as Json;
  for (const [name, output] of Object.entries(outputs)) {
    const references = JSON.stringify(output).matchAll(
      /\$\{(aws_\w+)\.([\w-]+)\./g,
    );
    for (const [, type = "", resource = ""] of references)
      if (named(configuration, type)[resource] === undefined)
        outputs[name] = undefined;
  }
}
