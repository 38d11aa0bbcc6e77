import { readText, toTexts, type Value } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { listNames, literal, type RichText, text } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  createEntity,
  describeEntity,
  type DirectAccess,
  type Entity,
} from "./access-graph";

/** Permission of a role that has a managed policy which is not in the snapshot. */
export const FOLLOW_POLICY = "use the permissions of" as Redacted;

/** Returns the role that an ARN, a name or a reference stands for. */
export function resolveRoleEntity(
  snapshot: Snapshot,
  value: Value | undefined,
): Entity {
  const role = snapshot.find("aws_iam_role", value);
  if (role !== undefined) return createEntity("role", getShortName(role));
  return typeof value === "string"
    ? createEntity("role", value)
    : describeEntity("role", literal("a role that is known only after apply"));
}

/** Returns the access of assuming a role. */
export function describeAssumption(
  snapshot: Snapshot,
  role: Value | undefined,
): Pick<DirectAccess, "permission" | "resource" | "text"> {
  const resource = resolveRoleEntity(snapshot, role);
  return {
    permission: "assume" as Redacted,
    resource,
    text: text`assume ${resource.text}`,
  };
}

/** Returns a note about a role that has no policy and that no policy of the snapshot names. */
export function describeMissingPermissions(
  snapshot: Snapshot,
  value: Value | undefined,
): RichText {
  const role = snapshot.find("aws_iam_role", value);
  if (role === undefined || mayHavePermissions(role, snapshot)) return [];
  return literal(" (no permissions)");
}

function mayHavePermissions(role: Resource, snapshot: Snapshot): boolean {
  const { address, values, declaredAttributes } = role;
  const own = ["inline_policy", "managed_policy_arns"];
  const attached = ["aws_iam_role_policy", "aws_iam_role_policy_attachment"]
    .flatMap((type) => snapshot.listByType(type))
    .map((one) => one.values.role);
  const isNamed = snapshot.resources.some((one) => {
    const policy = readText(one.values, "policy");
    return (
      policy !== undefined &&
      snapshot.canonicalize(policy).includes(`\${${address}.arn}`)
    );
  });
  return (
    isNamed ||
    own.some(
      (name) =>
        declaredAttributes?.has(name) === true ||
        (Array.isArray(values[name]) && values[name].length > 0),
    ) ||
    attached.some(
      (one) => typeof one !== "string" || isSameRole(snapshot, one, role),
    )
  );
}

/** Whether a value stands for a role. */
function isSameRole(
  snapshot: Snapshot,
  value: Value | undefined,
  role: Resource,
): boolean {
  const found = snapshot.find("aws_iam_role", value);
  return found === undefined
    ? value === role.values.name
    : found.address === role.address;
}

/**
 * Returns the resources of a type that belong to a role, now or before. AWS also reports their policies as attributes of
 * the role.
 */
export function listRoleResources(
  type: string,
  role: Resource,
  snapshot: Snapshot,
): readonly Resource[] {
  const snapshots =
    snapshot.previous === undefined
      ? [snapshot]
      : [snapshot, snapshot.previous];
  return snapshots.flatMap((one) =>
    one
      .listByType(type)
      .filter(({ values }) => isSameRole(one, values.role, role)),
  );
}

/** Returns the ARNs of `managed_policy_arns`, without those that attachments add unless the code sets the attribute. */
export function listManagedPolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly Redacted[] {
  const arns = toTexts(role.values.managed_policy_arns);
  if (role.declaredAttributes?.has("managed_policy_arns") === true) return arns;
  const attached = new Set(
    listRoleResources("aws_iam_role_policy_attachment", role, snapshot)
      .flatMap(({ values }) => readText(values, "policy_arn") ?? [])
      .map((arn) => snapshot.canonicalize(arn)),
  );
  return arns.filter((arn) => !attached.has(snapshot.canonicalize(arn)));
}

/** Returns the managed policies of a role that are not in the snapshot, so that their statements are unknown. */
export function listManagedAccess(
  role: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  return describePolicies(
    createEntity("role", getShortName(role)),
    listManagedPolicies(role, snapshot),
    { origin: role.address, attributes: ["managed_policy_arns"] },
    snapshot,
  );
}

/** Returns the attached policy if it is not in the snapshot, so that its statements are unknown. */
export function listAttachmentAccess(
  { address, values }: Resource,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  return describePolicies(
    resolveRoleEntity(snapshot, values.role),
    typeof values.policy_arn === "string" ? [values.policy_arn] : [],
    { origin: address, attributes: ["policy_arn", "role"] },
    snapshot,
  );
}

function describePolicies(
  principal: Entity,
  arns: readonly Redacted[],
  origin: Pick<DirectAccess, "origin" | "attributes">,
  snapshot: Snapshot,
): readonly DirectAccess[] {
  return arns
    .filter((arn) => snapshot.find("aws_iam_policy", arn) === undefined)
    .map((arn) => ({
      ...origin,
      principal,
      permission: FOLLOW_POLICY,
      resource: createEntity("resource", arn),
      text: text`use the permissions of policy ${listNames([arn])}`,
    }));
}
