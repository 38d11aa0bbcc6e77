import { UserError } from "../../../constructs/errors";
import { isJsonObject, type JsonObject } from "../system/json-object";
import { isAttributes } from "../plan/attribute";
import { createStateRedactor } from "../plan/plan-secrets";
import {
  redactModuleResources,
  type Resource,
  Snapshot,
} from "../plan/snapshot";
import type { Redactor } from "../plan/redactor";

/**
 * Returns the resources of a synthesized stack (`cdk.tf.json`), or of a state: what `terraform show -json` prints of it, or
 * what `terraform state pull` does.
 *
 * @throws UserError if it is neither
 */
export function parseSnapshot(text: string): Snapshot {
  const whole = parseStackJson(text);
  const redactor = createStateRedactor(whole);
  return new Snapshot(resourcesOf(whole, redactor), redactor);
}

/** @throws UserError if it is not a JSON object */
export function parseStackJson(text: string): JsonObject {
  try {
    const whole: unknown = JSON.parse(text);
    if (isJsonObject(whole)) return whole;
  } catch {
    // reported below, as for other JSON
  }
  throw new UserError(
    "the file must be a synthesized stack, a plan or a state in JSON, got something else or a part of one",
  );
}

function resourcesOf(
  whole: JsonObject,
  redactor: Redactor,
): readonly Resource[] {
  if (isJsonObject(whole.resource))
    return synthesized(whole.resource, redactor);
  if (Array.isArray(whole.resources) && whole.version === 4)
    return stored(whole.resources, redactor);
  if (typeof whole.format_version === "string" && isJsonObject(whole.values))
    return redactModuleResources(whole.values.root_module, redactor);
  throw new UserError(
    "the file must be a synthesized stack, a plan or a state, got other JSON",
    "terraform show -json prints a plan or a state; npm run synth writes the stack",
  );
}

function synthesized(
  types: JsonObject,
  redactor: Redactor,
): readonly Resource[] {
  return Object.entries(types).flatMap(([type, named]) =>
    Object.entries(isJsonObject(named) ? named : {}).flatMap(([name, values]) =>
      resource(`${type}.${name}`, type, unescaped(values), redactor),
    ),
  );
}

function stored(
  resources: readonly unknown[],
  redactor: Redactor,
): readonly Resource[] {
  return resources
    .filter(isJsonObject)
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ module, type, name, instances }) =>
      (Array.isArray(instances) ? instances : [])
        .filter(isJsonObject)
        .flatMap(({ index_key: key, attributes }) => {
          const place = typeof module === "string" ? `${module}.` : "";
          const instance = key === undefined ? "" : `[${JSON.stringify(key)}]`;
          const address = `${place}${String(type)}.${String(name)}${instance}`;
          return resource(address, String(type), attributes, redactor);
        }),
    );
}

function resource(
  address: string,
  type: string,
  values: unknown,
  redactor: Redactor,
): Resource[] {
  const shown = redactor.redactValue(values);
  return isAttributes(shown)
    ? [
        {
          address: redactor.redact(address),
          type: redactor.redact(type),
          values: shown,
        },
      ]
    : [];
}

/** Texts of a stack as Terraform reads them: it takes what is escaped for text. */
function unescaped(value: unknown): unknown {
  if (typeof value === "string")
    return value.replaceAll("$${", "${").replaceAll("%%{", "%{");
  if (Array.isArray(value)) return value.map(unescaped);
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, unescaped(part)]),
      )
    : value;
}
