import type {
  AccessChange,
  AccessGraph,
  AccessNode,
  NodeKind,
} from "./access-graph";

/** What one may do with another, with every right that holds in the same place and changes in the same way. */
export interface AccessFact {
  readonly from: AccessNode;
  readonly to: AccessNode;
  readonly can: readonly string[];
  /** Empty when it holds everywhere. */
  readonly where: string;
  readonly change: AccessChange;
}

/** The facts that a picture draws as one line. */
export interface AccessArrow {
  readonly from: AccessNode;
  readonly to: AccessNode;
  readonly change: AccessChange;
  readonly facts: readonly AccessFact[];
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
const CHANGES: readonly AccessChange[] = ["same", "gained", "lost"];

/** How a change is told without colour. */
export const CHANGE_SIGNS: Readonly<Record<AccessChange, string>> = {
  same: "",
  gained: "+",
  lost: "−",
};

/** Position in {@link COLUMNS} where a kind stands. */
export function columnOf(kind: NodeKind): number {
  return KINDS[kind];
}

/** Every node once, in reading order; what only an edge names is a resource of that name. */
export function nodesOf(graph: AccessGraph): AccessNode[] {
  return [...nodesById(graph).values()].sort(byReading);
}

/** Every fact once, in reading order. */
export function factsOf(graph: AccessGraph): AccessFact[] {
  const nodes = nodesById(graph);
  const facts = new Map<string, AccessFact & { readonly can: string[] }>();
  for (const { from, to, can, where = "", change } of graph.edges) {
    const key = JSON.stringify([from, to, where, change]);
    const source = nodes.get(from) ?? unlisted(from);
    const target = nodes.get(to) ?? unlisted(to);
    const fact = facts.get(key) ?? {
      from: source,
      to: target,
      can: [],
      where,
      change,
    };
    if (!fact.can.includes(can)) fact.can.push(can);
    facts.set(key, fact);
  }
  for (const { can } of facts.values()) can.sort(byText);
  return [...facts.values()].sort(
    (one, other) =>
      byReading(one.from, other.from) ||
      byReading(one.to, other.to) ||
      byText(one.where, other.where) ||
      CHANGES.indexOf(one.change) - CHANGES.indexOf(other.change),
  );
}

/** Facts between the same two nodes that change in the same way, together. */
export function arrowsOf(graph: AccessGraph): AccessArrow[] {
  const arrows = new Map<string, AccessArrow & { facts: AccessFact[] }>();
  for (const fact of factsOf(graph)) {
    const { from, to, change } = fact;
    const key = JSON.stringify([from.id, to.id, change]);
    const arrow = arrows.get(key) ?? { from, to, change, facts: [] };
    arrow.facts.push(fact);
    arrows.set(key, arrow);
  }
  return [...arrows.values()];
}

/** Whether a plan changes anything of the graph. */
export function changesAnything({
  edges,
}: Pick<AccessGraph, "edges">): boolean {
  return edges.some(({ change }) => change !== "same");
}

/** An arrow's rights as its label has them. */
export function labelOf({ change, facts }: AccessArrow): string {
  const rights = facts.map(({ can, where }) =>
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
export function byReading(one: AccessNode, other: AccessNode): number {
  return (
    KIND_ORDER.indexOf(one.kind) - KIND_ORDER.indexOf(other.kind) ||
    byText(one.name, other.name) ||
    byText(one.id, other.id)
  );
}

/** Orders texts by their code units, the same on every machine. */
export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
