import { isDeepStrictEqual } from "node:util";
import {
  blocks,
  hasUnknown,
  isAttributes,
  read,
  textAt,
  type Attributes,
  type Value,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { literal, text, type RichText } from "../../plan/rich-text";
import type { Snapshot } from "../../plan/snapshot";
import {
  identityProviders,
  isOwnClient,
  roleEntity,
} from "../../access/direct-access";
import { keyOf } from "../../access/entity";
import { isPartlyUnknown, turnedOn, type Rule, type RuleContext } from "./rule";

const POOL = "aws_cognito_identity_pool";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";

/** What weakens identity pools and their role mapping. */
export const IDENTITY_POOL_RULES = {
  "unauthenticated-identities-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_unauthenticated_identities"] },
    documentation: "Users who have not signed in get AWS credentials.",
    check: turnedOn(
      "allow_unauthenticated_identities",
      literal(" issues AWS credentials to users who have not signed in"),
    ),
  },
  "classic-flow-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_classic_flow"] },
    documentation: "Users of an identity pool choose their role themselves.",
    check: turnedOn(
      "allow_classic_flow",
      literal(" lets its users choose their role themselves"),
    ),
  },
  "token-check-off": {
    severity: "weakening",
    covers: {
      [POOL]: ["cognito_identity_providers.server_side_token_check"],
    },
    documentation: "An identity pool accepts tokens that were revoked.",
    check: tokenCheck,
  },
  "identity-pool-provider-added": {
    severity: "weakening",
    covers: {
      [POOL]: [
        "cognito_identity_providers.client_id",
        "cognito_identity_providers.provider_name",
        "openid_connect_provider_arns",
        "saml_provider_arns",
        "supported_login_providers",
        "developer_provider_name",
      ],
    },
    documentation:
      "An identity pool trusts another provider than clients of this stage's user pool.",
    check: providersAdded,
  },
  "identity-pool-provider-removed": {
    severity: "breaking",
    covers: {
      [POOL]: [
        "cognito_identity_providers.client_id",
        "cognito_identity_providers.provider_name",
      ],
    },
    documentation:
      "Users of a client or provider no longer get AWS credentials from an identity pool.",
    check: providersRemoved,
  },
  "ambiguous-role-allowed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["role_mapping.ambiguous_role_resolution"] },
    documentation:
      "Users whose role is not clear get the default role; they were refused.",
    check: ambiguousRoles,
  },
  "role-mapping-changed": {
    severity: "weakening",
    covers: {
      [ATTACHMENT]: [
        "role_mapping.identity_provider",
        "role_mapping.type",
        "role_mapping.mapping_rule",
      ],
    },
    documentation:
      "Roles are chosen by rules, or in another way than by the groups in the token.",
    check: mappingChanged,
  },
  "default-role-changed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["roles"] },
    documentation:
      "All users of an identity pool, signed in or not, get another default role.",
    check: defaultRoles,
  },
} as const satisfies Readonly<Record<string, Rule>>;

function tokenCheck({
  before,
  after,
  name,
  isCreated,
}: RuleContext): readonly RichText[] {
  const clients = (
    values: typeof before,
    isChecked: boolean,
  ): readonly string[] =>
    blocks(values.cognito_identity_providers)
      .filter((provider) => {
        const check = read(provider, "server_side_token_check");
        if (check.kind === "unknown") return false;
        const isOn = check.kind === "known" && check.value === true;
        return isOn === isChecked;
      })
      .map((provider) => textAt(provider, "client_id") ?? "");
  const unchecked = clients(after, false);
  const isWeaker = isCreated
    ? unchecked.length > 0
    : unchecked.some((id) => !clients(before, false).includes(id));
  return isWeaker
    ? [text`${name} issues credentials for revoked tokens until they expire`]
    : [];
}

/** Providers of the stage's own user pool are clients of it, which are reported as access. */
function providersAdded({
  before,
  after,
  name,
  was,
  is,
}: RuleContext): readonly RichText[] {
  const known = new Set(identityProviders(before, was).map(keyOf));
  const own = new Set(
    blocks(after.cognito_identity_providers)
      .filter((provider) => isOwnClient(provider, is))
      .flatMap((provider) =>
        identityProviders({ cognito_identity_providers: [provider] }, is).map(
          keyOf,
        ),
      ),
  );
  const isKnown = (provider: Attributes): boolean =>
    !Object.values(provider).some(hasUnknown);
  const stated = {
    ...after,
    cognito_identity_providers: blocks(after.cognito_identity_providers).filter(
      isKnown,
    ),
  };
  return identityProviders(stated, is)
    .filter((one) => !known.has(keyOf(one)) && !own.has(keyOf(one)))
    .map((one) => text`${name} trusts ${one.text}`);
}

function providersRemoved({
  before,
  after,
  name,
  was,
  is,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (isCreated) return [];
  const isUnknown = [
    "cognito_identity_providers",
    "openid_connect_provider_arns",
    "saml_provider_arns",
    "supported_login_providers",
  ].some((path) => isPartlyUnknown(after, path));
  const has = new Set(identityProviders(after, is).map(keyOf));
  // a client that is destroyed is a finding by itself
  const destroyed = new Set(
    blocks(before.cognito_identity_providers)
      .filter((provider) => {
        const client = was.find(
          "aws_cognito_user_pool_client",
          provider.client_id,
        );
        return client !== undefined && is.at(client.address) === undefined;
      })
      .flatMap((provider) =>
        identityProviders({ cognito_identity_providers: [provider] }, was).map(
          keyOf,
        ),
      ),
  );
  return isUnknown
    ? []
    : identityProviders(before, was)
        .filter((one) => !has.has(keyOf(one)) && !destroyed.has(keyOf(one)))
        .map((one) => text`${name} no longer trusts ${one.text}`);
}

function ambiguousRoles({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const lenient = (values: typeof before): number =>
    blocks(values.role_mapping).filter((mapping) => {
      const resolution = read(mapping, "ambiguous_role_resolution");
      return (
        resolution.kind !== "unknown" &&
        !(resolution.kind === "known" && resolution.value === "Deny")
      );
    }).length;
  return lenient(after) > lenient(before)
    ? [
        text`${name}: users whose role is not clear get the default role, and were refused`,
      ]
    : [];
}

/** Mappings by provider, without what decides about unclear roles. */
function mappingChanged({
  before,
  after,
  name,
  was,
  is,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (read(after, "role_mapping").kind === "unknown") return [];
  const byRules = blocks(after.role_mapping).filter(
    ({ type }) => type !== "Token",
  );
  if (isCreated)
    return byRules.length === 0
      ? []
      : [text`${name}: rules choose the roles, and not the groups of users`];
  const keys = (values: typeof before, snapshot: typeof was) =>
    new Map(
      blocks(values.role_mapping).map((mapping) => [
        snapshot.canonical(
          JSON.stringify([
            mapping.identity_provider,
            mapping.type,
            ...blocks(mapping.mapping_rule).map((rule) => [
              rule.claim,
              rule.match_type,
              rule.value,
              rule.role_arn,
            ]),
          ]),
        ),
        mapping,
      ]),
    );
  const [had, has] = [keys(before, was), keys(after, is)];
  const isNew = [...has].some(
    ([key, { type }]) => !had.has(key) && type !== "Token",
  );
  const removed = [...had].filter(
    ([key, { identity_provider: provider }]) =>
      !has.has(key) && !isOfDestroyedClient(provider, was, is),
  );
  return isNew || removed.length > 0
    ? [text`${name}: roles are chosen in another way`]
    : [];
}

/** Whether a mapping is for a client that no longer exists, which is a finding by itself. */
function isOfDestroyedClient(
  provider: Value | undefined,
  was: Snapshot,
  is: Snapshot,
): boolean {
  const id =
    typeof provider === "string" ? provider.split(":").at(-1) : undefined;
  const client = was.find("aws_cognito_user_pool_client", id);
  return client !== undefined && is.at(client.address) === undefined;
}

function defaultRoles({
  before,
  after,
  name,
  is,
  isCreated,
}: RuleContext): readonly RichText[] {
  const rolesOf = (values: typeof before): Readonly<Record<string, unknown>> =>
    isAttributes(values.roles) ? values.roles : (blocks(values.roles)[0] ?? {});
  const [had, has] = [rolesOf(before), rolesOf(after)];
  return (["authenticated", "unauthenticated"] as const).flatMap((kind) => {
    const role = has[kind];
    if (typeof role !== "string" || role === "") return [];
    const who =
      kind === "authenticated"
        ? literal("all users who sign in")
        : literal("users who are not signed in");
    const found = roleEntity(is, role as Redacted);
    // a new default role is one of the same stage
    if (isCreated)
      return kind === "unauthenticated" ||
        is.find("aws_iam_role", role) === undefined
        ? [text`${name}: ${who} assume role ${found.name}`]
        : [];
    const old = had[kind];
    return typeof old === "string" &&
      isDeepStrictEqual(is.canonical(old), is.canonical(role))
      ? []
      : [text`${name}: ${who} assume role ${found.name}`];
  });
}
