import {
  displayWidth,
  formatMarkdownTable,
  formatTextTable,
  truncateMiddle,
} from "../../../scripts/lib/cli/table";

test.each([
  ["bucket", 6],
  ["編集", 4],
  ["e\u0301", 1],
  ["\u{1f512}", 2],
  ["", 0],
])("%j is %d columns wide", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

test.each([
  ["bucket", 6, "bucket"],
  ["veda-auth-editors", 9, "veda…tors"],
  ["veda-auth-editors", 8, "veda…ors"],
  ["編集編集編集", 7, "編…集"],
  ["\u{1f512}\u{1f512}\u{1f512}", 5, "\u{1f512}…\u{1f512}"],
  ["bucket", 1, "…"],
])("%j in %d columns is %j", (text, width, short) => {
  expect(truncateMiddle(text, width)).toBe(short);
});

test("columns of a text table align by display width, without trailing spaces", () => {
  expect(
    formatTextTable([
      ["編集", "x"],
      ["a", "longer", ""],
    ]),
  ).toEqual(["編集  x", "a     longer"]);
});

test("a Markdown table has a separator below its header", () => {
  expect(
    formatMarkdownTable([
      ["Name", "Size"],
      ["a", "1"],
    ]),
  ).toBe(["| Name | Size |", "| --- | --- |", "| a | 1 |"].join("\n"));
});
