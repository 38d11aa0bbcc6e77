import type {
  EdgeChange,
  AccessGraph,
  AccessNode,
  NodeKind,
} from "../access-graph";

/** What one may do with another, with every right that holds in the same place and changes in the same way. */
export interface AccessRow {
  readonly principal: AccessNode;
  readonly resource: AccessNode;
  readonly permissions: readonly string[];
  /** Empty when it holds everywhere. */
  readonly condition: string;
  readonly change: EdgeChange;
}

/** The facts that a picture draws as one line. */
export interface AccessArrow {
  readonly from: AccessNode;
  readonly to: AccessNode;
  readonly change: EdgeChange;
  readonly rows: readonly AccessRow[];
}

/** The columns of a picture, from left to right. */
export const COLUMNS = ["Who", "Through", "What"] as const;

/** Kinds in the order in which they are read, each with its column. */
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

/** How a change is told without colour. */
export const CHANGE_SIGNS: Readonly<Record<EdgeChange, string>> = {
  same: "",
  gained: "+",
  lost: "−",
};

/** Position in {@link COLUMNS} where a kind stands. */
export function getColumn(kind: NodeKind): number {
  return KINDS[kind];
}

/** Every node once, in reading order; what only an edge names is a resource of that name. */
export function listNodes(graph: AccessGraph): AccessNode[] {
  return [...nodesById(graph).values()].sort(compareNodes);
}

/** Every fact once, in reading order. */
export function listAccessRows(graph: AccessGraph): AccessRow[] {
  const nodes = nodesById(graph);
  const facts = new Map<
    string,
    AccessRow & { readonly permissions: string[] }
  >();
  for (const { from, to, can, where = "", change } of graph.edges) {
    const key = JSON.stringify([from, to, where, change]);
    const source = nodes.get(from) ?? unlisted(from);
    const target = nodes.get(to) ?? unlisted(to);
    const fact = facts.get(key) ?? {
      principal: source,
      resource: target,
      permissions: [],
      condition: where,
      change,
    };
    if (!fact.permissions.includes(can)) fact.permissions.push(can);
    facts.set(key, fact);
  }
  for (const { permissions: can } of facts.values()) can.sort(compareText);
  return [...facts.values()].sort(
    (one, other) =>
      compareNodes(one.principal, other.principal) ||
      compareNodes(one.resource, other.resource) ||
      compareText(one.condition, other.condition) ||
      CHANGES.indexOf(one.change) - CHANGES.indexOf(other.change),
  );
}

/** Facts between the same two nodes that change in the same way, together. */
export function listArrows(graph: AccessGraph): AccessArrow[] {
  const arrows = new Map<string, AccessArrow & { rows: AccessRow[] }>();
  for (const fact of listAccessRows(graph)) {
    const { principal: from, resource: to, change } = fact;
    const key = JSON.stringify([from.id, to.id, change]);
    const arrow = arrows.get(key) ?? { from, to, change, rows: [] };
    arrow.rows.push(fact);
    arrows.set(key, arrow);
  }
  return [...arrows.values()];
}

/** Whether a plan changes anything of the graph. */
export function hasChanges({ edges }: Pick<AccessGraph, "edges">): boolean {
  return edges.some(({ change }) => change !== "same");
}

/** An arrow's rights as its label has them. */
export function formatArrowLabel({ change, rows: facts }: AccessArrow): string {
  const rights = facts.map(({ permissions: can, condition: where }) =>
    [can.join(", "), where].filter((part) => part !== "").join(" "),
  );
  return `${CHANGE_SIGNS[change]} ${rights.join("; ")}`.trim();
}

function nodesById(graph: AccessGraph): ReadonlyMap<string, AccessNode> {
  const ends = graph.edges.flatMap(({ from, to }) => [from, to]);
  return new Map([
    ...ends.map((id) => [id, unlisted(id)] as const),
    ...graph.nodes.map((node) => [node.id, node] as const),
  ]);
}

function unlisted(id: AccessNode["id"]): AccessNode {
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

/** Orders texts by their code units, the same on every machine. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
