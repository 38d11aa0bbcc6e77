import { UserError } from "../../../constructs/errors";
import { Snapshot, type Resource } from "./snapshot";
import { isJsonObject, type JsonObject } from "../json-object";

/**
 * The resources of a synthesized stack (`cdk.tf.json`), or of a state: what `terraform show -json` prints of it, or
 * what `terraform state pull` does.
 *
 * @throws UserError when it is neither
 */
export function snapshotOf(text: string): Snapshot {
  const whole = parseStack(text);
  if (isJsonObject(whole.resource))
    return new Snapshot(synthesized(whole.resource));
  if (Array.isArray(whole.resources) && whole.version === 4)
    return new Snapshot(stored(whole.resources));
  if (typeof whole.format_version === "string" && isJsonObject(whole.values))
    return new Snapshot(shown(whole.values.root_module));
  throw new UserError(
    "it must be a synthesized stack, a plan or a state, got other JSON",
    "terraform show -json prints a plan or a state; npm run synth writes the stack",
  );
}

/** @throws UserError when it is no JSON object */
export function parseStack(text: string): JsonObject {
  try {
    const whole: unknown = JSON.parse(text);
    if (isJsonObject(whole)) return whole;
  } catch {
    // told below, as for other JSON
  }
  throw new UserError(
    "it must be a synthesized stack, a plan or a state in JSON, whole, got something else or a part of one",
  );
}

function synthesized(types: JsonObject, place = ""): readonly Resource[] {
  return Object.entries(types).flatMap(([type, named]) =>
    Object.entries(isJsonObject(named) ? named : {}).flatMap(
      ([name, values]) =>
        isJsonObject(values)
          ? [{ address: `${place}${type}.${name}`, type, values }]
          : [],
    ),
  );
}

function shown(module: unknown): readonly Resource[] {
  if (!isJsonObject(module)) return [];
  const { resources, child_modules: children } = module;
  return [
    ...listOf(resources).flatMap(({ address, mode, type, values }) =>
      mode === "managed" && isJsonObject(values)
        ? [{ address: String(address), type: String(type), values }]
        : [],
    ),
    ...listOf(children).flatMap(shown),
  ];
}

function stored(resources: readonly unknown[]): readonly Resource[] {
  return listOf(resources)
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module, type, name, instances }) =>
      listOf(instances).flatMap(({ index_key: key, attributes: values }) => {
        const place = typeof module === "string" ? `${module}.` : "";
        const instance = key === undefined ? "" : `[${JSON.stringify(key)}]`;
        const address = `${place}${String(type)}.${String(name)}${instance}`;
        return isJsonObject(values)
          ? [{ address, type: String(type), values }]
          : [];
      }),
    );
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
