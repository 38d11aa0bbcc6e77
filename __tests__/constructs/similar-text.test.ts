import fc from "fast-check";
import {
  countEdits,
  findSimilar,
  formatSuggestion,
} from "../../constructs/similar-text";

describe("edits", () => {
  test.each([
    ["", "", 0],
    ["", "abc", 3],
    ["wset", "west", 1],
    ["wes", "west", 1],
    ["wwest", "west", 1],
    ["wost", "west", 1],
    ["esat", "east", 1],
    ["swet", "west", 2],
    ["north", "south", 2],
  ])("from %j to %j are %i", (one, other, count) => {
    expect(countEdits(one, other)).toBe(count);
    expect(countEdits(other, one)).toBe(count);
  });

  test("are none only between equal texts, and at most the longer length", () => {
    const text = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const count = countEdits(one, other);
        expect(count === 0).toBe(one === other);
        expect(count).toBe(countEdits(other, one));
        expect(count).toBeLessThanOrEqual(Math.max(one.length, other.length));
      }),
    );
  });
});

test("similar names are those with the fewest edits", () => {
  const names = ["us-west-1", "us-west-2", "us-east-1"];
  expect(findSimilar("us-wset-2", names, 2)).toEqual(["us-west-2"]);
  expect(findSimilar("us-west-9", names, 2)).toEqual([
    "us-west-1",
    "us-west-2",
  ]);
  expect(findSimilar("oregon", names, 2)).toEqual([]);
  expect(findSimilar("us-west", names, 1)).toEqual([]);
});

test("a suggestion is a question", () => {
  expect(formatSuggestion(["a", "b"])).toBe("did you mean a or b?");
});
