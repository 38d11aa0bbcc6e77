import { isJsonObject } from "../system/json-object";
import type { PlanJson } from "./plan-json";
import { Redactor, SecretCollector } from "./redactor";

/**
 * Returns a redactor of the secrets of a plan: by Terraform's marks on values before and after, on outputs and in the
 * state, and by names that only secrets have.
 */
export function createPlanRedactor(plan: PlanJson): Redactor {
  const found = new SecretCollector();
  for (const { change } of [...plan.resource_changes, ...plan.resource_drift]) {
    found.add(change.before, "", change.before_sensitive);
    found.add(change.after, "", change.after_sensitive);
  }
  for (const [name, change] of Object.entries(plan.output_changes)) {
    found.add(change.before, name, change.before_sensitive);
    found.add(change.after, name, change.after_sensitive);
  }
  addMarked(plan.prior_state, found);
  addMarked(plan.planned_values, found);
  addVariables(plan.variables, plan.configuration, found);
  return new Redactor(found.secrets, clientIds(plan));
}

/** Ids of clients, which everyone may know and which outputs repeat. */
function clientIds({ resource_changes }: PlanJson): ReadonlySet<string> {
  return new Set(
    resource_changes
      .filter(({ type }) => type === "aws_cognito_user_pool_client")
      .flatMap(({ change }) => [change.before, change.after])
      .flatMap((values) =>
        isJsonObject(values) && typeof values.id === "string" ? values.id : [],
      ),
  );
}

/** Returns a redactor of the secrets of a state, or of a synthesized stack. */
export function createStateRedactor(state: unknown): Redactor {
  const found = new SecretCollector();
  addMarked(state, found);
  found.add(state, "", undefined);
  return new Redactor(found.secrets);
}

/** Values and outputs as a state has them, each with its marks. */
function addMarked(part: unknown, found: SecretCollector): void {
  if (Array.isArray(part)) {
    for (const item of part) addMarked(item, found);
    return;
  }
  if (typeof part !== "object" || part === null) return;
  const { values, sensitive_values, value, sensitive, ...rest } =
    part as Readonly<Record<string, unknown>>;
  if (sensitive === true) found.add(value, "", true);
  if (sensitive_values !== undefined) found.add(values, "", sensitive_values);
  else addMarked(values, found);
  for (const item of Object.values(rest)) addMarked(item, found);
}

function addVariables(
  variables: unknown,
  configuration: unknown,
  found: SecretCollector,
): void {
  const root = (
    configuration as { root_module?: { variables?: unknown } } | undefined
  )?.root_module?.variables as
    Readonly<Record<string, { readonly sensitive?: boolean }>> | undefined;
  for (const [name, variable] of Object.entries(variables ?? {})) {
    const { value } = variable as { readonly value?: unknown };
    found.add(value, name, root?.[name]?.sensitive === true);
  }
}
