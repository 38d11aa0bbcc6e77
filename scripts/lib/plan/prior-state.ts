import { isJsonObject } from "../json-object";
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

/** Returns the managed resources of a module as Terraform shows a state, and of the modules in it. */
export function moduleResources(
  module: unknown,
  redactor: Redactor,
): readonly Resource[] {
  if (!isJsonObject(module)) return [];
  const { resources, child_modules: children } = module;
  const own = Array.isArray(resources) ? resources : [];
  const nested = Array.isArray(children) ? children : [];
  return [
    ...own.flatMap((resource: unknown): Resource[] => {
      if (!isJsonObject(resource) || resource.mode !== "managed") return [];
      const { address, type, values, sensitive_values } = resource;
      const shown = redactor.redactValue(values, "", sensitive_values);
      return isAttributes(shown)
        ? [
            {
              address: redactor.redact(String(address)),
              type: redactor.redact(String(type)),
              values: shown,
            },
          ]
        : [];
    }),
    ...nested.flatMap((child: unknown) => moduleResources(child, redactor)),
  ];
}
