import type { AccessChange, AccessEdge, AccessGraph } from "./access-graph";
import { directAccess } from "./direct-access";
import { permissions } from "./grant-words";
import { keyOf, type Party } from "./party";
import { plain, type Phrase } from "./phrase";
import { resourcePolicies, rolePolicies, roleTrusts } from "./policy-access";
import { grants } from "./policy-sets";
import type { Snapshot } from "./snapshot";
import { grantsByParty, trustedParties } from "./trust-parties";

interface Link {
  readonly from: Party;
  readonly to: Party;
  readonly can: string;
  readonly where: string;
}

/**
 * Who can do what, as a graph.
 *
 * @param before what there was, so that what came and went is told
 * @default nothing came or went
 */
export function graphOf(
  after: Snapshot,
  before: Snapshot = after,
): AccessGraph {
  const [was, is] = [linksOf(before), linksOf(after)];
  const all = new Map([...was, ...is]);
  const parties = new Map(
    [...all.values()].flatMap(({ from, to }) =>
      [from, to].map((party) => [keyOf(party), party]),
    ),
  );
  return {
    nodes: [...parties]
      .map(([id, { kind, name }]) => ({ id, kind, name }))
      .sort(byId),
    edges: [...all]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, link]) => edge(link, changeOf(was.has(key), is.has(key)))),
  };
}

function byId(one: { readonly id: string }, other: { readonly id: string }) {
  return one.id < other.id ? -1 : 1;
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

/** Links by a key that is the same for the same link. */
function linksOf(snapshot: Snapshot): ReadonlyMap<string, Link> {
  const link = (from: Party, to: Party, can: string, where: Phrase): Link => ({
    from,
    to,
    can,
    where: plain(where).trim(),
  });
  const links = [
    ...directAccess(snapshot).map(({ who, what, can, where }) =>
      link(who, what, can, where),
    ),
    ...rolePolicies(snapshot).flatMap(({ party, statements }) =>
      permissions(grants(statements), snapshot).map(({ what, can, where }) =>
        link(party, what, can, where),
      ),
    ),
    ...roleTrusts(snapshot).flatMap(({ party, statements }) =>
      grants(statements)
        .flatMap((grant) => trustedParties(grant, snapshot))
        .map(({ who, where }) => link(who, party, "assume", where)),
    ),
    ...resourcePolicies(snapshot).flatMap(({ party, statements }) =>
      grantsByParty(grants(statements), snapshot).flatMap(
        ({ who, where, grants: own }) =>
          permissions(own, snapshot, party).map(({ can }) =>
            link(who, party, can, where),
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
