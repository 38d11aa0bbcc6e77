import fc from "fast-check";
import { globMatches, witnesses } from "../../../scripts/lib/access/globs";

/** Patterns and texts over so few letters that they often fit. */
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
])("%s fits %s: %s", (pattern, text, fits) => {
  expect(globMatches(pattern, text)).toBe(fits);
});

test("a pattern fits what the same regular expression does", () => {
  fc.assert(
    fc.property(PATTERN, TEXT, (pattern, text) => {
      expect(globMatches(pattern, text)).toBe(asRegExp(pattern).test(text));
    }),
  );
});

test("every two patterns that fit one text fit one witness", () => {
  fc.assert(
    fc.property(PATTERN, PATTERN, TEXT, (one, other, text) => {
      fc.pre(globMatches(one, text) && globMatches(other, text));
      const shared = witnesses([one, other]).filter(
        (witness) => globMatches(one, witness) && globMatches(other, witness),
      );
      expect(shared).not.toHaveLength(0);
    }),
  );
});

test("a pattern that another does not hold has a witness that only it fits", () => {
  const found = witnesses(["s3:*", "s3:Get*"]);
  expect(
    found.some(
      (witness) =>
        globMatches("s3:*", witness) && !globMatches("s3:Get*", witness),
    ),
  ).toBe(true);
});
