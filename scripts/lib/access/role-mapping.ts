import type { Grant } from "../iam/compare";
import { toBlocks } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import type { Resource, Snapshot } from "../plan/snapshot";

/**
 * Whether a grant of a trust policy only lets an identity pool of the snapshot hand out a role that the groups of its user
 * pool choose: then the role mapping says who assumes the role, and the trust would read as if every user could.
 */
export function isCoveredByRoleMapping(
  { principals, conditions }: Grant<Redacted>,
  snapshot: Snapshot,
): boolean {
  const isCognito =
    principals?.isInverted === false &&
    principals.patterns.every((pattern) =>
      /^Federated:cognito-identity(-us-gov)?\.amazonaws\.com$/.test(pattern),
    );
  if (!isCognito) return false;
  const claim = (name: string, operator: RegExp) =>
    conditions.find(
      (one) => one.key.endsWith(`:${name}`) && operator.test(one.operator),
    );
  const amr = claim("amr", /^ForAnyValue:String(Equals|Like)$/);
  const aud = claim("aud", /^StringEquals$/);
  return (
    amr?.values.join() === "authenticated" &&
    aud?.values.every((id) => {
      const pool = snapshot.find("aws_cognito_identity_pool", id);
      return pool !== undefined && hasTokenRoleMapping(pool, snapshot);
    }) === true
  );
}

/** Whether each provider of an identity pool gets the role that its token names, and no other. */
export function hasTokenRoleMapping(
  pool: Resource,
  snapshot: Snapshot,
): boolean {
  if (
    pool.values.allow_classic_flow !== false &&
    pool.values.allow_classic_flow !== null
  )
    return false;
  const attachments = snapshot
    .listByType("aws_cognito_identity_pool_roles_attachment")
    .filter(
      ({ values }) =>
        snapshot.find("aws_cognito_identity_pool", values.identity_pool_id) ===
        pool,
    );
  const mappings = attachments.flatMap(({ values }) =>
    toBlocks(values.role_mapping),
  );
  const providers = toBlocks(pool.values.cognito_identity_providers);
  return (
    mappings.length >= providers.length &&
    providers.length > 0 &&
    mappings.every(
      ({ type, ambiguous_role_resolution: resolution }) =>
        type === "Token" && resolution === "Deny",
    )
  );
}
