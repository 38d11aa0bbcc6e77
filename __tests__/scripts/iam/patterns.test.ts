import fc from "fast-check";
import {
  isGlobSuperset,
  isGlobMatch,
  sampleTexts,
} from "../../../scripts/lib/iam/patterns";

/** Patterns and texts with few letters, so that many match. */
const PATTERN = fc
  .array(fc.constantFrom("a", "b", "*", "?"), { maxLength: 6 })
  .map((parts) => parts.join(""));
const TEXT = fc
  .array(fc.constantFrom("a", "b", "c"), { maxLength: 8 })
  .map((parts) => parts.join(""));

function asRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

test.each([
  ["s3:Get*", "s3:GetObject", true],
  ["s3:Get*", "s3:PutObject", false],
  ["*", "", true],
  ["?", "", false],
  ["a*b*c", "axxbyyc", true],
  ["a*b*c", "axxcyyb", false],
  ["arn:aws:s3:::b/*", "arn:aws:s3:::b/x/y", true],
  ["arn:aws:s3:::b/*", "arn:aws:s3:::b", false],
])("%s matches %s: %s", (pattern, text, expected) => {
  expect(isGlobMatch(pattern, text)).toBe(expected);
});

test("a pattern matches the same texts as a regular expression", () => {
  fc.assert(
    fc.property(PATTERN, TEXT, (pattern, text) => {
      expect(isGlobMatch(pattern, text)).toBe(asRegExp(pattern).test(text));
    }),
  );
});

test("two patterns that match the same text match the same sample", () => {
  fc.assert(
    fc.property(PATTERN, PATTERN, TEXT, (one, other, text) => {
      fc.pre(isGlobMatch(one, text) && isGlobMatch(other, text));
      const shared = sampleTexts([one, other]).filter(
        (sample) => isGlobMatch(one, sample) && isGlobMatch(other, sample),
      );
      expect(shared).not.toHaveLength(0);
    }),
  );
});

test("a pattern has a sample that a pattern not covering it does not match", () => {
  const found = sampleTexts(["s3:*", "s3:Get*"]);
  expect(
    found.some(
      (sample) =>
        isGlobMatch("s3:*", sample) && !isGlobMatch("s3:Get*", sample),
    ),
  ).toBe(true);
});

test.each([
  ["a*", "a?", true],
  ["a?", "a*", false],
  ["*", "?*", true],
  ["a", "a", true],
  ["?", "?", true],
  ["a?c", "abc", true],
])("%s covers %s: %s", (pattern, other, expected) => {
  expect(isGlobSuperset(pattern, other)).toBe(expected);
});

test("a pattern that covers another matches the same texts", () => {
  fc.assert(
    fc.property(PATTERN, PATTERN, TEXT, (pattern, other, text) => {
      fc.pre(isGlobSuperset(pattern, other) && isGlobMatch(other, text));
      expect(isGlobMatch(pattern, text)).toBe(true);
    }),
  );
});
