import {
  listArrows,
  listNodes,
} from "../../../../scripts/lib/access/render/access-rows";
import type { AccessGraph } from "../../../../scripts/lib/access/access-graph";
import {
  layOutGraph,
  BOX,
  type GraphLayout,
  type Point,
} from "../../../../scripts/lib/access/render/graph-layout";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../../../support/access-graphs";

const GRAPHS: readonly (readonly [string, AccessGraph])[] = [
  ["a stage", buildStageGraph({ changed: true })],
  ["300 nodes", buildLargeGraph(300)],
  [
    "a cycle and a role that assumes itself",
    buildGraph([
      ["role a", "role b", "assume"],
      ["role b", "role a", "assume"],
      ["role a", "role a", "assume"],
      ["bucket x", "role a", "notify"],
    ]),
  ],
  [
    "nodes without an edge",
    buildGraph([], ["secret a", "secret b", "group c"]),
  ],
  ["an empty graph", buildGraph([])],
];

describe.each(GRAPHS)("the layout of %s", (_, graph) => {
  const layout = layOut(graph);

  test("no two boxes overlap", () => {
    const overlapping = layout.nodes.flatMap((one, index) =>
      layout.nodes
        .slice(index + 1)
        .filter(
          (other) =>
            Math.abs(one.x - other.x) < BOX.width &&
            Math.abs(one.y - other.y) < BOX.height,
        ),
    );
    expect(overlapping).toEqual([]);
  });

  test("every arrow begins and ends at its boxes", () => {
    const boxes = new Map(layout.nodes.map((box) => [box.node.id, box]));
    const detached = layout.arrows.filter(
      ({ arrow, points }) =>
        !isAtSide(boxes.get(arrow.from.id), points.at(0)) ||
        !isAtSide(boxes.get(arrow.to.id), points.at(-1)),
    );
    expect(detached).toEqual([]);
  });

  test("every box is inside the drawing", () => {
    for (const { x, y } of layout.nodes) {
      expect(x - BOX.width / 2).toBeGreaterThanOrEqual(0);
      expect(y - BOX.height / 2).toBeGreaterThanOrEqual(0);
      expect(x + BOX.width / 2).toBeLessThanOrEqual(layout.width);
      expect(y + BOX.height / 2).toBeLessThanOrEqual(layout.height);
    }
  });
});

test("roles are to the right of groups, and resources to the right of roles", () => {
  const { nodes } = layOut(buildStageGraph({ changed: false }));
  const getX = (kind: string) =>
    nodes.filter(({ node }) => node.kind === kind).map(({ x }) => x);
  expect(Math.max(...getX("group"))).toBeLessThan(Math.min(...getX("role")));
  expect(Math.max(...getX("role"))).toBeLessThan(
    Math.min(...getX("bucket"), ...getX("secret")),
  );
});

test("a large graph has labels only on changes", () => {
  const { nodes, edges } = buildLargeGraph(1000);
  const { arrows } = layOut({
    nodes,
    edges: edges.map((edge, index) =>
      index === 5 ? { ...edge, change: "lost" } : edge,
    ),
  });
  const labels = arrows.flatMap(({ label }) => label ?? []);
  expect(labels.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^− read/),
  ]);
}, 30_000);

test("an arrow without a permission has no label", () => {
  const { arrows } = layOut(buildGraph([["group a", "role a", " "]]));
  expect(arrows.map(({ label }) => label)).toEqual([undefined]);
});

function layOut(graph: AccessGraph): GraphLayout {
  return layOutGraph(listNodes(graph), listArrows(graph));
}

function isAtSide(box: Point | undefined, point: Point | undefined): boolean {
  if (box === undefined || point === undefined) return false;
  const [dx, dy] = [
    Math.abs(point.x - box.x) - BOX.width / 2,
    Math.abs(point.y - box.y) - BOX.height / 2,
  ];
  return Math.abs(Math.max(dx, dy)) < 0.01;
}
