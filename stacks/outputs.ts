import { TerraformOutput } from "cdktf";
import { addValidationErrors } from "../constructs/validation";
import type { BaseStack } from "./base-stack";

/**
 * Names of the outputs of a stage, and of the account. In upper case they are the variables that other deployments read, so a name that
 * changes breaks a deployment somewhere else.
 */
export type OutputName =
  | "userpool_id"
  | "userpool_domain_base_url"
  | "issuer"
  | "jwks_url"
  | "client_id"
  | "identitypool_id"
  | "identitypool_arn"
  | "oidc_provider_arn"
  | "state_bucket_name"
  | "permissions_boundary_policy_name"
  | `${string}_plan_role_arn`
  | `${string}_apply_role_arn`
  | `${string}_client_id`
  | `${string}_secret_id`
  | `${string}_secret_arn`;

/** Adds an output to a stage; its construct id is its name, so that no hash is added to it. */
export function addOutput(
  stack: BaseStack,
  name: OutputName,
  value: string,
  description: string,
): void {
  // in upper case they are variables
  const variable = name.toUpperCase();
  if (!stack.outputVariables.has(variable)) {
    stack.outputVariables.add(variable);
    new TerraformOutput(stack, name, { value, description });
  } else {
    addValidationErrors(
      stack,
      `output must be another for each client, in upper case too, got "${name}" twice`,
    );
  }
}
