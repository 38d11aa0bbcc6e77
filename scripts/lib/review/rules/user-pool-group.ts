import { readText } from "../../plan/attribute";
import { parseArnAccount } from "../../plan/plan-origin";
import { type RichText, text } from "../../plan/rich-text";
import { resolveRoleEntity } from "../../access/roles";
import {
  ASSIGNED,
  combineChecks,
  limitToExisting,
  isSameValue,
  isUnknown,
  reportIf,
  REPLACES,
  type ReviewedType,
  type Rule,
  type RuleContext,
  TEXT,
} from "./rule";

const GROUP = "aws_cognito_user_group";
const USER = "aws_cognito_user";
const MEMBER = "aws_cognito_user_in_group";

const CREDENTIALS = [
  "password",
  "temporary_password",
  "attributes",
  "desired_delivery_mediums",
] as const;
const USED_ONCE = "used once, when the user is created";

/** Rules about groups, their members and other users of the code. */
export const USER_POOL_GROUP_RULES = {
  "group-precedence-changed": {
    severity: "breaking",
    covers: { [GROUP]: ["precedence"] },
    description:
      "The precedence of a group changes, so that members of several groups may assume another role.",
    check: limitToExisting(
      reportIf(
        "precedence",
        (before, after) => !isSameValue(before.precedence, after.precedence),
        text`: members of several groups may assume another role`,
      ),
    ),
  },
  "group-role-changed": {
    severity: "weakening",
    covers: { [GROUP]: ["role_arn"] },
    description:
      "Members of a group assume another role, or a new group has a role of another account, or a role that is not part of the plan and that no group had.",
    check: checkGroupRole,
  },
  "user-disabled": {
    severity: "breaking",
    covers: { [USER]: ["enabled"] },
    description: "A user can no longer sign in.",
    check: limitToExisting(
      reportIf(
        "enabled",
        (before, after) => before.enabled !== false && after.enabled === false,
        text` can no longer sign in`,
      ),
    ),
  },
  "user-credentials-set": {
    severity: "weakening",
    covers: { [USER]: [...CREDENTIALS, "enabled"] },
    description:
      "The code sets a password, an address or another attribute of a user, which may allow someone else to sign in as this user, or enables a user who was disabled.",
    check: combineChecks(
      reportIf(
        "enabled",
        (before, after) => before.enabled === false && after.enabled === true,
        text` can sign in again`,
      ),
      ({ before, after, name, isCreated }) =>
        CREDENTIALS.every((key) => isSameValue(before[key], after[key]))
          ? []
          : isCreated
            ? [text`${name} is created with credentials that the code sets`]
            : [text`${name} has other credentials or addresses`],
    ),
  },
  "group-member-added": {
    severity: "weakening",
    covers: { [MEMBER]: ["group_name", "username", "user_pool_id"] },
    description: "A user becomes a member of a group.",
    check: ({ after, isCreated }) => {
      const user = readText(after, "username");
      const group = readText(after, "group_name");
      return isCreated && user !== undefined && group !== undefined
        ? [text`user ${user} becomes a member of group ${group}`]
        : [];
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;

export const USER_POOL_GROUP_TYPES = {
  [GROUP]: {
    ignored: { [REPLACES]: "name user_pool_id", [TEXT]: "description" },
  },
  [USER]: {
    ignored: {
      [ASSIGNED]:
        "creation_date last_modified_date mfa_setting_list preferred_mfa_setting status sub",
      [REPLACES]: "user_pool_id username",
      [USED_ONCE]: "force_alias_creation message_action validation_data",
      "data for functions that run at sign-up": "client_metadata",
    },
  },
  [MEMBER]: {},
} as const satisfies Readonly<Record<string, ReviewedType>>;

function checkGroupRole(context: RuleContext): readonly RichText[] {
  const { before, after, name, snapshotBefore, snapshotAfter } = context;
  const role = readText(after, "role_arn");
  if (role === undefined || isUnknown(after, "role_arn")) return [];
  const roleName = resolveRoleEntity(snapshotAfter, role).name;
  if (context.isCreated) {
    const account = parseArnAccount(role);
    if (account !== undefined && !context.accounts.has(account))
      return [text`${name} has a role of another account: ${roleName}`];
    const isKnown =
      snapshotAfter.find("aws_iam_role", role) !== undefined ||
      snapshotBefore.listByType("aws_cognito_user_pool").length === 0 ||
      snapshotBefore
        .listByType(GROUP)
        .some(({ values }) => values.role_arn === role);
    return isKnown
      ? []
      : [text`${name} has a role that is not part of the plan: ${roleName}`];
  }
  const earlier = readText(before, "role_arn");
  if (earlier === undefined)
    return [text`members of ${name} can now assume role ${roleName}`];
  return snapshotAfter.canonicalize(earlier) ===
    snapshotAfter.canonicalize(role)
    ? []
    : [
        text`members of ${name} assume role ${roleName} instead of role ${resolveRoleEntity(snapshotBefore, earlier).name}`,
      ];
}
