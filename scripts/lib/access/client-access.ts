import {
  DEFAULT_READ_ATTRIBUTES,
  DEFAULT_WRITE_ATTRIBUTES,
} from "../../../constructs/user-attributes";
import { readAttribute, toTexts } from "../plan/attribute";
import { isServiceClient, listOAuthFlows } from "../plan/construct-ids";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal, text } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  createEntity,
  createUsersEntity,
  describeEntity,
  type DirectAccess,
  type Entity,
} from "./access-graph";

type Values = Resource["values"];

/** Attributes without which scopes and callback URLs have no effect. */
const FLOW_ATTRIBUTES = [
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
];

/** Creates the entity of a client: a service if it has client credentials, else an application. */
export function createClientEntity(client: Resource): Entity {
  return createEntity(
    isServiceClient(client.values) ? "service" : "application",
    getShortName(client),
  );
}

/** Returns the scopes that a client can request, and the URLs that it sends users to after sign-in. */
export function listClientAccess(
  client: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { values } = client;
  const base = {
    origin: client.address,
    principal: createClientEntity(client),
  };
  const flows = listOAuthFlows(values);
  const scopes = flows.length === 0 ? [] : toTexts(values.allowed_oauth_scopes);
  const urls = flows.some((flow) => flow !== "client_credentials")
    ? toTexts(values.callback_urls)
    : [];
  return [
    ...listFederatedSignIn(client, snapshot),
    ...(hasSignInFlow(client, snapshot)
      ? [
          {
            ...base,
            attributes: ["explicit_auth_flows"],
            permission: "sign users in" as Redacted,
            resource: describeEntity("resource", literal("the user pool")),
            text: literal("sign users in"),
          },
        ]
      : []),
    ...scopes.map((scope) => ({
      ...base,
      attributes: ["allowed_oauth_scopes", ...FLOW_ATTRIBUTES],
      ...describeScope(resolveScope(scope, snapshot), snapshot),
    })),
    ...urls.map((url) => ({
      ...base,
      attributes: ["callback_urls", ...FLOW_ATTRIBUTES],
      permission: "sign in to" as Redacted,
      resource: createEntity("resource", url),
      text: text`send users who sign in to ${url}`,
    })),
  ];
}

/** Returns the identity providers whose users can sign in at a client. */
function listFederatedSignIn(
  client: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const resource = createClientEntity(client);
  return toTexts(client.values.supported_identity_providers)
    .filter((name) => name !== "COGNITO")
    .map((name) => ({
      origin: client.address,
      attributes: ["supported_identity_providers"],
      principal: createUsersEntity(
        literal("identity provider "),
        resolveProviderName(name, snapshot),
      ),
      permission: "sign in" as Redacted,
      resource,
      text: text`sign in at ${resource.text}`,
    }));
}

/** Returns the name of an identity provider, which a client can refer to. */
function resolveProviderName(value: Redacted, snapshot: Snapshot): Redacted {
  const found = snapshot.find("aws_cognito_identity_provider", value);
  return found === undefined ? value : getShortName(found);
}

/**
 * Whether users can sign in with the client's API calls. AWS enables flows if none is configured. Custom challenges need a
 * function of the user pool.
 */
function hasSignInFlow({ values }: Resource, snapshot: Snapshot): boolean {
  const { explicit_auth_flows: flows } = values;
  const isConfigured = Array.isArray(flows) && flows.length > 0;
  return (
    !isConfigured ||
    toTexts(flows).some(
      (flow) =>
        flow !== "ALLOW_REFRESH_TOKEN_AUTH" &&
        (flow !== "ALLOW_CUSTOM_AUTH" || hasCustomChallenges(values, snapshot)),
    )
  );
}

/** Whether a function of a client's user pool defines challenges; a user pool outside the plan may have one. */
export function hasCustomChallenges(
  client: Values,
  snapshot: Snapshot,
): boolean {
  const pool = snapshot.find("aws_cognito_user_pool", client.user_pool_id);
  return (
    pool === undefined ||
    readAttribute(pool.values, "lambda_config.define_auth_challenge").kind !==
      "absent"
  );
}

/** Whether users get tokens with which they can change their own attributes: by API calls, or with the scope for it. */
export function canChangeOwnAttributes(
  client: Resource,
  snapshot: Snapshot,
): boolean {
  const { values } = client;
  return (
    hasSignInFlow(client, snapshot) ||
    (listOAuthFlows(values).length > 0 &&
      toTexts(values.allowed_oauth_scopes).some(
        (scope) => scope === "aws.cognito.signin.user.admin",
      ))
  );
}

const DEFAULT_ATTRIBUTES = {
  read_attributes: DEFAULT_READ_ATTRIBUTES as readonly Redacted[],
  write_attributes: DEFAULT_WRITE_ATTRIBUTES as readonly Redacted[],
};

/** Returns the attributes of users that a client reads or writes. Without a list, AWS's default applies. */
export function listClientAttributes(
  values: Values,
  path: keyof typeof DEFAULT_ATTRIBUTES,
): readonly Redacted[] {
  const listed = toTexts(values[path]);
  return listed.length > 0 ? listed : DEFAULT_ATTRIBUTES[path];
}

function describeScope(
  fullScope: Redacted,
  snapshot: Snapshot,
): Pick<DirectAccess, "permission" | "resource" | "text"> {
  const { identifier, scope } = splitScope(fullScope);
  if (identifier === undefined)
    return {
      permission: scope,
      resource: describeEntity("resource server", literal("OpenID Connect")),
      text: text`request scope ${scope}`,
    };
  const resource = createEntity(
    "resource server",
    resolveServerName(identifier, snapshot),
  );
  return {
    permission: scope,
    resource,
    text: text`request scope ${scope} of ${resource.text}`,
  };
}

/**
 * Splits the full name of a scope into the identifier of its resource server, which can be a URL, and its own name, which has no
 * slash. A scope of OpenID Connect has no identifier.
 */
export function splitScope(fullScope: Redacted): {
  readonly identifier: Redacted | undefined;
  readonly scope: Redacted;
} {
  const slash = fullScope.lastIndexOf("/");
  return {
    identifier: slash > 0 ? (fullScope.slice(0, slash) as Redacted) : undefined,
    scope: fullScope.slice(slash + 1) as Redacted,
  };
}

/** Returns what main.ts calls the resource server with an identifier. */
function resolveServerName(identifier: Redacted, snapshot: Snapshot): Redacted {
  const server = snapshot
    .listByType("aws_cognito_resource_server")
    .find(({ values }) => values.identifier === identifier);
  return server === undefined ? identifier : getShortName(server);
}

/** Replaces the reference to a resource server in a scope by the server's identifier. */
export function resolveScope(scope: Redacted, snapshot: Snapshot): Redacted {
  return scope.replace(
    /\$\{([^}]+)\.identifier\}/,
    (reference, address: string) => {
      const identifier = snapshot.get(address)?.values.identifier;
      return typeof identifier === "string" ? identifier : reference;
    },
  ) as Redacted;
}
