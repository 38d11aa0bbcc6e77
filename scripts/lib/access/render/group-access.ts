import { compareNodes, compareText, type AccessRow } from "./access-rows";
import type { EdgeChange, AccessNode } from "../access-graph";

/** What members of a group can do through the roles that they can assume. */
export interface GroupAccess {
  readonly group: AccessNode;
  readonly resource: AccessNode;
  readonly permission: string;
  /** Empty when it holds everywhere. */
  readonly condition: string;
  readonly change: EdgeChange;
}

type Time = "before" | "after";
type Found = Omit<GroupAccess, "change" | "group">;

/** Longest description of a way over several roles; the table has every step of it. */
const LONGEST_WAY = 400;

/**
 * Returns what each group can use, before and after the plan compared: a group whose role is replaced by another with
 * the same permissions keeps its access. A role whose permissions are not in the facts is named itself.
 *
 * @returns also the ids of all roles that a group reaches
 */
export function resolveGroupAccess(
  groups: readonly AccessNode[],
  facts: readonly AccessRow[],
): {
  readonly accesses: readonly GroupAccess[];
  readonly roles: ReadonlySet<string>;
} {
  const bySource = new Map<string, AccessRow[]>();
  for (const fact of facts) {
    const own = bySource.get(fact.principal.id);
    if (own === undefined) bySource.set(fact.principal.id, [fact]);
    else own.push(fact);
  }
  const roles = new Set<string>();
  const accesses = groups.flatMap((group) => {
    const found = new Map<string, { one: Found; times: Set<Time> }>();
    for (const time of ["before", "after"] as const)
      for (const one of reached(group, time, bySource, roles)) {
        const key = JSON.stringify([
          one.resource.id,
          one.permission,
          one.condition,
        ]);
        const entry = found.get(key) ?? { one, times: new Set<Time>() };
        entry.times.add(time);
        found.set(key, entry);
      }
    return gathered(
      [...found.values()].map(({ one, times }) => ({
        group,
        ...one,
        change: changeOf(times),
      })),
    );
  });
  return { accesses, roles };
}

/** Joins the rights that hold in the same place and change in the same way. */
function gathered(all: readonly GroupAccess[]): readonly GroupAccess[] {
  const byPlace = new Map<string, GroupAccess[]>();
  for (const one of all) {
    const key = JSON.stringify([one.resource.id, one.condition, one.change]);
    byPlace.set(key, [...(byPlace.get(key) ?? []), one]);
  }
  return [...byPlace.values()]
    .flatMap((same) => {
      const rights = same.map(({ permission: can }) => can).sort();
      return same
        .slice(0, 1)
        .map((one) => ({ ...one, can: rights.join(", ") }));
    })
    .sort(byResource);
}

function changeOf(times: ReadonlySet<Time>): EdgeChange {
  if (times.size === 2) return "same";
  return times.has("after") ? "gained" : "lost";
}

function byResource(one: GroupAccess, other: GroupAccess): number {
  const key = ({ condition: where, permission: can }: GroupAccess) =>
    JSON.stringify([where, can]);
  return (
    compareNodes(one.resource, other.resource) ||
    compareText(key(one), key(other))
  );
}

/** Walks from a group over its roles, and over the roles that these can assume, nearest first. */
function reached(
  group: AccessNode,
  time: Time,
  bySource: ReadonlyMap<string, readonly AccessRow[]>,
  roles: Set<string>,
): readonly Found[] {
  const found: Found[] = [];
  const seen = new Set([group.id]);
  const next = [{ node: group, way: "" }];
  for (const { node, way } of next) {
    const facts = factsAt(bySource, node, time);
    for (const {
      resource: to,
      permissions: can,
      condition: where,
    } of facts.filter(({ resource: to }) => !isRole(to)))
      for (const right of can.flatMap(splitRights))
        found.push({
          resource: to,
          permission: right,
          condition: joined(where, way),
        });
    for (const [role, condition] of rolesIn(facts)) {
      if (seen.has(role.id)) continue;
      seen.add(role.id);
      roles.add(role.id);
      const hop = node === group ? "" : `through role ${role.name}`;
      const onward = shortWay(joined(way, joined(hop, condition)));
      next.push({ node: role, way: onward });
      if (!bySource.has(role.id))
        found.push({ resource: role, permission: "assume", condition: onward });
    }
  }
  return found;
}

function factsAt(
  bySource: ReadonlyMap<string, readonly AccessRow[]>,
  { id }: AccessNode,
  time: Time,
): readonly AccessRow[] {
  const absent = time === "before" ? "gained" : "lost";
  return (bySource.get(id) ?? []).filter(({ change }) => change !== absent);
}

/** Splits `read and write`, so that a right that stays is not shown as lost when another one joins it. */
function splitRights(can: string): readonly string[] {
  return /^any action but | more$/.test(can) ? [can] : can.split(/,? and |, /);
}

/** Roles with the conditions on which they can be assumed; an edge without a condition makes the others needless. */
function rolesIn(facts: readonly AccessRow[]): ReadonlyMap<AccessNode, string> {
  const conditions = new Map<AccessNode, string[]>();
  for (const { resource: to, condition: where } of facts.filter(
    ({ resource: to }) => isRole(to),
  ))
    conditions.set(to, [...(conditions.get(to) ?? []), where]);
  return new Map(
    [...conditions].map(([role, all]) => [
      role,
      all.includes("") ? "" : all.join(" or "),
    ]),
  );
}

function shortWay(way: string): string {
  return way.length > LONGEST_WAY ? "through several roles" : way;
}

function isRole({ kind }: AccessNode): boolean {
  return kind === "role";
}

function joined(one: string, other: string): string {
  return [one, other].filter((part) => part !== "").join(", ");
}
