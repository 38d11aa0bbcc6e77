import {
  type Attributes,
  isAttributes,
  readAttribute,
  readText,
  toBlocks,
} from "../../plan/attribute";
import { type RichText, text } from "../../plan/rich-text";
import type { Snapshot } from "../../plan/snapshot";
import {
  AUTHENTICATED_USERS,
  UNAUTHENTICATED_USERS,
} from "../../access/identity-pool-access";
import { resolveRoleEntity } from "../../access/roles";
import { isDestroyedClient } from "./identity-pool";
import {
  isUnknown,
  REPLACES,
  type ReviewedType,
  type Rule,
  type RuleContext,
} from "./rule";

const ATTACHMENT = "aws_cognito_identity_pool_roles_attachment";

/** Rules about the roles that an identity pool assigns to its users. */
export const ROLE_MAPPING_RULES = {
  "ambiguous-role-allowed": {
    severity: "weakening",
    covers: { [ATTACHMENT]: ["role_mapping.ambiguous_role_resolution"] },
    description:
      "Users whose role is ambiguous assume the default role instead of being denied.",
    check: ({ before, after, name }) =>
      countLenientMappings(after) > countLenientMappings(before)
        ? [
            text`${name}: users whose role is ambiguous assume the default role instead of being denied`,
          ]
        : [],
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

export const ROLE_MAPPING_TYPES = {
  [ATTACHMENT]: { ignored: { [REPLACES]: "identity_pool_id" } },
} as const satisfies Readonly<Record<string, ReviewedType>>;

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
