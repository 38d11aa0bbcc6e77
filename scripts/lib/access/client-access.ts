import { toTexts } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal, text, type RichText } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import { describeEntity, createEntity, type Entity } from "./access-graph";

/** Access that is one fact: a scope of a client, a role of a group. */
export interface DirectAccess {
  readonly principal: Entity;
  /** In a word or two. */
  readonly permission: Redacted;
  readonly resource: Entity;
  /** Narrows it, with a space in front. */
  readonly condition: RichText;
  /** What can be done, as it follows "can now". */
  readonly text: RichText;
  /** Address of the resource that says so, and the attributes that do. */
  readonly origin: Redacted;
  readonly attributes: readonly string[];
}

type Values = Resource["values"];

/** Returns a client as a person knows it. */
export function createClientEntity(client: Resource): Entity {
  const name = getShortName(client);
  return isService(client.values)
    ? createEntity("service", name.replace(/ Service Access$/, "") as Redacted)
    : createEntity("application", name);
}

/** Returns what a client may ask for, and where it sends users who sign in. */
export function listClientAccess(
  client: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const who = createClientEntity(client);
  const { values, address: origin } = client;
  const flows = flowsOf(values);
  const signIn: DirectAccess = {
    origin,
    attributes: ["explicit_auth_flows"],
    principal: who,
    permission: SIGN_IN,
    resource: describeEntity("resource", literal("the user pool")),
    condition: [],
    text: literal("sign users in"),
  };
  const scopes =
    flows.length === 0
      ? []
      : toTexts(values.allowed_oauth_scopes).map((scope) =>
          scopeAccess(client, scope, snapshot),
        );
  const urls = flows.some((flow) => flow !== "client_credentials")
    ? toTexts(values.callback_urls)
    : [];
  const redirects = urls.map((url): DirectAccess => ({
    origin,
    attributes: ["callback_urls", ...FLOWS],
    principal: who,
    permission: SEND_TO,
    resource: createEntity("resource", url),
    condition: [],
    text: text`send users who sign in to ${url}`,
  }));
  const hasSignIn = signInFlows(values).length > 0;
  return [...(hasSignIn ? [signIn] : []), ...scopes, ...redirects];
}

/** Attributes without which scopes and callback URLs have no effect. */
const FLOWS = ["allowed_oauth_flows", "allowed_oauth_flows_user_pool_client"];
const SIGN_IN = "sign users in" as Redacted;
const SEND_TO = "sign in to" as Redacted;

function flowsOf(values: Values): readonly Redacted[] {
  return values.allowed_oauth_flows_user_pool_client === true
    ? toTexts(values.allowed_oauth_flows)
    : [];
}

function isService(values: Values): boolean {
  return flowsOf(values).some((flow) => flow === "client_credentials");
}

/** Ways to sign in without a page of Cognito; AWS has some if none is configured. */
function signInFlows({
  explicit_auth_flows: flows,
}: Values): readonly string[] {
  const isConfigured = Array.isArray(flows) && flows.length > 0;
  return isConfigured
    ? toTexts(flows).filter((flow) => flow !== "ALLOW_REFRESH_TOKEN_AUTH")
    : ["ALLOW_USER_SRP_AUTH"];
}

function scopeAccess(
  client: Resource,
  full: Redacted,
  snapshot: Snapshot,
): DirectAccess {
  const whole = resolveScope(full, snapshot);
  const at = whole.lastIndexOf("/");
  const server = whole.slice(0, Math.max(at, 0)) as Redacted;
  const scope = whole.slice(at + 1) as Redacted;
  const isOpenId = at <= 0;
  return {
    principal: createClientEntity(client),
    origin: client.address,
    attributes: ["allowed_oauth_scopes", ...FLOWS],
    permission: scope,
    resource: isOpenId
      ? describeEntity("resource server", literal("OpenID Connect"))
      : createEntity("resource server", server),
    condition: [],
    text: isOpenId
      ? text`request scope ${scope}`
      : text`request scope ${scope} of ${server}`,
  };
}

/** Returns a scope with the identifier of its server in place of a reference to it. */
export function resolveScope(scope: Redacted, snapshot: Snapshot): Redacted {
  return scope.replace(
    /\$\{([^}]+)\.identifier\}/,
    (whole, address: string) => {
      const identifier = snapshot.get(address)?.values.identifier;
      return typeof identifier === "string" ? identifier : whole;
    },
  ) as Redacted;
}
