import { readAttribute, readText } from "../../plan/attribute";
import { text } from "../../plan/rich-text";
import { resolveRoleEntity } from "../../access/direct-access";
import { parseArnAccount } from "../../plan/plan-origin";
import { isSameValue, type Rule } from "./rule";

/** What changes for members of groups, and for users. */
export const USER_POOL_GROUP_RULES = {
  "group-precedence-changed": {
    severity: "breaking",
    covers: { aws_cognito_user_group: ["precedence"] },
    description:
      "The precedence of a group changes: members who are in several groups may get another role.",
    check: ({ before, after, name, isCreated }) =>
      isCreated || isSameValue(before.precedence, after.precedence)
        ? []
        : [
            text`${name}: members who are in several groups may get another role`,
          ],
  },
  "group-role-changed": {
    severity: "weakening",
    covers: { aws_cognito_user_group: ["role_arn"] },
    description:
      "Members of a group assume another role, or a new group has a role of another account, or one that no group had and the plan does not have.",
    check: ({
      before,
      after,
      name,
      snapshotBefore: was,
      snapshotAfter: is,
      isCreated,
      accounts,
    }) => {
      if (readAttribute(after, "role_arn").kind === "unknown") return [];
      const role = readText(after, "role_arn");
      if (role === undefined) return [];
      const found = resolveRoleEntity(is, role);
      if (isCreated) {
        const account = parseArnAccount(role);
        if (account !== undefined && !accounts.has(account))
          return [text`${name} has a role of another account: ${found.name}`];
        return is.find("aws_iam_role", role) === undefined &&
          was.listByType("aws_cognito_user_pool").length > 0 &&
          !was
            .listByType("aws_cognito_user_group")
            .some(({ values }) => values.role_arn === role)
          ? [
              text`${name} has a role that is not part of the plan: ${found.name}`,
            ]
          : [];
      }
      const old = readText(before, "role_arn");
      if (old === undefined)
        return [text`members of ${name} can now assume role ${found.name}`];
      return is.canonicalize(old) === is.canonicalize(role)
        ? []
        : [
            text`members of ${name} assume role ${found.name}, did role ${resolveRoleEntity(was, old).name}`,
          ];
    },
  },
  "user-disabled": {
    severity: "breaking",
    covers: { aws_cognito_user: ["enabled"] },
    description: "A user can no longer sign in.",
    check: ({ before, after, name, isCreated }) =>
      !isCreated && before.enabled !== false && after.enabled === false
        ? [text`${name} can no longer sign in`]
        : [],
  },
  "user-credentials-set": {
    severity: "weakening",
    covers: {
      aws_cognito_user: [
        "password",
        "temporary_password",
        "attributes",
        "desired_delivery_mediums",
        "enabled",
      ],
    },
    description:
      "The code sets a password, an address or another attribute of a user, with which someone may sign in as this user, or enables a user who was disabled.",
    check: ({ before, after, name, isCreated }) => [
      ...(before.enabled === false && after.enabled === true
        ? [text`${name} can sign in again`]
        : []),
      ...[
        "password",
        "temporary_password",
        "attributes",
        "desired_delivery_mediums",
      ]
        .filter(
          (attribute) => !isSameValue(before[attribute], after[attribute]),
        )
        .slice(0, 1)
        .map(() =>
          isCreated
            ? text`${name} is created with credentials or addresses that the code sets`
            : text`${name} gets other credentials or addresses`,
        ),
    ],
  },
  "group-member-added": {
    severity: "weakening",
    covers: {
      aws_cognito_user_in_group: ["group_name", "username", "user_pool_id"],
    },
    description: "A user becomes a member of a group.",
    check: ({ after, isCreated }) => {
      const [user, group] = [
        readText(after, "username"),
        readText(after, "group_name"),
      ];
      return isCreated && user !== undefined && group !== undefined
        ? [text`user ${user} becomes a member of group ${group}`]
        : [];
    },
  },
} as const satisfies Readonly<Record<string, Rule>>;
