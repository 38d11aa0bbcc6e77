import {
  formatTextTable,
  padToWidth,
  truncateMiddle,
  displayWidth,
} from "../../../scripts/lib/cli/table";

test.each([
  ["bucket", 6],
  ["編集", 4],
  ["e\u0301", 1],
  ["\u{1f512}", 2],
  ["", 0],
])("%j takes %d columns", (text, width) => {
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

test("a text is filled up, never cut", () => {
  expect(padToWidth("編", 4)).toBe("編  ");
  expect(padToWidth("bucket", 2)).toBe("bucket");
});

test("cells are aligned by what is shown of them, without spaces at the end", () => {
  expect(
    formatTextTable([
      ["編集", "x"],
      ["a", "longer", ""],
    ]),
  ).toEqual(["編集  x", "a     longer"]);
});
