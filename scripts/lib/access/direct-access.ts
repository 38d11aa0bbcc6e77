import { clientAccess, clientParty, type DirectAccess } from "./client-access";
import { few, party, somebody, type Party } from "./party";
import { say, type Phrase } from "./phrase";
import {
  blocks,
  textOf,
  texts,
  type Resource,
  type Snapshot,
} from "./snapshot";

/** The role that an ARN or a reference names. */
export function roleParty(snapshot: Snapshot, value: unknown): Party {
  const role = snapshot.find("aws_iam_role", value);
  return party("role", textOf(role, "name", role?.address ?? String(value)));
}

/** All access of a stage that no policy tells of. */
export function directAccess(snapshot: Snapshot): readonly DirectAccess[] {
  return [
    ...snapshot
      .ofType("aws_cognito_user_pool_client")
      .flatMap((client) => clientAccess(client, snapshot)),
    ...snapshot
      .ofType("aws_cognito_user_group")
      .flatMap((group) => groupAccess(group, snapshot)),
    ...snapshot
      .ofType("aws_cognito_identity_pool")
      .flatMap((pool) => identityPoolAccess(pool, snapshot)),
    ...snapshot
      .ofType("aws_cognito_identity_pool_roles_attachment")
      .flatMap((attachment) => attachedAccess(attachment, snapshot)),
    ...snapshot
      .ofType("aws_iam_role_policy_attachment")
      .flatMap((attachment) => managedAccess(attachment, snapshot)),
    ...snapshot
      .ofType("aws_iam_role")
      .flatMap((role) => namedPolicies(role, snapshot)),
    ...snapshot
      .ofType("aws_cognito_identity_provider")
      .map((provider) => signInAccess(provider, snapshot)),
    ...snapshot.ofType("aws_cognito_user_in_group").map(membership),
  ];
}

function groupAccess(
  group: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values, address } = group;
  if (typeof values.role_arn !== "string" || values.role_arn === "") return [];
  const what = roleParty(snapshot, values.role_arn);
  return [
    {
      who: party("group", textOf(group, "name", address)),
      can: "take on",
      what,
      where: [],
      told: say`take on ${what.told}`,
    },
  ];
}

function identityPoolAccess(
  pool: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values, address } = pool;
  const what = party(
    "identity pool",
    textOf(pool, "identity_pool_name", address),
  );
  const told = say`get AWS credentials from ${what.told}`;
  const providers = blocks(values.cognito_identity_providers).map(
    ({ client_id: id }) => {
      const client = snapshot.find("aws_cognito_user_pool_client", id);
      const who: Party =
        client === undefined
          ? party("application", String(id))
          : clientParty(client);
      const users = say`users of ${who.told}`;
      return {
        who: { ...who, told: users },
        can: "get credentials",
        what,
        where: [],
        told,
      };
    },
  );
  const guests = {
    who: somebody("users", "anybody, signed in or not,"),
    can: "get credentials",
    what,
    where: [],
    told,
  };
  return values.allow_unauthenticated_identities === true
    ? [...providers, guests]
    : providers;
}

/** Everybody who has signed in, in the words that graph and sentences share. */
export const SIGNED_IN = "everybody who signs in";
export const NOT_SIGNED_IN = "everybody who is not signed in";

function attachedAccess(
  { values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const [roles] = blocks(values.roles);
  const takeOn = (who: Party, role: unknown, where: Phrase): DirectAccess => {
    const what = roleParty(snapshot, role);
    return {
      who,
      can: "take on",
      what,
      where,
      told: say`take on ${what.told}`,
    };
  };
  const defaults = Object.entries(roles ?? {}).map(([kind, role]) =>
    takeOn(
      somebody("users", kind === "authenticated" ? SIGNED_IN : NOT_SIGNED_IN),
      role,
      [],
    ),
  );
  const mapped = blocks(values.role_mapping).flatMap(
    ({ mapping_rule: rules }) =>
      blocks(rules).map(({ claim, match_type, value, role_arn }) =>
        takeOn(
          somebody("users", "users by a claim"),
          role_arn,
          say` when ${String(claim)} ${String(match_type)} ${String(value)}`,
        ),
      ),
  );
  return [...defaults, ...mapped];
}

/** People whom another identity provider vouches for. */
function signInAccess(provider: Resource, snapshot: Snapshot): DirectAccess {
  const { values, address } = provider;
  const name = textOf(provider, "provider_name", address);
  const pool = snapshot.find("aws_cognito_user_pool", values.user_pool_id);
  const what = party(
    "resource",
    textOf(pool, "name", pool?.address ?? String(values.user_pool_id)),
  );
  return {
    who: {
      kind: "users",
      name: `people of ${name}`,
      told: say`people of identity provider ${name}`,
    },
    can: "sign in",
    what,
    where: [],
    told: say`sign in to user pool ${what.name}`,
  };
}

function membership(member: Resource): DirectAccess {
  const user = textOf(member, "username", member.address);
  const what = party("group", textOf(member, "group_name", member.address));
  return {
    who: { kind: "users", name: user, told: say`user ${user}` },
    can: "be of",
    what,
    where: [],
    told: say`do what members of ${what.told} may`,
  };
}

/** Managed policies that a role names itself; where attachments are resources of their own this is a copy of them. */
function namedPolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const who = roleParty(snapshot, textOf(role, "name", role.address));
  const isCopy = snapshot
    .ofType("aws_iam_role_policy_attachment")
    .some(({ values }) => roleParty(snapshot, values.role).name === who.name);
  return isCopy
    ? []
    : texts(role.values.managed_policy_arns).map((policy) =>
        policyAccess(who, policy),
      );
}

function policyAccess(who: Party, policy: string): DirectAccess {
  return {
    who,
    can: "what a policy says",
    what: party("resource", policy),
    where: [],
    told: say`do what policy ${few([policy])} says`,
  };
}

function managedAccess(
  { values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  if (snapshot.find("aws_iam_policy", values.policy_arn) !== undefined)
    return [];
  return [
    policyAccess(roleParty(snapshot, values.role), String(values.policy_arn)),
  ];
}
