import { few, party, somebody, type Party } from "./party";
import { say, type Phrase } from "./phrase";
import {
  blocks,
  textOf,
  texts,
  type Resource,
  type Snapshot,
} from "./snapshot";

/** Access that is one fact: a scope of a client, a role of a group. */
export interface DirectAccess {
  readonly who: Party;
  /** In a word or two. */
  readonly can: string;
  readonly what: Party;
  /** Narrows it, with a space in front. */
  readonly where: Phrase;
  /** What may be done, as it follows on `may now`. */
  readonly told: Phrase;
}

/** The client that an id or a reference names, as people know it. */
export function clientParty(client: Resource): Party {
  const { values, address } = client;
  const name = textOf(client, "name", address);
  return isService(values)
    ? party("service", name.replace(/ Service Access$/, ""))
    : party("application", name);
}

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
  ];
}

type Values = Resource["values"];

function flowsOf(values: Values): readonly string[] {
  return values.allowed_oauth_flows_user_pool_client === true
    ? texts(values.allowed_oauth_flows)
    : [];
}

function isService(values: Values): boolean {
  return flowsOf(values).includes("client_credentials");
}

function clientAccess(
  client: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const who = clientParty(client);
  const { values } = client;
  const flows = flowsOf(values);
  if (flows.length === 0) return [];
  const scopes = texts(values.allowed_oauth_scopes).map((scope) =>
    scopeAccess(who, scope, snapshot),
  );
  const urls = flows.some((flow) => flow !== "client_credentials")
    ? texts(values.callback_urls)
    : [];
  const handed = urls.map((url) => ({
    who,
    can: "sign in to",
    what: party("resource", url),
    where: [],
    told: say`send those who sign in to ${url}`,
  }));
  return [...scopes, ...handed];
}

function scopeAccess(
  who: Party,
  full: string,
  snapshot: Snapshot,
): DirectAccess {
  const whole = unwrapped(full, snapshot);
  const at = whole.lastIndexOf("/");
  const [server, scope] = [
    whole.slice(0, Math.max(at, 0)),
    whole.slice(at + 1),
  ];
  const what =
    server === ""
      ? somebody("resource server", "OpenID Connect")
      : party("resource server", server);
  return {
    who,
    can: scope,
    what,
    where: [],
    told: server === "" ? say`ask for ${scope}` : say`${scope} on ${server}`,
  };
}

/** `${aws_cognito_resource_server.x.identifier}/scope` with the identifier in its place. */
export function unwrapped(scope: string, snapshot: Snapshot): string {
  return scope.replace(
    /\$\{([^}]+)\.identifier\}/,
    (whole, address: string) => {
      const server = snapshot.resources.find((one) => one.address === address);
      return textOf(server, "identifier", whole);
    },
  );
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

function managedAccess(
  { values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  if (snapshot.find("aws_iam_policy", values.policy_arn) !== undefined)
    return [];
  const policy = String(values.policy_arn);
  return [
    {
      who: roleParty(snapshot, values.role),
      can: "what a policy says",
      what: party("resource", policy),
      where: [],
      told: say`do what policy ${few([policy])} says`,
    },
  ];
}
