import type { Call } from "./fault-proxy";

type Update = Pick<Call, "operation" | "body">;

/**
 * Default values of the fields that AWS resets if an update omits them. The local AWS retains them.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
const DEFAULTS: Readonly<Record<string, object>> = {
  UpdateUserPoolClient: {
    AllowedOAuthFlowsUserPoolClient: false,
    AllowedOAuthFlows: [],
    AllowedOAuthScopes: [],
    CallbackURLs: [],
    LogoutURLs: [],
  },
  UpdateUserPool: { LambdaConfig: {} },
  SetUserPoolMfaConfig: {
    SoftwareTokenMfaConfiguration: null,
    EmailMfaConfiguration: null,
  },
};

/** Returns another body for an update, which the local AWS then applies as AWS does. */
export function resetOmittedFields({
  operation = "",
  body,
}: Update): string | undefined {
  const defaults = DEFAULTS[operation];
  return defaults === undefined
    ? undefined
    : JSON.stringify({ ...defaults, ...(JSON.parse(body) as object) });
}

/** The same for updates of clients alone. */
export function resetOmittedClientFields(update: Update): string | undefined {
  return update.operation === "UpdateUserPoolClient"
    ? resetOmittedFields(update)
    : undefined;
}
