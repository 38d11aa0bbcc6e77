import { isDeepStrictEqual } from "node:util";
import {
  toBlocks,
  hasUnknown,
  isAttributes,
  readAttribute,
  readText,
  type Attributes,
  type Value,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { literal, text, type RichText } from "../../plan/rich-text";
import type { Snapshot } from "../../plan/snapshot";
import {
  listIdentityProviders,
  isOwnClient,
  resolveRoleEntity,
} from "../../access/direct-access";
import { getEntityKey } from "../../access/access-graph";
import {
  isPartlyUnknown,
  reportTurnedOn,
  type Rule,
  type RuleContext,
} from "./rule";

const POOL = "aws_cognito_identity_pool";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";

/** What weakens identity pools and their role mapping. */
export const IDENTITY_POOL_RULES = {
  "unauthenticated-identities-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_unauthenticated_identities"] },
    description: "Users who have not signed in get AWS credentials.",
    check: reportTurnedOn(
      "allow_unauthenticated_identities",
      literal(" issues AWS credentials to users who have not signed in"),
    ),
  },
  "classic-flow-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_classic_flow"] },
    description: "Users of an identity pool choose their role themselves.",
    check: reportTurnedOn(
      "allow_classic_flow",
      literal(" lets its users choose their role themselves"),
    ),
  },
  "token-check-off": {
    severity: "weakening",
    covers: {
      [POOL]: ["cognito_identity_providers.server_side_token_check"],
    },
    description: "An identity pool accepts tokens that were revoked.",
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
    description:
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
    description:
      "Users of a client or provider no longer get AWS credentials from an identity pool.",
    check: providersRemoved,
  },
  "ambiguous-role-allowed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["role_mapping.ambiguous_role_resolution"] },
    description:
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
    description:
      "Roles are chosen by rules, or in another way than by the groups in the token.",
    check: mappingChanged,
  },
  "default-role-changed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["roles"] },
    description:
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
    toBlocks(values.cognito_identity_providers)
      .filter((provider) => {
        const check = readAttribute(provider, "server_side_token_check");
        if (check.kind === "unknown") return false;
        const isOn = check.kind === "known" && check.value === true;
        return isOn === isChecked;
      })
      .map((provider) => readText(provider, "client_id") ?? "");
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
  snapshotBefore: was,
  snapshotAfter: is,
}: RuleContext): readonly RichText[] {
  const known = new Set(listIdentityProviders(before, was).map(getEntityKey));
  const own = new Set(
    toBlocks(after.cognito_identity_providers)
      .filter((provider) => isOwnClient(provider, is))
      .flatMap((provider) =>
        listIdentityProviders(
          { cognito_identity_providers: [provider] },
          is,
        ).map(getEntityKey),
      ),
  );
  const isKnown = (provider: Attributes): boolean =>
    !Object.values(provider).some(hasUnknown);
  const stated = {
    ...after,
    cognito_identity_providers: toBlocks(
      after.cognito_identity_providers,
    ).filter(isKnown),
  };
  return listIdentityProviders(stated, is)
    .filter(
      (one) => !known.has(getEntityKey(one)) && !own.has(getEntityKey(one)),
    )
    .map((one) => text`${name} trusts ${one.text}`);
}

function providersRemoved({
  before,
  after,
  name,
  snapshotBefore: was,
  snapshotAfter: is,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (isCreated) return [];
  const isUnknown = [
    "cognito_identity_providers",
    "openid_connect_provider_arns",
    "saml_provider_arns",
    "supported_login_providers",
  ].some((path) => isPartlyUnknown(after, path));
  const has = new Set(listIdentityProviders(after, is).map(getEntityKey));
  // a client that is destroyed is a finding by itself
  const destroyed = new Set(
    toBlocks(before.cognito_identity_providers)
      .filter((provider) => {
        const client = was.find(
          "aws_cognito_user_pool_client",
          provider.client_id,
        );
        return client !== undefined && is.get(client.address) === undefined;
      })
      .flatMap((provider) =>
        listIdentityProviders(
          { cognito_identity_providers: [provider] },
          was,
        ).map(getEntityKey),
      ),
  );
  return isUnknown
    ? []
    : listIdentityProviders(before, was)
        .filter(
          (one) =>
            !has.has(getEntityKey(one)) && !destroyed.has(getEntityKey(one)),
        )
        .map((one) => text`${name} no longer trusts ${one.text}`);
}

function ambiguousRoles({
  before,
  after,
  name,
}: RuleContext): readonly RichText[] {
  const lenient = (values: typeof before): number =>
    toBlocks(values.role_mapping).filter((mapping) => {
      const resolution = readAttribute(mapping, "ambiguous_role_resolution");
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
  snapshotBefore: was,
  snapshotAfter: is,
  isCreated,
}: RuleContext): readonly RichText[] {
  if (readAttribute(after, "role_mapping").kind === "unknown") return [];
  const byRules = toBlocks(after.role_mapping).filter(
    ({ type }) => type !== "Token",
  );
  if (isCreated)
    return byRules.length === 0
      ? []
      : [text`${name}: rules choose the roles, and not the groups of users`];
  const keys = (values: typeof before, snapshot: typeof was) =>
    new Map(
      toBlocks(values.role_mapping).map((mapping) => [
        snapshot.canonicalize(
          JSON.stringify([
            mapping.identity_provider,
            mapping.type,
            ...toBlocks(mapping.mapping_rule).map((rule) => [
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
  return client !== undefined && is.get(client.address) === undefined;
}

function defaultRoles({
  before,
  after,
  name,
  snapshotAfter: is,
  isCreated,
}: RuleContext): readonly RichText[] {
  const rolesOf = (values: typeof before): Readonly<Record<string, unknown>> =>
    isAttributes(values.roles)
      ? values.roles
      : (toBlocks(values.roles)[0] ?? {});
  const [had, has] = [rolesOf(before), rolesOf(after)];
  return (["authenticated", "unauthenticated"] as const).flatMap((kind) => {
    const role = has[kind];
    if (typeof role !== "string" || role === "") return [];
    const who =
      kind === "authenticated"
        ? literal("all users who sign in")
        : literal("users who are not signed in");
    const found = resolveRoleEntity(is, role as Redacted);
    // a new default role is one of the same stage
    if (isCreated)
      return kind === "unauthenticated" ||
        is.find("aws_iam_role", role) === undefined
        ? [text`${name}: ${who} assume role ${found.name}`]
        : [];
    const old = had[kind];
    return typeof old === "string" &&
      isDeepStrictEqual(is.canonicalize(old), is.canonicalize(role))
      ? []
      : [text`${name}: ${who} assume role ${found.name}`];
  });
}
