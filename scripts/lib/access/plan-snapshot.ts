import type { PlanJson, ResourceChange } from "../plan/plan-json";
import { Snapshot, type Resource } from "./snapshot";
import { isJsonObject, type JsonObject } from "../json-object";

/** The resources as they are before a plan is applied, as AWS has them. */
export function snapshotBefore(plan: PlanJson): Snapshot {
  return new Snapshot(
    current(plan).flatMap(({ address, previous_address, type, change }) =>
      isJsonObject(change.before)
        ? [
            {
              address: previous_address ?? address,
              type,
              values: withoutSecretPolicies(
                change.before,
                change.before_sensitive,
              ),
            },
          ]
        : [],
    ),
  );
}

/** The resources as a plan would leave them: what is no longer managed stays as it is. */
export function snapshotAfter(
  plan: PlanJson,
  before = snapshotBefore(plan),
): Snapshot {
  const expressions = expressionsOf(plan.configuration);
  return new Snapshot(
    current(plan).flatMap((resource): Resource[] => {
      const { address, type, change } = resource;
      const isLeft = change.actions.includes("forget");
      const values = isLeft ? change.before : change.after;
      if (!isJsonObject(values)) return [];
      const templates = expressions.get(withoutKeys(address)) ?? {};
      const filled = fill(values, change.after_unknown, templates);
      return [
        {
          address,
          type,
          values: withoutSecretPolicies(
            isJsonObject(filled) ? filled : values,
            isLeft ? change.before_sensitive : change.after_sensitive,
          ),
        },
      ];
    }),
    before,
  );
}

/** A policy that is marked as a secret is one that cannot be read. */
function withoutSecretPolicies(values: JsonObject, marks: unknown): JsonObject {
  const marked = isJsonObject(marks) ? marks : {};
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name]) =>
        !name.endsWith("policy") || (marks !== true && marked[name] !== true),
    ),
  );
}

/** What is there now or will be; a leftover of a replacement is neither. */
function current({ resource_changes }: PlanJson): readonly ResourceChange[] {
  return resource_changes.filter(({ deposed }) => deposed === undefined);
}

/** Puts in place of what is not known yet the template that it will be made from. */
function fill(value: unknown, unknown: unknown, expression: unknown): unknown {
  if (unknown === true) return templateOf(expression);
  if (Array.isArray(unknown)) {
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    return unknown.map((part, index) =>
      fill(parts[index], part, partOf(expression, index)),
    );
  }
  if (!isJsonObject(unknown)) return value;
  const known = isJsonObject(value) ? value : {};
  return Object.fromEntries(
    [...new Set([...Object.keys(known), ...Object.keys(unknown)])].map(
      (key) => [key, fill(known[key], unknown[key], partOf(expression, key))],
    ),
  );
}

function partOf(expression: unknown, key: string | number): unknown {
  if (Array.isArray(expression)) return expression[Number(key)] as unknown;
  if (!isJsonObject(expression)) return undefined;
  const { constant_value: whole } = expression;
  if (isJsonObject(whole) || Array.isArray(whole))
    return { constant_value: (whole as JsonObject)[key] };
  return expression[key];
}

function templateOf(expression: unknown): unknown {
  if (!isJsonObject(expression)) return undefined;
  if (expression.constant_value !== undefined) return expression.constant_value;
  const [first, second, ...more] = Array.isArray(expression.references)
    ? (expression.references as readonly unknown[])
    : [];
  // one attribute of one resource, which Terraform lists with the resource
  return typeof first === "string" &&
    typeof second === "string" &&
    more.length === 0 &&
    first.startsWith(`${second}.`)
    ? `\${${first}}`
    : undefined;
}

/** Expressions of each attribute in the code, by address without keys, those of modules too. */
export function expressionsOf(
  configuration: unknown,
): ReadonlyMap<string, unknown> {
  const all = new Map<string, unknown>();
  const add = (module: unknown, prefix: string): void => {
    if (!isJsonObject(module)) return;
    const { resources, module_calls: calls } = module;
    for (const resource of Array.isArray(resources) ? resources : [])
      if (isJsonObject(resource))
        all.set(`${prefix}${String(resource.address)}`, resource.expressions);
    for (const [name, call] of Object.entries(isJsonObject(calls) ? calls : {}))
      if (isJsonObject(call)) add(call.module, `${prefix}module.${name}.`);
  };
  if (isJsonObject(configuration)) add(configuration.root_module, "");
  return all;
}

/** An address without what tells the instances of one resource apart. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");
}
