import { groupBy } from "../../system/group-by";
import type {
  AccessGraph,
  AccessNode,
  EdgeChange,
  NodeKind,
} from "../access-graph";

/** All permissions of a principal on a resource that share a condition and a change. */
export interface AccessRow {
  readonly principal: AccessNode;
  readonly resource: AccessNode;
  readonly permissions: readonly string[];
  /** Empty if the permissions are unconditional. */
  readonly condition: string;
  readonly change: EdgeChange;
}

/** Rows that a diagram draws as one arrow. */
export interface AccessArrow {
  readonly from: AccessNode;
  readonly to: AccessNode;
  readonly change: EdgeChange;
  readonly rows: readonly AccessRow[];
}

/** Headings of a table of rows. */
export const ACCESS_COLUMNS = [
  "Principal",
  "Permission",
  "Resource",
  "Condition",
] as const;

/** Headings of a diagram, from left to right. */
export const DIAGRAM_COLUMNS = ["Principals", "Roles", "Resources"] as const;

/** Kinds in reading order, each with its position in {@link DIAGRAM_COLUMNS}. */
const KINDS: Readonly<Record<NodeKind, number>> = {
  users: 0,
  group: 0,
  application: 0,
  service: 0,
  repository: 0,
  principal: 0,
  "identity pool": 1,
  role: 1,
  "resource server": 2,
  bucket: 2,
  secret: 2,
  resource: 2,
};
const KIND_ORDER: readonly string[] = Object.keys(KINDS);
const CHANGES: readonly EdgeChange[] = ["same", "gained", "lost"];

/** Signs that show a change where there is no color. */
export const CHANGE_SIGNS: Readonly<Record<EdgeChange, string>> = {
  same: "",
  gained: "+",
  lost: "−",
};

/** Formats a change as its sign and its word; `same` is empty. */
export function formatChange(change: EdgeChange): string {
  return change === "same" ? "" : `${CHANGE_SIGNS[change]} ${change}`;
}

/** Returns the position of a kind in {@link DIAGRAM_COLUMNS}. */
export function getColumn(kind: NodeKind): number {
  return KINDS[kind];
}

/** Returns every node once, in reading order. An id that only an edge names is a resource. */
export function listNodes(graph: AccessGraph): AccessNode[] {
  return [...nodesById(graph).values()].sort(compareNodes);
}

/** Returns every row once, in reading order. */
export function listAccessRows(graph: AccessGraph): AccessRow[] {
  const nodes = nodesById(graph);
  const rows = groupBy(graph.edges, ({ from, to, where = "", change }) =>
    JSON.stringify([from, to, where, change]),
  );
  return [...rows.values()]
    .map((edges) => {
      const [{ from, to, where = "", change }] = edges;
      return {
        principal: nodes.get(from) ?? toUnlistedNode(from),
        resource: nodes.get(to) ?? toUnlistedNode(to),
        permissions: [...new Set(edges.map(({ can }) => can))].sort(
          compareText,
        ),
        condition: where,
        change,
      };
    })
    .sort(
      (one, other) =>
        compareNodes(one.principal, other.principal) ||
        compareNodes(one.resource, other.resource) ||
        compareText(one.condition, other.condition) ||
        CHANGES.indexOf(one.change) - CHANGES.indexOf(other.change),
    );
}

/** Groups the rows between the same two nodes that share a change. */
export function listArrows(graph: AccessGraph): AccessArrow[] {
  const arrows = groupBy(
    listAccessRows(graph),
    ({ principal, resource, change }) =>
      JSON.stringify([principal.id, resource.id, change]),
  );
  return [...arrows.values()].map((rows) => {
    const [{ principal, resource, change }] = rows;
    return { from: principal, to: resource, change, rows };
  });
}

/** Whether a plan changes any access in the graph. */
export function hasChanges({ edges }: AccessGraph): boolean {
  return edges.some(({ change }) => change !== "same");
}

/** Formats the permissions of an arrow for its label. */
export function formatArrowLabel({ change, rows }: AccessArrow): string {
  const rights = rows.map(({ permissions, condition }) =>
    `${permissions.join(", ")} ${condition}`.trim(),
  );
  return `${CHANGE_SIGNS[change]} ${rights.join("; ")}`.trim();
}

function nodesById(graph: AccessGraph): ReadonlyMap<string, AccessNode> {
  const ends = graph.edges.flatMap(({ from, to }) => [from, to]);
  return new Map([
    ...ends.map((id) => [id, toUnlistedNode(id)] as const),
    ...graph.nodes.map((node) => [node.id, node] as const),
  ]);
}

function toUnlistedNode(id: AccessNode["id"]): AccessNode {
  return { id, kind: "resource", name: id };
}

/** Orders nodes by kind, then by name. */
export function compareNodes(one: AccessNode, other: AccessNode): number {
  return (
    KIND_ORDER.indexOf(one.kind) - KIND_ORDER.indexOf(other.kind) ||
    compareText(one.name, other.name) ||
    compareText(one.id, other.id)
  );
}

/** Orders texts by code unit, so that the order does not depend on the locale. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
