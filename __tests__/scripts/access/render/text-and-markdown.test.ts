import {
  formatAccessMarkdown,
  formatAccessText,
} from "../../../../scripts/lib/access/render/text-and-markdown";
import { displayWidth } from "../../../../scripts/lib/cli/table";
import { buildGraph, buildStageGraph } from "../../../support/access-graphs";
import { NASTY_NAMES } from "../../../support/nasty-names";
import { redacted } from "../../../support/redacted";

const small = buildGraph([
  ["role editors", "bucket data", "write", "under raw/"],
  ["role editors", "bucket data", "read"],
  ["role editors", "bucket data", "list"],
  ["group editors", "role editors", "assume"],
]);

describe("text", () => {
  test("groups come before roles, and each principal is named once", () => {
    expect(getTable(formatAccessText(small))).toBe(
      [
        "Principal      Permission  Resource      Condition",
        "group editors  assume      role editors",
        "role editors   list, read  bucket data",
        "               write       bucket data   under raw/",
      ].join("\n"),
    );
  });

  test("a change has a column with its sign", () => {
    const [header, ...rows] = parseText(
      formatAccessText(
        buildGraph([
          ["role a", "bucket x", "read", undefined, "lost"],
          ["role a", "bucket x", "write", undefined, "gained"],
          ["role a", "bucket y", "read"],
        ]),
      ),
    );
    expect(header?.at(-1)).toBe("Change");
    expect(rows).toEqual([
      ["role a", "write", "bucket x", "+ gained"],
      ["", "read", "bucket x", "− lost"],
      ["", "read", "bucket y"],
    ]);
  });

  test("columns stay aligned next to wide characters and accents", () => {
    const lines = getTable(
      formatAccessText(
        buildGraph([
          ["group 編集者", "role a", "assume"],
          ["group e\u0301ditors", "role b", "assume"],
        ]),
      ),
    ).split("\n");
    const offsets = lines
      .slice(1)
      .map((line) => displayWidth(line.slice(0, line.indexOf("assume"))));
    expect(new Set(offsets).size).toBe(1);
  });

  test("the order of nodes and edges does not change the table", () => {
    const { nodes, edges } = buildStageGraph({ changed: true });
    expect(
      formatAccessText({
        nodes: [...nodes].reverse(),
        edges: [...edges].reverse(),
      }),
    ).toBe(formatAccessText({ nodes, edges }));
  });

  test("an id that only an edge names is a resource", () => {
    const [, row] = parseText(
      formatAccessText({
        nodes: [],
        edges: [
          {
            from: redacted("a"),
            to: redacted("arn:b"),
            can: redacted("read"),
            change: "same",
          },
        ],
      }),
    );
    expect(row).toEqual(["resource a", "read", "resource arn:b"]);
  });

  test("a graph without access is one sentence", () => {
    const empty = "No one can do anything.";
    expect(formatAccessText(buildGraph([]))).toBe(empty);
    expect(formatAccessMarkdown(buildGraph([]))).toBe(empty);
  });

  test.each(NASTY_NAMES)("a name with %s stays on its line", (_, name) => {
    const table = getTable(formatAccessText(buildNamedGraph(name)));
    expect(table.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3);
    expect(table.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("Markdown", () => {
  test("names are code spans", () => {
    const [, , ...rows] = getTable(formatAccessMarkdown(small)).split("\n");
    expect(rows).toEqual([
      "| group `editors` | `assume` | role `editors` |  |",
      "| role `editors` | `list`, `read` | bucket `data` |  |",
      "|  | `write` | bucket `data` | `under raw/` |",
    ]);
  });

  test.each(NASTY_NAMES)("a name with %s stays in one code span", (_, name) => {
    const lines = getTable(formatAccessMarkdown(buildNamedGraph(name))).split(
      "\n",
    );
    expect(lines).toHaveLength(4);
    for (const line of lines.slice(2)) {
      const cells = line.split(/(?<!\\)\|/).slice(1, -1);
      expect(cells).toHaveLength(4);
      for (const cell of cells)
        expect(removeCodeSpans(cell)).toMatch(/^[a-z ]*$/);
      expect(line).not.toMatch(/\\\\\|/);
    }
  });
});

function buildNamedGraph(name: string) {
  return buildGraph([
    [`group ${name}`, `role ${name}`, name === "" ? "read" : name, name],
    [`role ${name}`, `bucket ${name}`, "read", name],
  ]);
}

/** Returns the table of all access, which is the last part. */
function getTable(output: string): string {
  return output.split("\n\n").at(-1) ?? "";
}

function parseText(output: string): string[][] {
  return getTable(output)
    .split("\n")
    .map((line) => line.split(/ {2,}/));
}

/** Removes code spans, which end at as many backticks as they begin with. */
function removeCodeSpans(cell: string): string {
  return cell.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, "");
}
