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
import { isAssumeRoleGrant } from "./grant-sentences";
import { describePermissions } from "./permissions";
import {
  listResourcePolicies,
  listRolePolicies,
  listTrustPolicies,
} from "./policy-holders";
import { describePrincipals, groupByPrincipal } from "./principals";
import { isCoveredByRoleMapping } from "./role-mapping";

interface Link {
  readonly from: Entity;
  readonly to: Entity;
  readonly can: Redacted;
  readonly where: Redacted;
}

/**
 * Returns who can do what, as a graph.
 *
 * @param before what there was, to mark what is gained and lost
 * @default nothing is gained or lost
 */
export function buildAccessGraph(
  after: Snapshot,
  before: Snapshot = after,
): AccessGraph {
  const [was, is] = [linksOf(before), linksOf(after)];
  const all = new Map([...was, ...is]);
  const entities = new Map(
    [...all.values()].flatMap(({ from, to }) =>
      [from, to].map((one) => [getEntityKey(one), one]),
    ),
  );
  return {
    nodes: [...entities]
      .map(([id, { kind, name }]) => ({ id, kind, name }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    edges: [...all]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, link]) => edge(link, changeOf(was.has(key), is.has(key)))),
  };
}

function changeOf(wasThere: boolean, isThere: boolean): EdgeChange {
  if (wasThere && isThere) return "same";
  return isThere ? "gained" : "lost";
}

function edge({ from, to, can, where }: Link, change: EdgeChange): AccessEdge {
  return {
    from: getEntityKey(from),
    to: getEntityKey(to),
    can,
    ...(where !== "" && { where }),
    change,
  };
}

/** Returns links by a key that is equal for the same link. */
function linksOf(snapshot: Snapshot): ReadonlyMap<string, Link> {
  const link = (
    from: Entity,
    to: Entity,
    can: Redacted,
    where: RichText,
  ): Link => ({ from, to, can, where: toPlainText(where).trim() as Redacted });
  const links = [
    ...listDirectAccess(snapshot).map(
      ({ principal: who, resource: what, permission: can, condition: where }) =>
        link(who, what, can, where),
    ),
    ...listRolePolicies(snapshot).flatMap(({ entity, statements }) =>
      describePermissions(listGrants(statements), snapshot).map(
        ({ resource: what, name: can, condition: where }) =>
          link(entity, what, can, where),
      ),
    ),
    ...listTrustPolicies(snapshot).flatMap(({ entity, statements }) =>
      listGrants(statements)
        .filter(isAssumeRoleGrant)
        .filter((grant) => !isCoveredByRoleMapping(grant, snapshot))
        .flatMap((grant) => describePrincipals(grant, snapshot))
        .map(({ entity: who, condition: where }) =>
          link(who, entity, "assume" as Redacted, where),
        ),
    ),
    ...listResourcePolicies(snapshot).flatMap(({ entity, statements }) =>
      groupByPrincipal(listGrants(statements), snapshot).flatMap(
        ({ entity: who, condition: where, grants: own }) =>
          describePermissions(own, snapshot, entity).map(({ name: can }) =>
            link(who, entity, can, where),
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
