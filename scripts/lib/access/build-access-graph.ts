import { listGrants } from "../iam/compare";
import type { Redacted } from "../plan/redactor";
import { type RichText, toPlainText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import {
  type AccessEdge,
  type AccessGraph,
  type EdgeChange,
  type Entity,
  getEntityKey,
} from "./access-graph";
import { listDirectAccess } from "./direct-access";
import { listAssumingPrincipals } from "./grant-sentences";
import { describePermissions } from "./permissions";
import {
  listResourcePolicies,
  listRolePolicies,
  listTrustPolicies,
} from "./policy-holders";
import { groupByPrincipal } from "./principals";

interface Link {
  readonly from: Entity;
  readonly to: Entity;
  readonly can: Redacted;
  readonly where: Redacted;
}

/**
 * Builds the graph of access in a snapshot.
 *
 * @param before earlier snapshot, to mark gained and lost access
 * @default no access is gained or lost
 */
export function buildAccessGraph(
  after: Snapshot,
  before: Snapshot = after,
): AccessGraph {
  const linksBefore = listLinks(before);
  const linksAfter = listLinks(after);
  const all = new Map([...linksBefore, ...linksAfter]);
  const entities = new Map(
    [...all.values()].flatMap(({ from, to }) =>
      [from, to].map((entity) => [getEntityKey(entity), entity]),
    ),
  );
  return {
    nodes: [...entities]
      .map(([id, { kind, name }]) => ({ id, kind, name }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    edges: [...all]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, link]) =>
        toEdge(link, getChange(linksBefore.has(key), linksAfter.has(key))),
      ),
  };
}

function getChange(isBefore: boolean, isAfter: boolean): EdgeChange {
  if (isBefore && isAfter) return "same";
  return isAfter ? "gained" : "lost";
}

function toEdge(
  { from, to, can, where }: Link,
  change: EdgeChange,
): AccessEdge {
  return {
    from: getEntityKey(from),
    to: getEntityKey(to),
    can,
    ...(where !== "" && { where }),
    change,
  };
}

/** Returns links by a key that is equal for the same link. */
function listLinks(snapshot: Snapshot): ReadonlyMap<string, Link> {
  const link = (
    from: Entity,
    to: Entity,
    can: Redacted,
    condition: RichText,
  ): Link => ({
    from,
    to,
    can,
    where: toPlainText(condition).trim() as Redacted,
  });
  const links = [
    ...listDirectAccess(snapshot).map(
      ({ principal, resource, permission, condition }) =>
        link(principal, resource, permission, condition),
    ),
    ...listRolePolicies(snapshot).flatMap(({ entity, statements }) =>
      describePermissions(listGrants(statements), snapshot).map(
        ({ resource, name, condition }) =>
          link(entity, resource, name, condition),
      ),
    ),
    ...listTrustPolicies(snapshot).flatMap(({ entity: role, statements }) =>
      listAssumingPrincipals(listGrants(statements), snapshot).map(
        ({ entity, condition }) =>
          link(entity, role, "assume" as Redacted, condition),
      ),
    ),
    ...listResourcePolicies(snapshot).flatMap(
      ({ entity: resource, statements }) =>
        groupByPrincipal(listGrants(statements), snapshot).flatMap(
          ({ entity, condition, grants }) =>
            describePermissions(grants, snapshot, resource).map(({ name }) =>
              link(entity, resource, name, condition),
            ),
        ),
    ),
  ];
  return new Map(
    links.map((one) => [
      JSON.stringify([
        getEntityKey(one.from),
        getEntityKey(one.to),
        one.can,
        one.where,
      ]),
      one,
    ]),
  );
}
