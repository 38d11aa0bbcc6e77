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

type Right = Parameters<typeof buildGraph>[0][number];

describe("groups × buckets", () => {
  test("a group has the access of its role", () => {
    expect(
      cellsOf([
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read"],
        ["role r", "bucket x", "write", "under raw/"],
      ]),
    ).toEqual({ "group a": { x: ["read", "write under raw/"] } });
  });

  test.each<[string, Right[], Record<string, string[]>]>([
    [
      "a right that the role gains",
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
      "another role with the same rights",
      [
        ["group a", "role old", "assume", undefined, "lost"],
        ["group a", "role new", "assume", undefined, "gained"],
        ["role old", "bucket x", "read"],
        ["role new", "bucket x", "read", undefined, "gained"],
      ],
      { x: ["read"] },
    ],
    [
      "a right that comes as another goes",
      [
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read", undefined, "lost"],
        ["role r", "bucket x", "read and write", undefined, "gained"],
      ],
      { x: ["read", "+ write (gained)"] },
    ],
    [
      "a right of a role that the group never has at the same time",
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
      "a condition on the role, and a role behind it",
      [
        ["group a", "role r", "assume", "when x is y"],
        ["role r", "role s", "assume"],
        ["role s", "bucket x", "read"],
      ],
      { x: ["read when x is y, through role s"] },
    ],
    [
      "roles that assume one another",
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
      "access to all but a bucket",
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
      "a role whose permissions are not in the graph",
      [["group a", "role r", "assume"]],
      { "Anything else": ["assume role r"] },
    ],
  ])("%s", (_, rights, cells) => {
    const found = cellsOf(rights)["group a"] ?? {};
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

  test("what has no group is left to the table, and the matrix says so", () => {
    const [matrix] = buildAccessMatrices(
      buildGraph([
        ["group a", "role r", "assume"],
        ["role r", "bucket x", "read"],
        ["principal anybody at all", "bucket x", "read"],
      ]),
    );
    expect(matrix?.rows).toHaveLength(1);
    expect(matrix?.note).toBe(
      "Access to buckets without a group is in the table below.",
    );
  });

  test("a long chain of roles with conditions stays short", () => {
    const steps = Array.from({ length: 60 }, (_, place) => place);
    const [matrix] = buildAccessMatrices(
      buildGraph([
        ["group a", "role 0", "assume"],
        ...steps.flatMap((place): Right[] =>
          ["one", "two"].map((condition) => [
            `role ${place}`,
            `role ${place + 1}`,
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
  test("each resource server has its own matrix with those of its clients", () => {
    const matrices = buildAccessMatrices(
      buildGraph([
        ["service a", "resource server one", "register"],
        ["service a", "resource server two", "list", undefined, "gained"],
        ["application b", "resource server two", "list", undefined, "lost"],
        ["application b", "resource server OpenID Connect", "openid"],
      ]),
    );
    expect(matrices.map(({ title, resource: of }) => [title, of])).toEqual([
      ["Applications × scopes of", "OpenID Connect"],
      ["Services × scopes of", "one"],
      ["Clients × scopes of", "two"],
    ]);
    expect(matrices.slice(1).map(shown)).toEqual([
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
      cellsOf([
        ["application a", "resource https://a.example/", "sign in to"],
        [
          "application a",
          "resource app:/back",
          "sign in to",
          undefined,
          "gained",
        ],
        ["application a", "resource the user pool", "sign people in"],
      ]),
    ).toEqual({
      "application a": {
        "https://a.example/": ["yes"],
        "app:/back": ["+ gained"],
      },
    });
  });

  test("a thousand applications with a URL each are lists, and none is left out", () => {
    const places = Array.from({ length: 1000 }, (_, place) => place);
    const [matrix] = buildAccessMatrices(
      buildGraph(
        places.map((place) => [
          `application ${place}`,
          `resource https://${place}.example/`,
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

test("empty parts are left out", () => {
  expect(buildAccessMatrices(buildGraph([]))).toEqual([]);
  expect(
    buildAccessMatrices(buildGraph([["repository r", "role r", "assume"]])),
  ).toEqual([]);
});

test("the same graph gives the same matrices in whatever order it comes", () => {
  const { nodes, edges } = buildStageGraph({ changed: true });
  expect(
    buildAccessMatrices({
      nodes: [...nodes].reverse(),
      edges: [...edges].reverse(),
    }),
  ).toEqual(buildAccessMatrices({ nodes, edges }));
});

test("rows with a change are known", () => {
  const [groups] = buildAccessMatrices(buildStageGraph({ changed: true }));
  expect(
    groups?.rows.filter(isChangedRow).map(({ node: { name } }) => name),
  ).toEqual(["administrators", "editors"]);
});

test("a list has all that the grid has", () => {
  const [groups] = buildAccessMatrices(buildStageGraph({ changed: true })).map(
    toListMatrix,
  );
  expect(groups && shown(groups)).toEqual(
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

test("three hundred groups are one list each", () => {
  const [matrix] = buildAccessMatrices(buildLargeGraph(1000));
  expect(matrix?.columns).toEqual([{ text: "Buckets", isName: false }]);
  expect(matrix?.rows.every(({ cells: [list] }) => list?.length === 3)).toBe(
    true,
  );
});

describe("forms of text", () => {
  const small = buildGraph([
    ["group a", "role r", "assume"],
    ["role r", "bucket x", "read"],
    ["role r", "bucket x", "write", "under raw/", "gained"],
    ["role r", "bucket y", "read", undefined, "lost"],
  ]);

  test("a terminal has aligned columns, an entry a line", () => {
    expect(buildAccessMatrices(small).map(formatMatrixText)).toEqual([
      [
        "Groups × buckets",
        "Group    x                            y",
        "group a  read                         − read (lost)",
        "         + write under raw/ (gained)",
      ].join("\n"),
    ]);
  });

  test("a terminal has lists in place of a grid that is too wide", () => {
    const name = (place: number) => `${"long-name-".repeat(5)}${place}`;
    const [text = ""] = buildAccessMatrices(
      buildGraph([
        ["group a", "role r", "assume"],
        ...[1, 2, 3].map((place): Right => [
          "role r",
          `bucket ${name(place)}`,
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

  test("Markdown has a table of GitHub's", () => {
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

  test("the matrices are above the list, and a plan without a change says so first", () => {
    const same = buildStageGraph({ changed: false });
    for (const form of [formatAccessText, formatAccessMarkdown]) {
      const text = form(same, { hash: "sha256:0" });
      const places = [
        "This plan changes no access.",
        "Groups × buckets",
        "Principal",
      ];
      const found = places.map((words) => text.indexOf(words));
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
          expect(withoutCode(cell)).toMatch(/^[a-zA-Z ()+−-]*$/);
      }
      const text = formatMatrixText(matrix);
      expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3);
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

function cellsOf(
  rights: Parameters<typeof buildGraph>[0],
): Record<string, Record<string, string[]>> {
  const graph: AccessGraph = buildGraph(rights);
  return Object.assign({}, ...buildAccessMatrices(graph).map(shown)) as Record<
    string,
    Record<string, string[]>
  >;
}

/** The cells that hold something, by row and column. */
function shown({
  columns,
  rows,
}: AccessMatrix): Record<string, Record<string, string[]>> {
  return Object.fromEntries(
    rows.map(({ node, cells }) => [
      `${node.kind} ${node.name}`,
      Object.fromEntries(
        cells.flatMap((entries, place) =>
          entries.length === 0
            ? []
            : [
                [
                  columns[place]?.text ?? "",
                  entries.map((entry) => formatEntry(entry, (text) => text)),
                ],
              ],
        ),
      ),
    ]),
  );
}

/** A cell without its spans of code, which end at as many back-ticks as they begin with. */
function withoutCode(cell: string): string {
  return cell.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, "");
}
