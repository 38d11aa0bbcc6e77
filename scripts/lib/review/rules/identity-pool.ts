import {
  type Attributes,
  hasUnknown,
  isAttributes,
  readAttribute,
  readText,
  toBlocks,
} from "../../plan/attribute";
import { type RichText, text } from "../../plan/rich-text";
import { getEntityKey } from "../../access/access-graph";
import type { Snapshot } from "../../plan/snapshot";
import {
  AUTHENTICATED_USERS,
  isOwnClient,
  listIdentityProviders,
  UNAUTHENTICATED_USERS,
} from "../../access/identity-pool-access";
import { resolveRoleEntity } from "../../access/roles";
import {
  limitToExisting,
  isPartlyUnknown,
  isUnknown,
  REPLACES,
  reportIf,
  reportTurnedOn,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const POOL = "aws_cognito_identity_pool";
const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";

/** Rules about identity pools and the roles that they assign to users. */
export const IDENTITY_POOL_RULES = {
  "unauthenticated-identities-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_unauthenticated_identities"] },
    description: "Users who have not signed in receive AWS credentials.",
    check: reportTurnedOn(
      "allow_unauthenticated_identities",
      text` issues AWS credentials to users who have not signed in`,
    ),
  },
  "classic-flow-on": {
    severity: "weakening",
    covers: { [POOL]: ["allow_classic_flow"] },
    description: "Users of an identity pool can choose their own role.",
    check: reportTurnedOn(
      "allow_classic_flow",
      text` lets its users choose their own role`,
    ),
  },
  "token-check-off": {
    severity: "weakening",
    covers: { [POOL]: ["cognito_identity_providers.server_side_token_check"] },
    description: "An identity pool allows tokens that were revoked.",
    check: reportIf(
      "cognito_identity_providers",
      (before, after) => {
        const earlier = listUncheckedClients(before);
        return listUncheckedClients(after).some((id) => !earlier.includes(id));
      },
      text` issues credentials for revoked tokens until they expire`,
    ),
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
      "An identity pool trusts a provider other than clients of the stage's user pool.",
    check: checkAddedProviders,
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
      "Users of a client or provider no longer receive AWS credentials from an identity pool.",
    check: limitToExisting(checkRemovedProviders),
  },
  "ambiguous-role-allowed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["role_mapping.ambiguous_role_resolution"] },
    description:
      "Users whose role is ambiguous assume the default role instead of being denied.",
    check: reportIf(
      "role_mapping",
      (before, after) =>
        countLenientMappings(after) > countLenientMappings(before),
      text`: users whose role is ambiguous assume the default role instead of being denied`,
    ),
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
    check: checkMappings,
  },
  "default-role-changed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["roles"] },
    description:
      "The default role for all users of an identity pool, signed in or not, changes.",
    check: checkDefaultRoles,
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const IDENTITY_POOL_TYPES = {
  [POOL]: { ignored: { [REPLACES]: "identity_pool_name" } },
  [ATTACHMENT]: { ignored: { [REPLACES]: "identity_pool_id" } },
} as const satisfies Readonly<Record<string, ReviewedType>>;

function listUncheckedClients(values: Attributes): readonly string[] {
  return toBlocks(values.cognito_identity_providers)
    .filter((provider) => {
      const reading = readAttribute(provider, "server_side_token_check");
      return (
        reading.kind !== "unknown" &&
        !(reading.kind === "known" && reading.value === true)
      );
    })
    .map((provider) => readText(provider, "client_id") ?? "");
}

/** Leaves out clients of the stage's own user pool, which are reported as access. */
function checkAddedProviders(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const earlier = listIdentityProviders(before, snapshotBefore).map(
    getEntityKey,
  );
  const foreign = toBlocks(after.cognito_identity_providers).filter(
    (provider) =>
      !isOwnClient(provider, snapshotAfter) &&
      !Object.values(provider).some(hasUnknown),
  );
  return listIdentityProviders(
    { ...after, cognito_identity_providers: foreign },
    snapshotAfter,
  )
    .filter((one) => !earlier.includes(getEntityKey(one)))
    .map((one) => text`${name} trusts ${one.text}`);
}

/** Leaves out clients that are destroyed, which other rules report. */
function checkRemovedProviders(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const isUncertain = [
    "cognito_identity_providers",
    "openid_connect_provider_arns",
    "saml_provider_arns",
    "supported_login_providers",
  ].some((path) => isPartlyUnknown(after, path));
  if (isUncertain) return [];
  const later = listIdentityProviders(after, snapshotAfter).map(getEntityKey);
  const remaining = toBlocks(before.cognito_identity_providers).filter(
    ({ client_id: id }) => !isDestroyedClient(id, context),
  );
  return listIdentityProviders(
    { ...before, cognito_identity_providers: remaining },
    snapshotBefore,
  )
    .filter((one) => !later.includes(getEntityKey(one)))
    .map((one) => text`${name} no longer trusts ${one.text}`);
}

/** Whether a client exists before the apply, and not after it. */
function isDestroyedClient(
  id: unknown,
  { snapshotBefore, snapshotAfter }: RuleContext,
): boolean {
  const client = snapshotBefore.find("aws_cognito_user_pool_client", id);
  return (
    client !== undefined && snapshotAfter.get(client.address) === undefined
  );
}

function countLenientMappings(values: Attributes): number {
  return toBlocks(values.role_mapping).filter((mapping) => {
    const reading = readAttribute(mapping, "ambiguous_role_resolution");
    return (
      reading.kind !== "unknown" &&
      !(reading.kind === "known" && reading.value === "Deny")
    );
  }).length;
}

function checkMappings(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  if (isUnknown(after, "role_mapping")) return [];
  const earlier = mapByContent(before, snapshotBefore);
  const later = mapByContent(after, snapshotAfter);
  const isNewRule = [...later].some(
    ([key, { type }]) => !earlier.has(key) && type !== "Token",
  );
  if (context.isCreated)
    return isNewRule
      ? [text`${name}: rules choose the roles instead of the groups of users`]
      : [];
  const isRemoved = [...earlier].some(
    ([key, mapping]) =>
      !later.has(key) &&
      !isDestroyedClient(
        readText(mapping, "identity_provider")?.split(":").at(-1),
        context,
      ),
  );
  return isNewRule || isRemoved
    ? [text`${name}: roles are chosen in another way`]
    : [];
}

/** Returns mappings by their content, except for the resolution of ambiguous roles. */
function mapByContent(values: Attributes, snapshot: Snapshot) {
  return new Map(
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
}

function checkDefaultRoles(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotAfter } = context;
  const kinds = [
    ["authenticated", AUTHENTICATED_USERS],
    ["unauthenticated", UNAUTHENTICATED_USERS],
  ] as const;
  return kinds.flatMap(([kind, users]) => {
    const role = getDefaultRole(after, kind);
    if (role === undefined) return [];
    const earlier = getDefaultRole(before, kind);
    const isExpected = context.isCreated
      ? kind === "authenticated" &&
        snapshotAfter.find("aws_iam_role", role) !== undefined
      : earlier !== undefined &&
        snapshotAfter.canonicalize(earlier) ===
          snapshotAfter.canonicalize(role);
    return isExpected
      ? []
      : [
          text`${name}: ${users} assume role ${resolveRoleEntity(snapshotAfter, role).name}`,
        ];
  });
}

function getDefaultRole({ roles }: Attributes, kind: string) {
  return readText(isAttributes(roles) ? roles : toBlocks(roles)[0], kind);
}
