import type { AccessGraph } from "../../../../scripts/lib/access/access-graph";
import {
  type AccessMatrix,
  buildAccessMatrices,
  isChangedRow,
  toListMatrix,
} from "../../../../scripts/lib/access/render/access-matrix";
import {
  formatAccessMarkdown,
  formatAccessText,
  formatEntry,
  formatMatrixMarkdown,
  formatMatrixText,
} from "../../../../scripts/lib/access/render/text-and-markdown";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../../../support/access-graphs";
import { NASTY_NAMES } from "../../../support/nasty-names";

type EdgeRow = Parameters<typeof buildGraph>[0][number];

describe("groups × buckets", () => {
  test("a group has the access of its role", () => {
    expect(
      getCells([
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read"],
        ["role r", "bucket x", "list"],
        ["role r", "bucket x", "write", "under raw/"],
      ]),
    ).toEqual({ "group a": { x: ["list, read", "write under raw/"] } });
  });

  test.each<[string, EdgeRow[], Record<string, string[]>]>([
    [
      "a permission that the role gains",
      [
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "write", undefined, "gained"],
      ],
      { x: ["+ write (gained)"] },
    ],
    [
      "a role that the group loses",
      [
        ["group a", "role r", "assume", undefined, "lost"],
        ["role r", "bucket x", "read"],
      ],
      { x: ["− read (lost)"] },
    ],
    [
      "another role with the same permissions",
      [
        ["group a", "role old", "assume", undefined, "lost"],
        ["group a", "role new", "assume", undefined, "gained"],
        ["role old", "bucket x", "read"],
        ["role new", "bucket x", "read", undefined, "gained"],
      ],
      { x: ["read"] },
    ],
    [
      "a permission that replaces another one",
      [
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read", undefined, "lost"],
        ["role r", "bucket x", "read and write", undefined, "gained"],
      ],
      { x: ["read", "+ write (gained)"] },
    ],
    [
      "a permission that the role gains after the group loses the role",
      [
        ["group a", "role r", "assume", undefined, "lost"],
        ["group a", "role s", "assume"],
        ["role r", "bucket x", "read", undefined, "gained"],
        ["role s", "bucket y", "read"],
      ],
      { y: ["read"] },
    ],
    [
      "a prefix that changes",
      [
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read", "under a/", "lost"],
        ["role r", "bucket x", "read", "under b/", "gained"],
      ],
      { x: ["− read under a/ (lost)", "+ read under b/ (gained)"] },
    ],
    [
      "a condition on the role, and a second role",
      [
        ["group a", "role r", "assume", "when x is y"],
        ["role r", "role s", "assume"],
        ["role s", "bucket x", "read"],
      ],
      { x: ["read when x is y, through role s"] },
    ],
    [
      "roles that assume each other",
      [
        ["group a", "role r", "assume"],
        ["role r", "role s", "assume"],
        ["role s", "role r", "assume"],
        ["role r", "bucket x", "read"],
        ["role s", "bucket x", "write"],
      ],
      { x: ["read", "write through role s"] },
    ],
    [
      "access to other resources than buckets",
      [
        ["group a", "role r", "assume"],
        ["role r", "resource *", "do anything with", undefined, "gained"],
        ["role r", "secret s", "read"],
      ],
      {
        "Anything else": [
          "+ do anything with resource * (gained)",
          "read secret s",
        ],
      },
    ],
    [
      "a role without permissions in the graph",
      [["group a", "role r", "assume"]],
      { "Anything else": ["assume role r"] },
    ],
  ])("%s", (_, edges, cells) => {
    const found = getCells(edges)["group a"] ?? {};
    const sorted = Object.entries(found).map(([column, entries]) => [
      column,
      [...entries].sort(),
    ]);
    expect(Object.fromEntries(sorted)).toEqual(
      Object.fromEntries(
        Object.entries(cells).map(([column, all]) => [column, [...all].sort()]),
      ),
    );
  });

  test("a note refers to the table for principals other than groups", () => {
    const [matrix] = buildAccessMatrices(
      buildGraph([
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read"],
        ["principal anyone", "bucket x", "read"],
      ]),
    );
    expect(matrix?.rows).toHaveLength(1);
    expect(matrix?.note).toBe(
      "Bucket access of principals other than groups is in the table below.",
    );
  });

  test("a long chain of roles with conditions has a short description", () => {
    const steps = Array.from({ length: 60 }, (_, index) => index);
    const [matrix] = buildAccessMatrices(
      buildGraph([
        ["group a", "role 0", "assume"],
        ...steps.flatMap((index): EdgeRow[] =>
          ["one", "two"].map((condition) => [
            `role ${index}`,
            `role ${index + 1}`,
            "assume",
            `when ${condition}`,
          ]),
        ),
        ["role 60", "bucket x", "read"],
      ]),
    );
    expect(matrix?.rows[0]?.cells[0]?.[0]?.text).toMatch(
      /^read through several roles/,
    );
  });
});

describe("services × scopes", () => {
  test("each resource server has a matrix of its clients", () => {
    const matrices = buildAccessMatrices(
      buildGraph([
        ["service a", "resource server one", "register"],
        ["service a", "resource server two", "list", undefined, "gained"],
        ["application b", "resource server two", "list", undefined, "lost"],
        ["application b", "resource server OpenID Connect", "openid"],
      ]),
    );
    expect(matrices.map(({ title, resource: of }) => [title, of])).toEqual([
      ["Clients × scopes of", "OpenID Connect"],
      ["Service clients × scopes of", "one"],
      ["Clients × scopes of", "two"],
    ]);
    expect(matrices.slice(1).map(toEntries)).toEqual([
      { "service a": { register: ["yes"] } },
      {
        "service a": { list: ["+ gained"] },
        "application b": { list: ["− lost"] },
      },
    ]);
  });
});

describe("applications × callback URLs", () => {
  test("only callback URLs are columns", () => {
    expect(
      getCells([
        ["application a", "resource https://a.example/", "sign in to"],
        [
          "application a",
          "resource app:/back",
          "sign in to",
          undefined,
          "gained",
        ],
        ["application a", "the user pool", "sign users in"],
      ]),
    ).toEqual({
      "application a": {
        "https://a.example/": ["yes"],
        "app:/back": ["+ gained"],
      },
    });
  });

  test("a large grid is one list per row", () => {
    const indexs = Array.from({ length: 1000 }, (_, index) => index);
    const [matrix] = buildAccessMatrices(
      buildGraph(
        indexs.map((index) => [
          `application ${index}`,
          `resource https://${index}.example/`,
          "sign in to",
        ]),
      ),
    );
    expect(matrix?.columns.map(({ text }) => text)).toEqual(["Callback URLs"]);
    expect(matrix?.rows).toHaveLength(1000);
    expect(matrix?.rows.at(-1)?.cells).toEqual([
      [{ text: "https://999.example/", change: "same" }],
    ]);
  });
});

test("a matrix without access is left out", () => {
  expect(buildAccessMatrices(buildGraph([]))).toEqual([]);
  expect(
    buildAccessMatrices(buildGraph([["repository r", "role r", "assume"]])),
  ).toEqual([]);
});

test("the order of nodes and edges does not change the matrices", () => {
  const { nodes, edges } = buildStageGraph({ changed: true });
  expect(
    buildAccessMatrices({
      nodes: [...nodes].reverse(),
      edges: [...edges].reverse(),
    }),
  ).toEqual(buildAccessMatrices({ nodes, edges }));
});

test("a row with a change is a changed row", () => {
  const [groups] = buildAccessMatrices(buildStageGraph({ changed: true }));
  expect(
    groups?.rows.filter(isChangedRow).map(({ node: { name } }) => name),
  ).toEqual(["administrators", "editors"]);
});

test("a list has all entries of the grid", () => {
  const [groups] = buildAccessMatrices(buildStageGraph({ changed: true })).map(
    toListMatrix,
  );
  expect(groups && toEntries(groups)).toEqual(
    expect.objectContaining({
      "group administrators": {
        Buckets: [
          "veda-auth-terraform-state-for-everything-in-this-account: read",
          "veda-data-store-dev: read",
          "− veda-uploads-dev: read (lost)",
        ],
      },
    }),
  );
});

test("333 groups are one list each", () => {
  const [matrix] = buildAccessMatrices(buildLargeGraph(1000));
  expect(matrix?.columns).toEqual([{ text: "Buckets", isName: false }]);
  expect(matrix?.rows.every(({ cells: [list] }) => list?.length === 3)).toBe(
    true,
  );
});

describe("text and Markdown", () => {
  const small = buildGraph([
    ["group a", "role r", "assume"],
    ["role r", "bucket x", "read"],
    ["role r", "bucket x", "write", "under raw/", "gained"],
    ["role r", "bucket y", "read", undefined, "lost"],
  ]);

  test("text has aligned columns and one line per entry", () => {
    expect(buildAccessMatrices(small).map(formatMatrixText)).toEqual([
      [
        "Groups × buckets",
        "Group    x                            y",
        "group a  read                         − read (lost)",
        "         + write under raw/ (gained)",
      ].join("\n"),
    ]);
  });

  test("text has lists if the grid is too wide", () => {
    const name = (index: number) => `${"long-name-".repeat(5)}${index}`;
    const [text = ""] = buildAccessMatrices(
      buildGraph([
        ["group a", "role r", "assume"],
        ...[1, 2, 3].map((index): EdgeRow => [
          "role r",
          `bucket ${name(index)}`,
          "read",
        ]),
      ]),
    ).map(formatMatrixText);
    expect(text.split("\n")).toEqual([
      "Groups × buckets",
      "Group    Buckets",
      `group a  ${name(1)}: read`,
      `         ${name(2)}: read`,
      `         ${name(3)}: read`,
    ]);
  });

  test("Markdown has a table", () => {
    expect(buildAccessMatrices(small).map(formatMatrixMarkdown)).toEqual([
      [
        "**Groups × buckets**",
        "",
        "| Group | `x` | `y` |",
        "| --- | --- | --- |",
        "| group `a` | `read`<br>+ `write under raw/` (gained) | − `read` (lost) |",
      ].join("\n"),
    ]);
  });

  test("a plan without a change is a sentence above the matrices, which are above the table", () => {
    const same = buildStageGraph({ changed: false });
    for (const form of [formatAccessText, formatAccessMarkdown]) {
      const text = form(same, { hash: "sha256:0" });
      const indexs = [
        "This plan changes no access.",
        "Groups × buckets",
        "Principal",
      ];
      const found = indexs.map((words) => text.indexOf(words));
      expect(found[0]).toBe(0);
      expect(found).toEqual([...found].sort((one, other) => one - other));
      expect(form(same)).not.toContain("This plan");
      expect(
        form(buildStageGraph({ changed: true }), { hash: "sha256:0" }),
      ).not.toContain("This plan");
    }
  });

  test.each(NASTY_NAMES)("a name with %s stays in its cell", (_, name) => {
    const graph = buildGraph([
      [`group ${name}`, `role ${name}`, "assume"],
      [`role ${name}`, `bucket ${name}`, "read", name, "gained"],
      [`service ${name}`, `resource server ${name}`, "scope"],
      [`application ${name}`, `resource ${name}`, "sign in to"],
      [`role ${name}`, `secret ${name}`, name],
    ]);
    const matrices = buildAccessMatrices(graph);
    expect(matrices).toHaveLength(3);
    for (const matrix of matrices) {
      const markdown = formatMatrixMarkdown(matrix).split("\n");
      expect(markdown).toHaveLength(5);
      for (const line of markdown.slice(2)) {
        const cells = line.split(/(?<!\\)\|/).slice(1, -1);
        expect(cells).toHaveLength(matrix.columns.length + 1);
        for (const cell of cells)
          expect(removeCodeSpans(cell)).toMatch(/^[a-zA-Z ()+−-]*$/);
      }
      const text = formatMatrixText(matrix);
      expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

function getCells(
  edges: readonly EdgeRow[],
): Record<string, Record<string, string[]>> {
  const graph: AccessGraph = buildGraph(edges);
  return Object.assign(
    {},
    ...buildAccessMatrices(graph).map(toEntries),
  ) as Record<string, Record<string, string[]>>;
}

/** Returns the entries of cells that are not empty, by row and column. */
function toEntries({
  columns,
  rows,
}: AccessMatrix): Record<string, Record<string, string[]>> {
  return Object.fromEntries(
    rows.map(({ node, cells }) => [
      `${node.kind} ${node.name}`,
      Object.fromEntries(
        cells.flatMap((entries, index) =>
          entries.length === 0
            ? []
            : [
                [
                  columns[index]?.text ?? "",
                  entries.map((entry) => formatEntry(entry, (text) => text)),
                ],
              ],
        ),
      ),
    ]),
  );
}

/** Removes code spans, which end at as many backticks as they begin with. */
function removeCodeSpans(cell: string): string {
  return cell.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, "");
}
