import { createIdentityPoolTrustStatement } from "../../../constructs/identity-pool-trust";
import { LIMITS } from "../../../constructs/constraints";
import type { PolicyStatement } from "../../../constructs/policy-document";
import type { UserError } from "../../../constructs/errors";
import { UsageError } from "../cli/command";

/** An identity pool by its id, which begins with its Region. */
export interface IdentityPool {
  readonly id: string;
  readonly region: string;
}

/** A statement that is known again by its `Sid`. */
export type TrustStatement = PolicyStatement & { readonly Sid: string };

const ID = /^([a-z0-9-]+):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * @param Mistake what is thrown of a text that is no identity pool's id
 */
export function parseIdentityPool(
  id: string,
  subject: string,
  Mistake: new (message: string) => UserError = UsageError,
): IdentityPool {
  const region = ID.exec(id)?.[1] ?? "";
  if (LIMITS.region.allows(region)) return { id, region };
  throw new Mistake(
    `${subject} must be <region>:<uuid> in lower case, such as us-west-2:0a1b2c3d-…, got ${JSON.stringify(id)}`,
  );
}

/**
 * The statement by which a role trusts an identity pool. Its `Sid` follows from the pool alone, so that each of several
 * stages finds its own in a role that they share; with another one a role would get a second statement.
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
