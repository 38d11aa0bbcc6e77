import {
  blocks,
  isAttributes,
  textAt,
  texts,
  type Attributes,
  type Value,
} from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { shortName } from "../plan/resource-names";
import { listSome, literal, text, type RichText } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import { clientAccess, clientEntity, type DirectAccess } from "./client-access";
import { described, entity, type Entity } from "./entity";

/** Returns the role that an ARN or a reference names. */
export function roleEntity(
  snapshot: Snapshot,
  value: Value | undefined,
): Entity {
  const role = snapshot.find("aws_iam_role", value);
  if (role !== undefined) return entity("role", shortName(role));
  return typeof value === "string"
    ? entity("role", value)
    : described("role", literal("a role that is known only after apply"));
}

/** Returns all access of a stage that no policy expresses. */
export function directAccess(snapshot: Snapshot): readonly DirectAccess[] {
  const each = (
    type: string,
    accessOf: (
      resource: Resource,
      snapshot: Snapshot,
    ) => readonly DirectAccess[],
  ): readonly DirectAccess[] =>
    snapshot.ofType(type).flatMap((resource) => accessOf(resource, snapshot));
  return [
    ...each("aws_cognito_user_pool_client", clientAccess),
    ...each("aws_cognito_user_group", groupAccess),
    ...each("aws_cognito_identity_pool", identityPoolAccess),
    ...each("aws_cognito_identity_pool_roles_attachment", attachedAccess),
    ...each("aws_iam_role_policy_attachment", managedAccess),
    ...each("aws_iam_role", roleManagedAccess),
    ...each("aws_cognito_identity_provider", signInAccess),
    ...each("aws_cognito_user_in_group", membership),
  ];
}

function groupAccess(
  group: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { role_arn } = group.values;
  if (role_arn === undefined || role_arn === null || role_arn === "") return [];
  return [
    assumption(
      entity("group", shortName(group)),
      roleEntity(snapshot, role_arn),
      { origin: group.address, attributes: ["role_arn"] },
    ),
  ];
}

type Origin = Pick<DirectAccess, "origin" | "attributes">;

function assumption(
  who: Entity,
  what: Entity,
  origin: Origin,
  where: RichText = [],
): DirectAccess {
  return {
    ...origin,
    who,
    can: ASSUME,
    what,
    where,
    text: text`assume ${what.text}`,
  };
}

const ASSUME = "assume" as Redacted;
const GET_CREDENTIALS = "get credentials" as Redacted;
const FOLLOW_POLICY = "what a policy says" as Redacted;

function identityPoolAccess(
  pool: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values } = pool;
  const what = entity("identity pool", shortName(pool));
  const unauthenticated = described(
    "users",
    literal("users who are not signed in"),
  );
  const callers = [
    ...identityProviders(values, snapshot),
    ...(values.allow_unauthenticated_identities === true
      ? [unauthenticated]
      : []),
  ];
  return callers.map((who) => ({
    origin: pool.address,
    attributes: [
      "allow_unauthenticated_identities",
      "cognito_identity_providers",
      "developer_provider_name",
      "openid_connect_provider_arns",
      "saml_provider_arns",
      "supported_login_providers",
    ],
    who,
    can: GET_CREDENTIALS,
    what,
    where: [],
    text: text`get AWS credentials from ${what.text}`,
  }));
}

/** Returns whose users an identity pool trusts, each provider by itself. */
export function identityProviders(
  values: Attributes,
  snapshot: Snapshot,
): readonly Entity[] {
  const named = (words: RichText, name: Redacted): Entity => ({
    kind: "users",
    name: `users of ${name}` as Redacted,
    text: text`users of ${words} ${name}`,
  });
  const logins = isAttributes(values.supported_login_providers)
    ? values.supported_login_providers
    : {};
  const developer = textAt(values, "developer_provider_name");
  return [
    ...blocks(values.cognito_identity_providers).map((provider) =>
      clientUsers(provider, snapshot),
    ),
    ...texts(values.openid_connect_provider_arns).map((arn) => {
      const found = snapshot.find("aws_iam_openid_connect_provider", arn);
      return named(
        literal("OIDC provider"),
        found === undefined ? arn : shortName(found),
      );
    }),
    ...texts(values.saml_provider_arns).map((arn) =>
      named(literal("SAML provider"), arn),
    ),
    ...Object.entries(logins).map(([provider, application]) =>
      named(
        literal("login provider"),
        `${provider} (${typeof application === "string" ? application : "unknown"})` as Redacted,
      ),
    ),
    ...(developer === undefined
      ? []
      : [named(literal("developer provider"), developer)]),
  ];
}

/** Whether a provider of an identity pool is a client of a user pool of the same snapshot. */
export function isOwnClient(provider: Attributes, snapshot: Snapshot): boolean {
  return ownClient(provider, snapshot) !== undefined;
}

function ownClient(
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
  const issuer = textAt(provider, "provider_name");
  if (client === undefined || issuer === undefined) return undefined;
  const [, poolId] =
    /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(issuer) ??
    [];
  const isEndpoint =
    pool !== undefined && issuer === `\${${pool.address}.endpoint}`;
  const isPool =
    isEndpoint ||
    (poolId !== undefined &&
      (pool === undefined
        ? poolId === client.values.user_pool_id
        : snapshot.find("aws_cognito_user_pool", poolId) === pool));
  return isPool ? client : undefined;
}

function clientUsers(provider: Attributes, snapshot: Snapshot): Entity {
  const client = ownClient(provider, snapshot);
  if (client !== undefined) {
    const who = clientEntity(client);
    return { ...who, text: text`users of ${who.text}` };
  }
  const id = textAt(provider, "client_id") ?? ("(unknown)" as Redacted);
  const issuer = textAt(provider, "provider_name") ?? ("(unknown)" as Redacted);
  return {
    kind: "users",
    name: `users of client ${id} of ${issuer}` as Redacted,
    text: text`users of client ${id} of ${issuer}`,
  };
}

/** All users who have signed in, in the words that graph and sentences share. */
export const SIGNED_IN = literal("all users who sign in");
export const NOT_SIGNED_IN = literal("users who are not signed in");

function attachedAccess(
  { address, values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const origin = { origin: address, attributes: ["roles", "role_mapping"] };
  const [roles] = blocks(values.roles);
  const defaults = Object.entries(roles ?? {}).map(([kind, role]) =>
    assumption(
      described("users", kind === "authenticated" ? SIGNED_IN : NOT_SIGNED_IN),
      roleEntity(snapshot, role),
      origin,
    ),
  );
  const mapped = blocks(values.role_mapping).flatMap(
    ({ mapping_rule: rules }) =>
      blocks(rules).map((rule) => {
        const part = (name: string): Redacted =>
          textAt(rule, name) ?? ("(unknown)" as Redacted);
        return assumption(
          described("users", literal("users by a claim")),
          roleEntity(snapshot, rule.role_arn),
          origin,
          text` when ${part("claim")} ${part("match_type")} ${part("value")}`,
        );
      }),
  );
  return [...defaults, ...mapped];
}

/** Users whom another identity provider signs in. */
function signInAccess(
  provider: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const name = shortName(provider);
  const pool = snapshot.find(
    "aws_cognito_user_pool",
    provider.values.user_pool_id,
  );
  const poolName =
    pool === undefined
      ? (textAt(provider.values, "user_pool_id") ?? provider.address)
      : shortName(pool);
  return [
    {
      origin: provider.address,
      attributes: ["provider_name"],
      who: {
        kind: "users",
        name: `users of ${name}` as Redacted,
        text: text`users of identity provider ${name}`,
      },
      can: "sign in" as Redacted,
      what: entity("resource", poolName),
      where: [],
      text: text`sign in to user pool ${poolName}`,
    },
  ];
}

function membership(member: Resource): readonly DirectAccess[] {
  const user = textAt(member.values, "username") ?? member.address;
  const what = entity(
    "group",
    textAt(member.values, "group_name") ?? member.address,
  );
  return [
    {
      origin: member.address,
      attributes: ["username", "group_name"],
      who: { kind: "users", name: user, text: text`user ${user}` },
      can: "be a member" as Redacted,
      what,
      where: [],
      text: text`do what members of ${what.text} can`,
    },
  ];
}

/** Managed policies that a role names itself. */
function roleManagedAccess(
  role: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  return roleManagedPolicies(role, snapshot)
    .filter((arn) => snapshot.find("aws_iam_policy", arn) === undefined)
    .map((arn) =>
      policyAccess(entity("role", shortName(role)), arn, {
        origin: role.address,
        attributes: ["managed_policy_arns"],
      }),
    );
}

/**
 * Returns the managed policies that a role names itself. Those that attachments have as resources of their own are copies
 * of them, unless the code of the role names them too.
 */
export function roleManagedPolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly Redacted[] {
  const isDeclared = role.declared?.has("managed_policy_arns") === true;
  const attached = new Set(
    [
      snapshot,
      ...(snapshot.earlier === undefined ? [] : [snapshot.earlier]),
    ].flatMap((one) =>
      one
        .ofType("aws_iam_role_policy_attachment")
        .filter(({ values }) => isSameRole(one, values.role, role))
        .flatMap(({ values }) => textAt(values, "policy_arn") ?? [])
        .map((arn) => one.canonical(arn)),
    ),
  );
  return texts(role.values.managed_policy_arns).filter(
    (arn) => isDeclared || !attached.has(snapshot.canonical(arn)),
  );
}

/** Whether a value names a role. */
export function isSameRole(
  snapshot: Snapshot,
  value: Value | undefined,
  role: Resource,
): boolean {
  const found = snapshot.find("aws_iam_role", value);
  return found === undefined
    ? value === role.values.name
    : found.address === role.address;
}

function policyAccess(
  who: Entity,
  policy: Redacted,
  origin: Origin,
): DirectAccess {
  return {
    ...origin,
    who,
    can: FOLLOW_POLICY,
    what: entity("resource", policy),
    where: [],
    text: text`do what policy ${listSome([policy])} allows`,
  };
}

function managedAccess(
  { address, values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const arn = values.policy_arn;
  return typeof arn !== "string" ||
    snapshot.find("aws_iam_policy", arn) !== undefined
    ? []
    : [
        policyAccess(roleEntity(snapshot, values.role), arn, {
          origin: address,
          attributes: ["policy_arn", "role"],
        }),
      ];
}
