import {
  escapeControlCharacters,
  escapeMarkdown,
  formatCodeBlock,
} from "../../../scripts/lib/cli/escape";

test("text cannot end a code block, nor contain Markdown", () => {
  const block = formatCodeBlock("a\n```\n</details>\n````");
  expect(block).toBe("`````text\na\n```\n</details>\n````\n`````");
  expect(escapeMarkdown("<b> @all `x` [a](b) | *c*_d_")).toBe(
    "\\<b\\> @\u200ball \\`x\\` \\[a\\](b) \\| \\*c\\*\\_d\\_",
  );
});

test("a code block is shorter than GitHub's limit", () => {
  const long = formatCodeBlock("a".repeat(2_000_000));
  expect(long.length).toBeLessThan(2 ** 20);
  expect(long).toMatch(/a\n… the rest is in the log\n```$/);
});

test.each([
  ["a line feed", "a\nb", "a\\u000ab"],
  ["an escape", "\u001b[2J", "\\u001b[2J"],
  ["a direction mark", "a\u202eb", "a\\u202eb"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["a zero-width space", "a\u200bb", "a\\u200bb"],
  ["a lone surrogate", "a\ud800b", "a\\ud800b"],
  ["nothing in plain text", "ä – 漢字 🛰", "ä – 漢字 🛰"],
])("%s is escaped", (_, raw, expected) => {
  expect(escapeControlCharacters(raw)).toBe(expected);
});
