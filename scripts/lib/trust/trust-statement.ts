import { LIMITS, validate } from "../../../constructs/constraints";
import type { UserError } from "../../../constructs/errors";
import { createIdentityPoolTrustStatement } from "../../../constructs/identity-pool-trust";
import type { PolicyStatement } from "../../../constructs/policy-document";
import { UsageError } from "../cli/usage-error";

/** An identity pool. Its ID begins with its Region. */
export interface IdentityPool {
  readonly id: string;
  readonly region: string;
}

export type TrustStatement = PolicyStatement & { readonly Sid: string };

const ID = /^([a-z0-9-]+):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param ErrorClass error to throw if the text is no identity pool ID */
export function parseIdentityPool(
  id: string,
  subject: string,
  ErrorClass: new (message: string) => UserError = UsageError,
): IdentityPool {
  const region = ID.exec(id)?.[1] ?? "";
  if (!LIMITS.region.allows(region))
    throw new ErrorClass(
      `${subject} must be <region>:<uuid> in lower case, such as us-west-2:0a1b2c3d-…, got ${JSON.stringify(id)}`,
    );
  const problem = validate(LIMITS.identityPoolRegion, region);
  if (problem !== undefined) throw new ErrorClass(problem);
  return { id, region };
}

/**
 * Creates the statement by which a role trusts an identity pool. The pool alone determines the `Sid`, so that each stage
 * finds its own statement in a shared role. A changed `Sid` would add a second statement.
 */
export function createTrustStatement({
  id,
  region,
}: IdentityPool): TrustStatement {
  return {
    Sid: `VedaAuth${id.replace(/[^A-Za-z0-9]/g, "")}`,
    ...createIdentityPoolTrustStatement(id, region),
  };
}
