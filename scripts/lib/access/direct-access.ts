import {
  toBlocks,
  isAttributes,
  readText,
  toTexts,
  type Attributes,
  type Value,
} from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { listSomeNames, literal, text, type RichText } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  listClientAccess,
  createClientEntity,
  type DirectAccess,
} from "./client-access";
import { describeEntity, createEntity, type Entity } from "./access-graph";

/** Returns the role that an ARN or a reference names. */
export function resolveRoleEntity(
  snapshot: Snapshot,
  value: Value | undefined,
): Entity {
  const role = snapshot.find("aws_iam_role", value);
  if (role !== undefined) return createEntity("role", getShortName(role));
  return typeof value === "string"
    ? createEntity("role", value)
    : describeEntity("role", literal("a role that is known only after apply"));
}

/** Returns all access of a stage that no policy expresses. */
export function listDirectAccess(snapshot: Snapshot): readonly DirectAccess[] {
  const each = (
    type: string,
    accessOf: (
      resource: Resource,
      snapshot: Snapshot,
    ) => readonly DirectAccess[],
  ): readonly DirectAccess[] =>
    snapshot
      .listByType(type)
      .flatMap((resource) => accessOf(resource, snapshot));
  return [
    ...each("aws_cognito_user_pool_client", listClientAccess),
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
      createEntity("group", getShortName(group)),
      resolveRoleEntity(snapshot, role_arn),
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
    principal: who,
    permission: ASSUME,
    resource: what,
    condition: where,
    text: text`assume ${what.text}`,
  };
}

const ASSUME = "assume" as Redacted;
const GET_CREDENTIALS = "get credentials" as Redacted;
export const FOLLOW_POLICY = "what a policy says" as Redacted;

function identityPoolAccess(
  pool: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values } = pool;
  const what = createEntity("identity pool", getShortName(pool));
  const unauthenticated = describeEntity(
    "users",
    literal("users who are not signed in"),
  );
  const callers = [
    ...listIdentityProviders(values, snapshot),
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
    principal: who,
    permission: GET_CREDENTIALS,
    resource: what,
    condition: [],
    text: text`get AWS credentials from ${what.text}`,
  }));
}

/** Returns whose users an identity pool trusts, each provider by itself. */
export function listIdentityProviders(
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
  const developer = readText(values, "developer_provider_name");
  return [
    ...toBlocks(values.cognito_identity_providers).map((provider) =>
      clientUsers(provider, snapshot),
    ),
    ...toTexts(values.openid_connect_provider_arns).map((arn) => {
      const found = snapshot.find("aws_iam_openid_connect_provider", arn);
      return named(
        literal("OIDC provider"),
        found === undefined ? arn : getShortName(found),
      );
    }),
    ...toTexts(values.saml_provider_arns).map((arn) =>
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
  const issuer = readText(provider, "provider_name");
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
    const who = createClientEntity(client);
    return { ...who, text: text`users of ${who.text}` };
  }
  const id = readText(provider, "client_id") ?? ("(unknown)" as Redacted);
  const issuer =
    readText(provider, "provider_name") ?? ("(unknown)" as Redacted);
  return {
    kind: "users",
    name: `users of client ${id} of ${issuer}` as Redacted,
    text: text`users of client ${id} of ${issuer}`,
  };
}

/** All users who have signed in, in the words that graph and sentences share. */
export const AUTHENTICATED_USERS = literal("all users who sign in");
export const UNAUTHENTICATED_USERS = literal("users who are not signed in");

function attachedAccess(
  { address, values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const origin = { origin: address, attributes: ["roles", "role_mapping"] };
  const [roles] = toBlocks(values.roles);
  const defaults = Object.entries(roles ?? {}).map(([kind, role]) =>
    assumption(
      describeEntity(
        "users",
        kind === "authenticated" ? AUTHENTICATED_USERS : UNAUTHENTICATED_USERS,
      ),
      resolveRoleEntity(snapshot, role),
      origin,
    ),
  );
  const mapped = toBlocks(values.role_mapping).flatMap(
    ({ mapping_rule: rules }) =>
      toBlocks(rules).map((rule) => {
        const part = (name: string): Redacted =>
          readText(rule, name) ?? ("(unknown)" as Redacted);
        return assumption(
          describeEntity("users", literal("users by a claim")),
          resolveRoleEntity(snapshot, rule.role_arn),
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
  const name = getShortName(provider);
  const pool = snapshot.find(
    "aws_cognito_user_pool",
    provider.values.user_pool_id,
  );
  const poolName =
    pool === undefined
      ? (readText(provider.values, "user_pool_id") ?? provider.address)
      : getShortName(pool);
  return [
    {
      origin: provider.address,
      attributes: ["provider_name"],
      principal: {
        kind: "users",
        name: `users of ${name}` as Redacted,
        text: text`users of identity provider ${name}`,
      },
      permission: "sign in" as Redacted,
      resource: createEntity("resource", poolName),
      condition: [],
      text: text`sign in to user pool ${poolName}`,
    },
  ];
}

function membership(member: Resource): readonly DirectAccess[] {
  const user = readText(member.values, "username") ?? member.address;
  const what = createEntity(
    "group",
    readText(member.values, "group_name") ?? member.address,
  );
  return [
    {
      origin: member.address,
      attributes: ["username", "group_name"],
      principal: { kind: "users", name: user, text: text`user ${user}` },
      permission: "be a member" as Redacted,
      resource: what,
      condition: [],
      text: text`do what members of ${what.text} can`,
    },
  ];
}

/** Managed policies that a role names itself. */
function roleManagedAccess(
  role: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  return listManagedPolicies(role, snapshot)
    .filter((arn) => snapshot.find("aws_iam_policy", arn) === undefined)
    .map((arn) =>
      policyAccess(createEntity("role", getShortName(role)), arn, {
        origin: role.address,
        attributes: ["managed_policy_arns"],
      }),
    );
}

/**
 * Returns the managed policies that a role names itself. Those that attachments have as resources of their own are copies
 * of them, unless the code of the role names them too.
 */
export function listManagedPolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly Redacted[] {
  const isDeclared =
    role.declaredAttributes?.has("managed_policy_arns") === true;
  const attached = new Set(
    [
      snapshot,
      ...(snapshot.previous === undefined ? [] : [snapshot.previous]),
    ].flatMap((one) =>
      one
        .listByType("aws_iam_role_policy_attachment")
        .filter(({ values }) => isSameRole(one, values.role, role))
        .flatMap(({ values }) => readText(values, "policy_arn") ?? [])
        .map((arn) => one.canonicalize(arn)),
    ),
  );
  return toTexts(role.values.managed_policy_arns).filter(
    (arn) => isDeclared || !attached.has(snapshot.canonicalize(arn)),
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
    principal: who,
    permission: FOLLOW_POLICY,
    resource: createEntity("resource", policy),
    condition: [],
    text: text`do what policy ${listSomeNames([policy])} allows`,
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
        policyAccess(resolveRoleEntity(snapshot, values.role), arn, {
          origin: address,
          attributes: ["policy_arn", "role"],
        }),
      ];
}
