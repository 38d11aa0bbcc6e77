import { isJsonObject, type JsonObject } from "../json-object";
import { isAttributes } from "./attribute";
import type { PlanJson } from "./plan-json";
import type { Redactor } from "./redactor";
import { Snapshot, type Resource } from "./snapshot";

/** Returns the managed resources of the state, as AWS has them now, those of modules included. */
export function priorSnapshot(
  { prior_state }: PlanJson,
  redactor: Redactor,
): Snapshot {
  return new Snapshot(
    moduleResources(prior_state?.values?.root_module, redactor),
    redactor,
  );
}

/** A managed resource as Terraform shows it, which may hold secrets. */
export interface StateResource {
  readonly address: string;
  readonly type: string;
  readonly values: JsonObject;
  /** Marks of its secrets. */
  readonly marks: unknown;
}

/** Returns the managed resources of a module as Terraform shows a state, and of the modules in it. */
export function moduleResources(
  module: unknown,
  redactor: Redactor,
): readonly Resource[] {
  return stateResources(module).flatMap(({ address, type, values, marks }) => {
    const shown = redactor.redactValue(values, "", marks);
    return isAttributes(shown)
      ? [
          {
            address: redactor.redact(address),
            type: redactor.redact(type),
            values: shown,
          },
        ]
      : [];
  });
}

/** Returns the same with every value as it is: what is printed of it has to be redacted. */
export function stateResources(module: unknown): readonly StateResource[] {
  if (!isJsonObject(module)) return [];
  const { resources, child_modules: children } = module;
  const own: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const nested: readonly unknown[] = Array.isArray(children) ? children : [];
  return [
    ...own.flatMap((resource): StateResource[] => {
      if (!isJsonObject(resource) || resource.mode !== "managed") return [];
      const { address, type, values, sensitive_values: marks } = resource;
      return isJsonObject(values)
        ? [{ address: String(address), type: String(type), values, marks }]
        : [];
    }),
    ...nested.flatMap(stateResources),
  ];
}
