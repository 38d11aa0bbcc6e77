import fc from "fast-check";
import { findJsonError } from "../../../scripts/lib/system/json-position";
import { parseJson } from "../../../scripts/lib/system/json-object";

test.each<[text: string, line: number, column: number]>([
  ["", 1, 1],
  ["{", 1, 2],
  ["[a]", 1, 2],
  ["[1,]", 1, 4],
  ['[{"a": 1}\n {"b": 2}]', 2, 2],
  ['[\n  {\n    "a": 1\n    "b": 2\n  }\n]', 4, 5],
  ['[{"a": 1,}]', 1, 10],
  ['[{"a" 1}]', 1, 7],
  ["[{a: 1}]", 1, 3],
  ["[] []", 1, 4],
  ['["a\nb"]', 1, 2],
  ["[01]", 1, 3],
])("%j is JSON up to line %i, column %i", (text, line, column) => {
  expect(findJsonError(text)).toEqual({ line, column });
});

test("a text has no error exactly if it is JSON", () => {
  const mutated = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", '"', "]", "{", "1"))
    .map(([json, seed, insert]) => {
      const at = seed % (json.length + 1);
      return json.slice(0, at) + insert + json.slice(at + (seed % 2));
    });
  fc.assert(
    fc.property(fc.oneof(fc.json(), mutated), (text) => {
      expect(findJsonError(text) === undefined).toBe(
        parseJson(text) !== undefined,
      );
    }),
  );
});
