import { getIdentityPoolPrincipal } from "./aws";
import type { PolicyStatement } from "./policy-document";

/**
 * Returns the statement by which a role trusts the authenticated identities of one identity pool. Without `aud`, the role
 * trusts the pools of all accounts; without `amr`, unauthenticated identities too.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
 */
export function createIdentityPoolTrustStatement(
  identityPoolId: string,
  region: string,
): PolicyStatement {
  const principal = getIdentityPoolPrincipal(region);
  return {
    Effect: "Allow",
    Principal: { Federated: principal },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: { [`${principal}:aud`]: identityPoolId },
      "ForAnyValue:StringLike": { [`${principal}:amr`]: "authenticated" },
    },
  };
}
