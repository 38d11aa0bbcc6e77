import { readFileSync } from "node:fs";
import path from "node:path";
import { DEMO_ACCOUNT } from "../../scripts/lib/demo/account";
import type { Environment } from "../../stacks/config/environment";
import type { Deployment } from "./deployment";

const MANAGERS_ROLE = `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`;

/** Settings of a stage with every type of resource, and a local state. */
export const COMPLETE_STAGE: Environment = {
  STATE_BACKEND: "local",
  OWNER: "operator",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  COGNITO_GROUPS: "true",
  OIDC_PROVIDER_URL: "tokens.example",
  DATA_MANAGERS_ROLE_ARN: MANAGERS_ROLE,
  SECRET_ROLE_ACCESS: MANAGERS_ROLE,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/",
};

/** A resource in a state. */
export interface StateResource {
  readonly type: string;
  readonly address: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Returns the managed resources in a stage's local state, sorted by address. */
export function readStateResources(
  deployment: Deployment,
  stack: string,
): readonly StateResource[] {
  const file = path.join(deployment.directory, `terraform.${stack}.tfstate`);
  const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
    readonly resources: readonly {
      readonly mode: string;
      readonly type: string;
      readonly name: string;
      readonly instances: readonly {
        readonly attributes: StateResource["values"];
      }[];
    }[];
  };
  return resources
    .filter(({ mode }) => mode === "managed")
    .map(({ type, name, instances }) => ({
      type,
      address: `${type}.${name}`,
      values: instances[0]?.attributes ?? {},
    }))
    .sort((a, b) => a.address.localeCompare(b.address));
}
