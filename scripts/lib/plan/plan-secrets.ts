import { isJsonObject, parseJson, toJsonObject } from "../system/json-object";
import type { PlanJson } from "./plan-json";
import { isProviderDetails, isPublicDetail } from "./provider-details";
import { getParts, isWithoutContent, Redactor } from "./redactor";
import { isSecretName } from "./secret-names";

/**
 * Returns a redactor of the secrets of a plan: values that Terraform marks as sensitive in changes, outputs and state, and
 * values of attributes with the name of a secret.
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
  found.addSensitive(plan.prior_state);
  found.addSensitive(plan.planned_values);
  found.addConstants(plan.configuration, "");
  const root = toJsonObject(toJsonObject(plan.configuration).root_module);
  const declared = toJsonObject(root.variables);
  for (const [name, variable] of Object.entries(plan.variables ?? {})) {
    const { sensitive } = toJsonObject(declared[name]);
    found.add(toJsonObject(variable).value, name, sensitive === true);
  }
  return new Redactor(found.secrets, listClientIds(plan));
}

/** Client ids are public, and outputs repeat them. */
function listClientIds({ resource_changes }: PlanJson): ReadonlySet<string> {
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
  found.addSensitive(state);
  const { resource, ephemeral, ...others } = toJsonObject(state);
  found.add(others, "", undefined);
  // the name of a resource does not describe its values
  for (const resources of [resource, ephemeral].flatMap((one) =>
    Object.values(toJsonObject(one)),
  ))
    for (const values of Object.values(toJsonObject(resources)))
      found.add(values, "", undefined);
  return new Redactor(found.secrets);
}

/** Collects the texts of secrets. */
class SecretCollector {
  readonly secrets = new Set<string>();

  /** Adds the secrets in a value, by Terraform's marks and by the names of its attributes. */
  add(value: unknown, name: string, mark: unknown): void {
    if (mark === true) {
      this.addTexts(value);
    } else if (isSecretName(name, value)) {
      this.addTexts(value, isUnlikelyWord);
    } else if (typeof value === "object" && value !== null) {
      const marks = getParts(mark);
      for (const [key, part] of Object.entries(value))
        if (isProviderDetails(name) && !isPublicDetail(key))
          this.addTexts(part, marks[key] === true ? undefined : isUnlikelyWord);
        else this.add(part, Array.isArray(value) ? name : key, marks[key]);
    }
  }

  /** Adds secrets in the constants of a configuration, which a plan can ignore (`ignore_changes`). */
  addConstants(part: unknown, name: string): void {
    if (Array.isArray(part)) {
      for (const item of part) this.addConstants(item, name);
    } else if (isJsonObject(part)) {
      for (const [key, item] of Object.entries(part))
        if (key === "constant_value") this.add(item, name, undefined);
        else this.addConstants(item, key);
    }
  }

  /** Adds the sensitive values and outputs at any depth of a state. */
  addSensitive(part: unknown): void {
    if (Array.isArray(part)) {
      for (const item of part) this.addSensitive(item);
      return;
    }
    if (!isJsonObject(part)) return;
    const { values, sensitive_values, value, sensitive, ...rest } = part;
    if (sensitive === true) this.add(value, "", true);
    if (sensitive_values === undefined) this.addSensitive(values);
    else this.add(values, "", sensitive_values);
    for (const item of Object.values(rest)) this.addSensitive(item);
  }

  /** Adds each text of a secret value, its long lines, and the secrets in it if it is JSON. */
  private addTexts(
    value: unknown,
    isWanted: (secret: string) => boolean = () => true,
  ): void {
    if (isWithoutContent(value)) return;
    if (typeof value === "string") {
      if (isWanted(value)) this.secrets.add(value);
      for (const line of value.split(/\r?\n/))
        if (line.trim().length >= 16) this.secrets.add(line.trim());
      if (/^\s*[[{]/.test(value)) this.add(parseJson(value), "", undefined);
    } else if (typeof value === "number") {
      if (isWanted(String(value))) this.secrets.add(String(value));
    } else if (typeof value === "object" && value !== null) {
      for (const part of Object.values(value)) this.addTexts(part, isWanted);
    }
  }
}

/** A value that only its name identifies as a secret can be an ordinary word, which is not redacted elsewhere. */
function isUnlikelyWord(secret: string): boolean {
  return secret.length >= 6 && !/^[a-z]+$/i.test(secret);
}
