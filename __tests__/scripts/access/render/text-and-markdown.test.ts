import {
  formatAccessMarkdown,
  formatAccessText,
} from "../../../../scripts/lib/access/render/text-and-markdown";
import { displayWidth } from "../../../../scripts/lib/cli/table";
import { buildGraph, buildStageGraph } from "../../../support/access-graphs";
import { redacted } from "../../../support/redacted";
import { NASTY_NAMES } from "../../../support/nasty-names";

const small = buildGraph([
  ["role editors", "bucket data", "write", "under raw/"],
  ["role editors", "bucket data", "read"],
  ["role editors", "bucket data", "list"],
  ["group editors", "role editors", "assume"],
]);

describe("a table for a terminal", () => {
  test("people come before roles, and each is named once", () => {
    expect(listOf(formatAccessText(small))).toBe(
      [
        "Who            May         What          Where",
        "group editors  assume      role editors",
        "role editors   list, read  bucket data",
        "               write       bucket data   under raw/",
      ].join("\n"),
    );
  });

  test("a change has a column with its sign", () => {
    const lines = formatAccessText(
      buildGraph([
        ["role a", "bucket x", "read", undefined, "lost"],
        ["role a", "bucket x", "write", undefined, "gained"],
        ["role a", "bucket y", "read"],
      ]),
    ).split("\n");
    expect(lines).toEqual([
      "Who     May    What      Where  Change",
      "role a  write  bucket x         + gained",
      "        read   bucket x         − lost",
      "        read   bucket y",
    ]);
  });

  test("columns stay aligned beside wide letters and accents", () => {
    const lines = listOf(
      formatAccessText(
        buildGraph([
          ["group 編集者", "role a", "assume"],
          ["group e\u0301ditors", "role b", "assume"],
        ]),
      ),
    ).split("\n");
    const places = lines
      .slice(1)
      .map((line) => displayWidth(line.slice(0, line.indexOf("assume"))));
    expect(new Set(places).size).toBe(1);
  });

  test("the same graph gives the same table in whatever order it comes", () => {
    const { nodes, edges } = buildStageGraph({ changed: true });
    expect(
      formatAccessText({
        nodes: [...nodes].reverse(),
        edges: [...edges].reverse(),
      }),
    ).toBe(formatAccessText({ nodes, edges }));
  });

  test("an edge to what is not listed is shown by its id", () => {
    expect(
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
    ).toContain("resource a  read  resource arn:b");
  });

  test("nothing is a sentence", () => {
    const empty = "No one can do anything.";
    expect(formatAccessText(buildGraph([]))).toBe(empty);
    expect(formatAccessMarkdown(buildGraph([]))).toBe(empty);
  });

  test.each(NASTY_NAMES)("a name with %s stays in its line", (_, name) => {
    const table = listOf(formatAccessText(graphOf(name)));
    expect(table.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(3);
    expect(table.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("a table for Markdown", () => {
  test("names are code", () => {
    expect(listOf(formatAccessMarkdown(small))).toBe(
      [
        "| Who | May | What | Where |",
        "| --- | --- | --- | --- |",
        "| group `editors` | `assume` | role `editors` |  |",
        "| role `editors` | `list`, `read` | bucket `data` |  |",
        "|  | `write` | bucket `data` | `under raw/` |",
      ].join("\n"),
    );
  });

  test.each(NASTY_NAMES)("a name with %s stays one cell of code", (_, name) => {
    const lines = listOf(formatAccessMarkdown(graphOf(name))).split("\n");
    expect(lines).toHaveLength(4);
    for (const line of lines.slice(2)) {
      const cells = line.split(/(?<!\\)\|/).slice(1, -1);
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(withoutCode(cell)).toMatch(/^[a-z ]*$/);
      expect(line).not.toMatch(/\\\\\|/);
    }
  });
});

function graphOf(name: string) {
  return buildGraph([
    [`group ${name}`, `role ${name}`, name === "" ? "read" : name, name],
    [`role ${name}`, `bucket ${name}`, "read", name],
  ]);
}

/** The list of all facts, which is below the matrices. */
function listOf(form: string): string {
  return form.split("\n\n").at(-1) ?? "";
}

/** A cell without its spans of code, which end at as many back-ticks as they begin with. */
function withoutCode(cell: string): string {
  return cell.replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/g, "");
}
