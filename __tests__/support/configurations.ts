import type { Environment } from "../../stacks/config/environment";
import type { ExistingResource, ExistingResources } from "./existing-resources";

const managers = { DATA_MANAGERS_ROLE_ARN: "MANAGERS_ROLE" };
const boundary = { PERMISSIONS_BOUNDARY_POLICY_NAME: "BOUNDARY_POLICY" };
const dashboard = {
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  DASHBOARD_LOGOUT_URLS: "https://a.example/",
};

/** Settings of every configuration. */
const COMMON: Environment = {
  STATE_BUCKET_NAME: "STATE_BUCKET",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};

/** Settings of each configuration. A value that is the name of an {@link ExistingResource} stands for its id. */
const CONFIGURATIONS = {
  minimal: {},
  everything: {
    COGNITO_GROUPS: "true",
    AWS_ACCOUNT_ID: "ACCOUNT",
    OIDC_PROVIDER_URL: "NEW_OIDC_HOST",
    // AWS would read the certificate of the host otherwise
    OIDC_THUMBPRINT: "0".repeat(40),
    SECRET_ROLE_ACCESS: managers.DATA_MANAGERS_ROLE_ARN,
    PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/",
    ...managers,
    ...boundary,
    ...dashboard,
  },
  managers: {
    OIDC_PROVIDER_URL: "OIDC_HOST",
    OIDC_PROVIDER_EXISTS: "true",
    ...managers,
    ...boundary,
  },
  "existing-user-pool": { USER_POOL_ID: "USER_POOL", COGNITO_GROUPS: "true" },
  "existing-both": {
    USER_POOL_ID: "USER_POOL_WITH_DOMAIN",
    USER_POOL_DOMAIN: "DOMAIN",
    IDENTITY_POOL_ARN: "IDENTITY_POOL",
    COGNITO_GROUPS: "true",
  },
  "existing-identity-pool": { IDENTITY_POOL_ARN: "IDENTITY_POOL", ...managers },
} as const satisfies Readonly<Record<string, Environment>>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;

export const CONFIGURATION_NAMES = Object.keys(
  CONFIGURATIONS,
) as readonly ConfigurationName[];

/** Settings of a stage that runs end to end. */
export interface Configuration {
  readonly settings: Environment;
  /** Existing resources that the settings need and the account does not have. */
  readonly missing: readonly ExistingResource[];
  /** Group of a user who gets credentials. */
  readonly group?: string;
}

/** Returns the settings of a configuration with the ids of existing resources. */
export function createConfiguration(
  name: ConfigurationName,
  existing: Partial<ExistingResources>,
): Configuration {
  const settings: Environment = { ...COMMON, ...CONFIGURATIONS[name] };
  const missing: ExistingResource[] = [];
  const resolve = (value: string | undefined): string | undefined => {
    if (!isExistingResource(value)) return value;
    if (existing[value] === undefined) missing.push(value);
    return existing[value];
  };
  const resolved = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, resolve(value)]),
  );
  const hasUsers =
    settings.COGNITO_GROUPS !== undefined &&
    settings.IDENTITY_POOL_ARN === undefined;
  return {
    settings: resolved,
    missing: [...new Set(missing)],
    ...(hasUsers && { group: "veda-readers" }),
  };
}

function isExistingResource(
  value: string | undefined,
): value is ExistingResource {
  return value !== undefined && /^[A-Z][A-Z_]+$/.test(value);
}
