import type { Call } from "./fault-proxy";

/** AWS resets the fields that an update of a client omits; the local AWS retains them. */
const RESET = {
  AllowedOAuthFlowsUserPoolClient: false,
  AllowedOAuthFlows: [],
  AllowedOAuthScopes: [],
  CallbackURLs: [],
  LogoutURLs: [],
};

/** Returns another body for an update of a client, which the local AWS then applies as AWS does. */
export function resetOmittedFields({
  operation,
  body,
}: Pick<Call, "operation" | "body">): string | undefined {
  return operation === "UpdateUserPoolClient"
    ? JSON.stringify({ ...RESET, ...(JSON.parse(body) as object) })
    : undefined;
}
