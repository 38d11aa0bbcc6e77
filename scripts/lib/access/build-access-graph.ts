import { listGrants } from "../iam/compare";
import type { Redacted } from "../plan/redactor";
import { toPlainText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import {
  type Access,
  type AccessEdge,
  type AccessGraph,
  getEntityKey,
} from "./access-graph";
import { listDirectAccess } from "./direct-access";
import {
  type AccessWriter,
  describeResourceAccess,
  describeRoleAccess,
  describeTrustAccess,
} from "./policy-access";
import {
  listResourcePolicies,
  listRolePolicies,
  listTrustPolicies,
  type PolicyHolder,
} from "./policy-holders";

type Edge = Omit<AccessEdge, "change">;

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
  const accessBefore = listAccess(before);
  const accessAfter = listAccess(after);
  const [edgesBefore, edgesAfter] = [accessBefore, accessAfter].map(
    (access) => new Set(access.map(getKey)),
  );
  const all = [...accessBefore, ...accessAfter];
  const nodes = new Map(
    all
      .flatMap(({ principal, resource }) => [principal, resource])
      .map((entity) => [getEntityKey(entity), entity]),
  );
  const edges = new Map(all.map((access) => [getKey(access), toEdge(access)]));
  return {
    nodes: [...nodes]
      .map(([id, { kind, name }]) => ({ id, kind, name }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    edges: [...edges]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, edge]) => ({
        ...edge,
        change:
          edgesBefore?.has(key) === edgesAfter?.has(key)
            ? "same"
            : edgesAfter?.has(key) === true
              ? "gained"
              : "lost",
      })),
  };
}

function listAccess(snapshot: Snapshot): readonly Access[] {
  const describe = (
    holders: readonly PolicyHolder[],
    write: AccessWriter,
  ): readonly Access[] =>
    holders.flatMap(({ entity, statements }) =>
      write(entity, listGrants(statements), snapshot),
    );
  return [
    ...listDirectAccess(snapshot),
    ...describe(listRolePolicies(snapshot), describeRoleAccess),
    ...describe(listTrustPolicies(snapshot), describeTrustAccess),
    ...describe(listResourcePolicies(snapshot), describeResourceAccess),
  ];
}

function toEdge(access: Access): Edge {
  const { principal, principalCondition = [], condition = [] } = access;
  const where = toPlainText([...principalCondition, ...condition]).trim();
  return {
    from: getEntityKey(principal),
    to: getEntityKey(access.resource),
    can: access.permission,
    ...(where !== "" && { where: where as Redacted }),
  };
}

function getKey(access: Access): string {
  const { from, to, can, where = "" } = toEdge(access);
  return JSON.stringify([from, to, can, where]);
}
