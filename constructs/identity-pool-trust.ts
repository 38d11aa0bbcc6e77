import { getIdentityPoolPrincipal } from "./aws";
import type { PolicyStatement } from "./policy-document";

/**
 * Trust in the signed-in users of one identity pool. Without `aud` any pool of any account would do; without `amr` so
 * would users who never signed in.
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
