import type { PlanJson } from "../plan/plan-json";
import { toJsonObject } from "../system/json-object";

const USER_POOL = "aws_cognito_user_pool";

/**
 * Explains why the configuration protects a deployed stage; returns `undefined` if it does not.
 *
 * @param deployed addresses of the resources in the state
 * @param configured addresses of the resources that Terraform refuses to destroy
 */
export function explainConfiguredProtection(
  stage: string,
  deployed: readonly string[],
  configured: readonly string[],
): string | undefined {
  const found = configured.filter((address) => deployed.includes(address));
  if (found.length === 0) return undefined;
  const others = found.filter(
    (address) => !address.startsWith(`${USER_POOL}.`),
  );
  return others.length === 0
    ? `stage ${stage} is protected: set DELETION_PROTECTION=false and deploy first`
    : `stage ${stage} is protected: remove prevent_destroy of ${others.join(", ")} from the code${others.length < found.length ? ", set DELETION_PROTECTION=false" : ""} and deploy first`;
}

/** Explains that AWS protects a user pool that a plan deletes; returns `undefined` if it does not. */
export function explainLiveProtection(
  stage: string,
  { resource_changes }: PlanJson,
): string | undefined {
  const isProtected = resource_changes.some(
    ({ type, change: { actions, before } }) =>
      type === USER_POOL &&
      actions.includes("delete") &&
      toJsonObject(before).deletion_protection === "ACTIVE",
  );
  return isProtected
    ? `stage ${stage} is protected: DELETION_PROTECTION=false is not deployed, so deploy first`
    : undefined;
}
