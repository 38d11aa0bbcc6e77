import { formatAccessMermaid } from "../../../../scripts/lib/access/render/mermaid";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../../../support/access-graphs";
import { NASTY_NAMES } from "../../../support/nasty-names";
import { redacted } from "../../../support/redacted";

/** Matches every line that a chart can have. */
const CHART_LINE =
  /^(flowchart LR| {2}subgraph column[0-2]\["(Principals|Roles|Resources)"\]| {2}end| {4}n\d+\["[^"]*"\]| {2}n\d+ (-->|==>|-\.->)(\|"[^"]+"\|)? n\d+| {2}linkStyle [\d,]+ [a-z\d#:, -]+| {2}more\["… [a-z\d ]+"\])$/;

test("a chart has columns and arrows", () => {
  expect(
    formatAccessMermaid(
      buildGraph([
        ["group editors", "role editors", "assume"],
        ["role editors", "bucket data", "write", undefined, "gained"],
        ["role editors", "bucket data", "read", undefined, "lost"],
      ]),
    ),
  ).toMatchInlineSnapshot(`
"flowchart LR
  subgraph column0["Principals"]
    n1["group editors"]
  end
  subgraph column1["Roles"]
    n2["role editors"]
  end
  subgraph column2["Resources"]
    n3["bucket data"]
  end
  n1 -->|"assume"| n2
  n2 ==>|"#43; write"| n3
  n2 -.->|"#8722; read"| n3
  linkStyle 1 stroke:#1a7f37,stroke-width:4px
  linkStyle 2 stroke:#cf222e,stroke-width:2px,stroke-dasharray:6 4"
`);
});

test.each(NASTY_NAMES)("a name with %s adds no markup", (_, name) => {
  const chart = formatAccessMermaid(
    buildGraph([
      [`group ${name}`, `role ${name}`, name, name],
      [`role ${name}`, `bucket ${name}`, "read", undefined, "gained"],
    ]),
  );
  for (const line of chart.split("\n")) {
    expect(line).toMatch(CHART_LINE);
    for (const [, text = ""] of line.matchAll(/"([^"]*)"/g))
      expect(text.replaceAll(/#\d+;/g, "")).toMatch(
        /^([\p{L}\p{N} …]|\b[-_/]\b)*$/u,
      );
  }
});

test("a chart that is too large counts hidden arrows and shows all changes", () => {
  const { nodes, edges } = buildLargeGraph(900);
  const last = edges.at(-1);
  const chart = formatAccessMermaid({
    nodes,
    edges: edges.map((edge) =>
      edge === last ? { ...edge, change: "gained" } : edge,
    ),
  });
  const arrows = chart.match(/(-->|==>)\|/g) ?? [];
  expect(arrows).toHaveLength(400);
  expect(chart).toContain('==>|"#43; read');
  expect(chart).toContain(`more["… ${1200 - 400} more arrows are not shown"]`);
});

test("a chart with long names is smaller than GitHub's limit", () => {
  const long = (index: number) => `${"\u{1f512}".repeat(200)}${index}`;
  const indexs = Array.from({ length: 600 }, (_, index) => index);
  const chart = formatAccessMermaid(
    buildGraph(
      indexs.map((index) => [
        `group ${long(index)}`,
        `role ${long(index)}`,
        long(index),
      ]),
      indexs.map((index) => `secret ${long(index)}`),
    ),
  );
  expect(chart.length).toBeLessThan(50_000);
  expect(chart).toMatch(
    /more\["… \d+ more arrows and \d+ more names without an arrow are not shown"\]/,
  );
});

test("a node without an arrow is drawn", () => {
  expect(formatAccessMermaid(buildGraph([], ["secret unread"]))).toContain(
    '["secret unread"]',
  );
});

test("an id that only an edge names is drawn as a resource", () => {
  const chart = formatAccessMermaid({
    nodes: [],
    edges: [
      {
        from: redacted("a"),
        to: redacted("b"),
        can: redacted("read"),
        change: "same",
      },
    ],
  });
  expect(chart.split("\n")).toEqual([
    "flowchart LR",
    '  subgraph column2["Resources"]',
    '    n1["resource a"]',
    '    n2["resource b"]',
    "  end",
    '  n1 -->|"read"| n2',
  ]);
});

test("the order of nodes and edges does not change the chart", () => {
  const { nodes, edges } = buildStageGraph({ changed: true });
  expect(
    formatAccessMermaid({
      nodes: [...nodes].reverse(),
      edges: [...edges].reverse(),
    }),
  ).toBe(formatAccessMermaid({ nodes, edges }));
});
