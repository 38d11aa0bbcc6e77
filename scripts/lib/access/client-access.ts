import { party, somebody, type Party } from "./party";
import { say, type Phrase } from "./phrase";
import { textOf, texts, type Resource, type Snapshot } from "./snapshot";

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

type Values = Resource["values"];

function flowsOf(values: Values): readonly string[] {
  return values.allowed_oauth_flows_user_pool_client === true
    ? texts(values.allowed_oauth_flows)
    : [];
}

function isService(values: Values): boolean {
  return flowsOf(values).includes("client_credentials");
}

/** What a client may ask for, and where it sends those who sign in. */
export function clientAccess(
  client: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const who = clientParty(client);
  const { values } = client;
  const flows = flowsOf(values);
  const signsIn = signInFlows(values).length > 0;
  const signIn = {
    who,
    can: "sign people in",
    what: somebody("resource", "the user pool"),
    where: [],
    told: ["sign people in"],
  };
  const scopes = (
    flows.length === 0 ? [] : texts(values.allowed_oauth_scopes)
  ).map((scope) => scopeAccess(who, scope, snapshot));
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
  return [...(signsIn ? [signIn] : []), ...scopes, ...handed];
}

/** Ways to sign in without a page of Cognito's; AWS has some where none is said. */
function signInFlows({
  explicit_auth_flows: flows,
}: Values): readonly string[] {
  const said = Array.isArray(flows) && flows.length > 0;
  return said
    ? texts(flows).filter((flow) => flow !== "ALLOW_REFRESH_TOKEN_AUTH")
    : ["ALLOW_USER_SRP_AUTH"];
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
