import type { Grant } from "../iam/compare";
import {
  type Attributes,
  isAttributes,
  readText,
  toBlocks,
  toTexts,
} from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal, type RichText, text } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  createEntity,
  createUsersEntity,
  describeEntity,
  type DirectAccess,
  type Entity,
  resolveName,
} from "./access-graph";
import { createClientEntity } from "./client-access";
import { describeAssumption, describeMissingPermissions } from "./roles";

/** Service principal of identity pools, which is also the prefix of its condition keys. */
export const IDENTITY_POOL_HOST =
  /^cognito-identity(-us-gov|\.us-gov-[a-z]+-\d)?\.amazonaws\.com$/;

export const AUTHENTICATED_USERS = literal("all users who sign in");
export const UNAUTHENTICATED_USERS = literal("users who are not signed in");

const UNKNOWN = "(unknown)" as Redacted;

/** Returns the users who can get credentials from an identity pool. */
export function listIdentityPoolAccess(
  pool: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values } = pool;
  const resource = createEntity("identity pool", getShortName(pool));
  const principals = [
    ...listIdentityProviders(values, snapshot),
    ...(values.allow_unauthenticated_identities === true
      ? [describeEntity("users", UNAUTHENTICATED_USERS)]
      : []),
  ];
  return principals.map((principal) => ({
    origin: pool.address,
    attributes: [
      "allow_unauthenticated_identities",
      "cognito_identity_providers",
      "developer_provider_name",
      "openid_connect_provider_arns",
      "saml_provider_arns",
      "supported_login_providers",
    ],
    principal,
    permission: "get credentials" as Redacted,
    resource,
    text: text`get AWS credentials from ${resource.text}`,
  }));
}

/** Returns the users of each provider that an identity pool trusts. */
export function listIdentityProviders(
  values: Attributes,
  snapshot: Snapshot,
): readonly Entity[] {
  const logins = isAttributes(values.supported_login_providers)
    ? values.supported_login_providers
    : {};
  const developer = readText(values, "developer_provider_name");
  return [
    ...toBlocks(values.cognito_identity_providers).map((provider) =>
      describeClientUsers(provider, snapshot),
    ),
    ...toTexts(values.openid_connect_provider_arns).map((arn) =>
      createUsersEntity(
        literal("OIDC provider "),
        resolveName(snapshot, "aws_iam_openid_connect_provider", arn, arn),
      ),
    ),
    ...toTexts(values.saml_provider_arns).map((arn) =>
      createUsersEntity(literal("SAML provider "), arn),
    ),
    ...Object.entries(logins).map(([provider, application]) =>
      createUsersEntity(
        literal("login provider "),
        `${provider} (${typeof application === "string" ? application : "unknown"})` as Redacted,
      ),
    ),
    ...(developer === undefined
      ? []
      : [createUsersEntity(literal("developer provider "), developer)]),
  ];
}

/** Whether a provider of an identity pool is a client of a user pool in the snapshot. */
export function isOwnClient(provider: Attributes, snapshot: Snapshot): boolean {
  return findOwnClient(provider, snapshot) !== undefined;
}

function findOwnClient(
  provider: Attributes,
  snapshot: Snapshot,
): Resource | undefined {
  const client = snapshot.find(
    "aws_cognito_user_pool_client",
    provider.client_id,
  );
  const pool = snapshot.find(
    "aws_cognito_user_pool",
    client?.values.user_pool_id,
  );
  const issuer = readText(provider, "provider_name");
  if (client === undefined || issuer === undefined) return undefined;
  if (pool !== undefined && issuer === `\${${pool.address}.endpoint}`)
    return client;
  const poolId =
    /^cognito-idp\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)\/(.+)$/.exec(
      issuer,
    )?.[1];
  const isIssuer =
    pool === undefined
      ? poolId === client.values.user_pool_id
      : snapshot.find("aws_cognito_user_pool", poolId) === pool;
  return poolId !== undefined && isIssuer ? client : undefined;
}

function describeClientUsers(provider: Attributes, snapshot: Snapshot): Entity {
  const client = findOwnClient(provider, snapshot);
  if (client !== undefined) {
    const entity = createClientEntity(client);
    return { ...entity, text: text`users of ${entity.text}` };
  }
  const id = readText(provider, "client_id") ?? UNKNOWN;
  const issuer = readText(provider, "provider_name") ?? UNKNOWN;
  return describeEntity("users", text`users of client ${id} of ${issuer}`);
}

/** Returns the users who can assume the default roles of an identity pool, and the roles of its mapping rules. */
export function listAttachmentRoles(
  { address, values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const origin = { origin: address, attributes: ["roles", "role_mapping"] };
  const [roles = {}] = toBlocks(values.roles);
  const defaults = Object.entries(roles).map(([kind, role]) => {
    const assumption = describeAssumption(snapshot, role);
    return {
      ...origin,
      principal: describeEntity(
        "users",
        kind === "authenticated" ? AUTHENTICATED_USERS : UNAUTHENTICATED_USERS,
      ),
      ...assumption,
      text: text`${assumption.text}${describeMissingPermissions(snapshot, role)}`,
    };
  });
  const rules = toBlocks(values.role_mapping)
    .flatMap(({ mapping_rule: rule }) => toBlocks(rule))
    .map((rule) => ({
      ...origin,
      principal: describeEntity("users", literal("users by a claim")),
      condition: formatRule(rule),
      ...describeAssumption(snapshot, rule.role_arn),
    }));
  return [...defaults, ...rules];
}

function formatRule(rule: Attributes): RichText {
  const [claim = UNKNOWN, matchType = UNKNOWN, value = UNKNOWN] = [
    readText(rule, "claim"),
    readText(rule, "match_type"),
    readText(rule, "value"),
  ];
  return text` when ${claim} ${matchType} ${value}`;
}

/**
 * Whether a trust policy grants a role only to identity pools that assign roles by the token of a user. The role of a group
 * then determines who can assume it; the trust policy alone would read as if all users could.
 */
export function isCoveredByRoleMapping(
  { principals, conditions }: Grant<Redacted>,
  snapshot: Snapshot,
): boolean {
  const isIdentityPool =
    principals?.isInverted === false &&
    principals.patterns.every(
      (pattern) =>
        pattern.startsWith("Federated:") &&
        IDENTITY_POOL_HOST.test(pattern.slice("Federated:".length)),
    );
  if (!isIdentityPool) return false;
  const findClaim = (name: string, operator: RegExp) =>
    conditions.find(
      (one) => one.key.endsWith(`:${name}`) && operator.test(one.operator),
    );
  const amr = findClaim("amr", /^ForAnyValue:String(Equals|Like)$/);
  const aud = findClaim("aud", /^StringEquals$/);
  return (
    amr?.values.join() === "authenticated" &&
    aud?.values.every((id) => {
      const pool = snapshot.find("aws_cognito_identity_pool", id);
      return pool !== undefined && hasTokenRoleMapping(pool, snapshot);
    }) === true
  );
}

/** Whether all providers of an identity pool assign only the role that a token names. */
function hasTokenRoleMapping(pool: Resource, snapshot: Snapshot): boolean {
  const { allow_classic_flow: classicFlow } = pool.values;
  if (classicFlow !== false && classicFlow !== null) return false;
  const mappings = snapshot
    .listByType("aws_cognito_identity_pool_roles_attachment")
    .filter(
      ({ values }) =>
        snapshot.find("aws_cognito_identity_pool", values.identity_pool_id) ===
        pool,
    )
    .flatMap(({ values }) => toBlocks(values.role_mapping));
  const providers = toBlocks(pool.values.cognito_identity_providers);
  return (
    providers.length > 0 &&
    mappings.length >= providers.length &&
    mappings.every(
      ({ type, ambiguous_role_resolution: resolution }) =>
        type === "Token" && resolution === "Deny",
    )
  );
}
