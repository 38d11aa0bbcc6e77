import { grants } from "../iam/compare";
import type { Redacted } from "../plan/redactor";
import { plain, type RichText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import type { AccessChange, AccessEdge, AccessGraph } from "./access-graph";
import { directAccess } from "./direct-access";
import { keyOf, type Entity } from "./entity";
import { isAssuming } from "./grant-sentences";
import { permissions } from "./grant-words";
import { resourcePolicies, rolePolicies, roleTrusts } from "./policy-access";
import { grantsByPrincipal, principalsOf } from "./principals";
import { isShownByMapping } from "./role-mapping";

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
export function graphOf(
  after: Snapshot,
  before: Snapshot = after,
): AccessGraph {
  const [was, is] = [linksOf(before), linksOf(after)];
  const all = new Map([...was, ...is]);
  const entities = new Map(
    [...all.values()].flatMap(({ from, to }) =>
      [from, to].map((one) => [keyOf(one), one]),
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

function changeOf(wasThere: boolean, isThere: boolean): AccessChange {
  if (wasThere && isThere) return "same";
  return isThere ? "gained" : "lost";
}

function edge(
  { from, to, can, where }: Link,
  change: AccessChange,
): AccessEdge {
  return {
    from: keyOf(from),
    to: keyOf(to),
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
  ): Link => ({ from, to, can, where: plain(where).trim() as Redacted });
  const links = [
    ...directAccess(snapshot).map(({ who, what, can, where }) =>
      link(who, what, can, where),
    ),
    ...rolePolicies(snapshot).flatMap(({ entity, statements }) =>
      permissions(grants(statements), snapshot).map(({ what, can, where }) =>
        link(entity, what, can, where),
      ),
    ),
    ...roleTrusts(snapshot).flatMap(({ entity, statements }) =>
      grants(statements)
        .filter(isAssuming)
        .filter((grant) => !isShownByMapping(grant, snapshot))
        .flatMap((grant) => principalsOf(grant, snapshot))
        .map(({ who, where }) =>
          link(who, entity, "assume" as Redacted, where),
        ),
    ),
    ...resourcePolicies(snapshot).flatMap(({ entity, statements }) =>
      grantsByPrincipal(grants(statements), snapshot).flatMap(
        ({ who, where, grants: own }) =>
          permissions(own, snapshot, entity).map(({ can }) =>
            link(who, entity, can, where),
          ),
      ),
    ),
  ];
  return new Map(
    links.map((one) => [
      JSON.stringify([keyOf(one.from), keyOf(one.to), one.can, one.where]),
      one,
    ]),
  );
}
