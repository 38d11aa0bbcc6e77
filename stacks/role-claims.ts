import { type RoleRules, toRules, type UserPoolClient } from "../constructs";

interface ClaimContext {
  /** All clients of the stage. */
  readonly clients: readonly UserPoolClient[];
  /** Names of the custom attributes; `undefined` if another stack manages the user pool. */
  readonly customAttributes: readonly string[] | undefined;
}

/**
 * Returns the errors of the claims of a client's rules. A user who changes an attribute with the token of any client
 * would get the role of a rule on it.
 */
export function validateClaims(
  client: UserPoolClient,
  mapping: RoleRules,
  { clients, customAttributes }: ClaimContext,
): string[] {
  const claims = toRules(mapping).map(({ claim }) => claim);
  return [...new Set(claims)].flatMap((claim) => {
    const writers = clients.filter((one) => one.canUsersChange(claim));
    if (writers.length > 0)
      return [
        `claim of a rule must not be an attribute that users can change, got "${claim}", which users of ${writers.map(({ node }) => node.id).join(", ")} can change`,
      ];
    if (
      claim.startsWith("custom:") &&
      customAttributes?.includes(claim.slice("custom:".length)) === false
    )
      return [
        `claim of a rule must be an attribute of the user pool, got "${claim}"`,
      ];
    return client.canRead(claim)
      ? []
      : [
          `claim of a rule must be among the read attributes of the client, got "${claim}" for ${client.node.id}`,
        ];
  });
}
