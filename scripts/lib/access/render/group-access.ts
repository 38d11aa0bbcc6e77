import { groupBy } from "../../system/group-by";
import type { AccessNode, EdgeChange } from "../access-graph";
import { type AccessRow, compareNodes, compareText } from "./access-rows";

/** Access that members of a group have through the roles that they can assume. */
export interface GroupAccess {
  readonly group: AccessNode;
  readonly resource: AccessNode;
  readonly permission: string;
  /** Empty if the permission is unconditional. */
  readonly condition: string;
  readonly change: EdgeChange;
}

type Time = "before" | "after";
type ReachedAccess = Omit<GroupAccess, "change" | "group">;
type RowsByPrincipal = ReadonlyMap<string, readonly AccessRow[]>;

/** Longest description of a path over several roles. The table shows each step of it. */
const MAX_PATH_LENGTH = 400;

/**
 * Returns the access of each group before and after a plan, compared. The access is unchanged if the role is replaced by
 * another one with the same permissions. A role without known permissions is listed as a resource.
 *
 * @returns also the ids of all roles that a group can assume
 */
export function resolveGroupAccess(
  groups: readonly AccessNode[],
  rows: readonly AccessRow[],
): {
  readonly accesses: readonly GroupAccess[];
  readonly roles: ReadonlySet<string>;
} {
  const byPrincipal = groupBy(rows, ({ principal }) => principal.id);
  const roles = new Set<string>();
  const accesses = groups.flatMap((group) => {
    const found = (["before", "after"] as const).flatMap((time) =>
      findReachedAccess(group, time, byPrincipal, roles).map((access) => ({
        access,
        time,
      })),
    );
    const compared = groupBy(
      found,
      ({ access: { resource, permission, condition } }) =>
        JSON.stringify([resource.id, permission, condition]),
    );
    return joinPermissions(
      [...compared.values()].map((same) => ({
        group,
        ...same[0].access,
        change: getChange(same),
      })),
    );
  });
  return { accesses, roles };
}

/** Joins the permissions on a resource that share a condition and a change. */
function joinPermissions(
  accesses: readonly GroupAccess[],
): readonly GroupAccess[] {
  const groups = groupBy(accesses, ({ resource, condition, change }) =>
    JSON.stringify([resource.id, condition, change]),
  );
  return [...groups.values()]
    .map((same) => {
      const permissions = same.map(({ permission }) => permission).sort();
      return { ...same[0], permission: permissions.join(", ") };
    })
    .sort(compareAccess);
}

function getChange(found: readonly { readonly time: Time }[]): EdgeChange {
  const times = new Set(found.map(({ time }) => time));
  if (times.size === 2) return "same";
  return times.has("after") ? "gained" : "lost";
}

function compareAccess(one: GroupAccess, other: GroupAccess): number {
  const key = ({ condition, permission }: GroupAccess) =>
    JSON.stringify([condition, permission]);
  return (
    compareNodes(one.resource, other.resource) ||
    compareText(key(one), key(other))
  );
}

/** Walks breadth-first from a group over its roles and the roles that these can assume. Adds each role to `roles`. */
function findReachedAccess(
  group: AccessNode,
  time: Time,
  byPrincipal: RowsByPrincipal,
  roles: Set<string>,
): readonly ReachedAccess[] {
  const found: ReachedAccess[] = [];
  const seen = new Set([group.id]);
  const queue = [{ node: group, path: "" }];
  for (const { node, path } of queue) {
    const rows = listRowsAt(byPrincipal, node, time);
    for (const { resource, permissions, condition } of rows)
      if (resource.kind !== "role")
        for (const permission of permissions.flatMap(splitPermissions))
          found.push({
            resource,
            permission,
            condition: joinParts(condition, path),
          });
    for (const [role, condition] of listAssumableRoles(rows)) {
      if (seen.has(role.id)) continue;
      seen.add(role.id);
      roles.add(role.id);
      const hop = node === group ? "" : `through role ${role.name}`;
      const next = shortenPath(joinParts(path, joinParts(hop, condition)));
      queue.push({ node: role, path: next });
      if (!byPrincipal.has(role.id))
        found.push({ resource: role, permission: "assume", condition: next });
    }
  }
  return found;
}

function listRowsAt(
  byPrincipal: RowsByPrincipal,
  { id }: AccessNode,
  time: Time,
): readonly AccessRow[] {
  const absent = time === "before" ? "gained" : "lost";
  return (byPrincipal.get(id) ?? []).filter(({ change }) => change !== absent);
}

/** Splits `read and write`, so that `read` is unchanged if only `write` is gained. */
function splitPermissions(permissions: string): readonly string[] {
  return /^any action but | more$/.test(permissions)
    ? [permissions]
    : permissions.split(/,? and |, /);
}

/** Returns roles with the conditions under which they can be assumed. An unconditional row replaces the conditions. */
function listAssumableRoles(
  rows: readonly AccessRow[],
): ReadonlyMap<AccessNode, string> {
  const roles = groupBy(
    rows.filter(({ resource }) => resource.kind === "role"),
    ({ resource }) => resource,
  );
  return new Map(
    [...roles].map(([role, own]) => {
      const conditions = own.map(({ condition }) => condition);
      return [role, conditions.includes("") ? "" : conditions.join(" or ")];
    }),
  );
}

function shortenPath(path: string): string {
  return path.length > MAX_PATH_LENGTH ? "through several roles" : path;
}

function joinParts(one: string, other: string): string {
  return [one, other].filter((part) => part !== "").join(", ");
}
