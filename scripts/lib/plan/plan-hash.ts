import { createHash } from "node:crypto";
import {
  configurationEffects,
  type ConfigurationEffects,
} from "./configuration-effects";
import { doesSomething } from "./plan-effects";
import type { Change, PlanJson, ResourceChange } from "./plan-json";

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
export function planHash(plan: PlanJson): string {
  const { provenance, exact = plan } = plan;
  const code = configurationEffects(exact.configuration);
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
      .filter(doesSomething)
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
