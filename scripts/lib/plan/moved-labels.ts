import { isJsonObject, toJsonObject } from "../system/json-object";
import type { PlanJson } from "./plan-json";

const SECRET_VERSION = "aws_secretsmanager_secret_version";

/**
 * Returns whether a plan destroys a version of a secret with labels that it no longer has. Terraform destroys a resource that
 * is not in the code with the attributes of the state, although it has read them again, and Secrets Manager refuses to remove a
 * label that it has moved.
 */
export function destroysMovedLabels({
  resource_changes,
  prior_state,
}: PlanJson): boolean {
  const { resources } = toJsonObject(prior_state?.values?.root_module);
  const read: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const labels = new Map(
    read
      .filter(isJsonObject)
      .map(({ address, values }) => [address, formatLabels(values)] as const),
  );
  return resource_changes.some(
    ({ address, type, change }) =>
      type === SECRET_VERSION &&
      change.actions.join() === "delete" &&
      labels.has(address) &&
      labels.get(address) !== formatLabels(change.before),
  );
}

function formatLabels(values: unknown): string {
  const { version_stages: labels } = toJsonObject(values);
  return Array.isArray(labels) ? labels.map(String).sort().join() : "";
}
