import { formatAccessMermaid } from "../../../../scripts/lib/access/render/mermaid";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../../../support/access-graphs";
import { NASTY_NAMES } from "../../../support/nasty-names";
import { redacted } from "../../../support/redacted";

/** All that a line of a chart may be. */
const LINES =
  /^(flowchart LR| {2}subgraph column[0-2]\["(Principals|Roles|Resources)"\]| {2}end| {4}n\d+\["[^"]*"\]| {2}n\d+ (-->|==>|-\.->)(\|"[^"]+"\|)? n\d+| {2}linkStyle [\d,]+ [a-z\d#:, -]+| {2}more\["… [a-z\d ]+"\])$/;

test("a graph is its columns and its arrows", () => {
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

test.each(NASTY_NAMES)("a name with %s is no markup", (_, name) => {
  const chart = formatAccessMermaid(
    buildGraph([
      [`group ${name}`, `role ${name}`, name, name],
      [`role ${name}`, `bucket ${name}`, "read", undefined, "gained"],
    ]),
  );
  for (const line of chart.split("\n")) {
    expect(line).toMatch(LINES);
    for (const [, text = ""] of line.matchAll(/"([^"]*)"/g))
      expect(text.replaceAll(/#\d+;/g, "")).toMatch(
        /^([\p{L}\p{N} …]|\b[-_/]\b)*$/u,
      );
  }
});

test("what is cut is counted, and what changes is kept", () => {
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

test("however long its names, a chart is below the most that GitHub draws", () => {
  const long = (place: number) => `${"\u{1f512}".repeat(200)}${place}`;
  const places = Array.from({ length: 600 }, (_, place) => place);
  const chart = formatAccessMermaid(
    buildGraph(
      places.map((place) => [
        `group ${long(place)}`,
        `role ${long(place)}`,
        long(place),
      ]),
      places.map((place) => `secret ${long(place)}`),
    ),
  );
  expect(chart.length).toBeLessThan(50_000);
  expect(chart).toMatch(
    /more\["… \d+ more arrows and \d+ more names without an arrow are not shown"\]/,
  );
});

test("what has no arrow is shown too", () => {
  expect(formatAccessMermaid(buildGraph([], ["secret unread"]))).toContain(
    '["secret unread"]',
  );
});

test("an edge to what is not listed is drawn by its id", () => {
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

test("the same graph gives the same chart in whatever order it comes", () => {
  const { nodes, edges } = buildStageGraph({ changed: true });
  expect(
    formatAccessMermaid({
      nodes: [...nodes].reverse(),
      edges: [...edges].reverse(),
    }),
  ).toBe(formatAccessMermaid({ nodes, edges }));
});
