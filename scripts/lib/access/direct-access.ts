import { readText } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal, text } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  createEntity,
  createUsersEntity,
  type DirectAccess,
  resolveName,
} from "./access-graph";
import { listClientAccess } from "./client-access";
import {
  listAttachmentRoles,
  listIdentityPoolAccess,
} from "./identity-pool-access";
import {
  describeAssumption,
  listAttachmentAccess,
  listManagedAccess,
} from "./roles";
import { listTriggerAccess } from "./user-pool-access";

const READERS: readonly (readonly [
  type: string,
  list: (resource: Resource, snapshot: Snapshot) => readonly DirectAccess[],
])[] = [
  ["aws_cognito_user_pool_client", listClientAccess],
  ["aws_cognito_user_group", listGroupAccess],
  ["aws_cognito_identity_pool", listIdentityPoolAccess],
  ["aws_cognito_identity_pool_roles_attachment", listAttachmentRoles],
  ["aws_iam_role_policy_attachment", listAttachmentAccess],
  ["aws_iam_role", listManagedAccess],
  ["aws_cognito_identity_provider", listSignInAccess],
  ["aws_cognito_user_in_group", listMembership],
  ["aws_cognito_user_pool", listTriggerAccess],
];

/** Returns all access that is granted without a policy, or by a policy that is not in the snapshot. */
export function listDirectAccess(snapshot: Snapshot): readonly DirectAccess[] {
  return READERS.flatMap(([type, list]) =>
    snapshot.listByType(type).flatMap((resource) => list(resource, snapshot)),
  );
}

function listGroupAccess(
  group: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { role_arn: role } = group.values;
  if (role === undefined || role === null || role === "") return [];
  return [
    {
      origin: group.address,
      attributes: ["role_arn"],
      principal: createEntity("group", getShortName(group)),
      ...describeAssumption(snapshot, role),
    },
  ];
}

function listSignInAccess(
  provider: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  const { address, values } = provider;
  const poolName = resolveName(
    snapshot,
    "aws_cognito_user_pool",
    values.user_pool_id,
    address,
  );
  return [
    {
      origin: address,
      attributes: ["provider_name"],
      principal: createUsersEntity(
        literal("identity provider "),
        getShortName(provider),
      ),
      permission: "sign in" as Redacted,
      resource: createEntity("resource", poolName),
      text: text`sign in to user pool ${poolName}`,
    },
  ];
}

function listMembership({
  address,
  values,
}: Resource): readonly DirectAccess[] {
  const user = readText(values, "username") ?? address;
  const group = createEntity(
    "group",
    readText(values, "group_name") ?? address,
  );
  return [
    {
      origin: address,
      attributes: ["username", "group_name"],
      principal: createEntity("users", user, literal("user ")),
      permission: "be a member" as Redacted,
      resource: group,
      text: text`use the permissions of ${group.text}`,
    },
  ];
}
