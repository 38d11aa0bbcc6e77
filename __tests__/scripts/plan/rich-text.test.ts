import {
  joinTexts,
  listNames,
  listSomeNames,
  literal,
  text,
  toPlainText,
} from "../../../scripts/lib/plan/rich-text";
import { formatValue, Unknown } from "../../../scripts/lib/plan/attribute";
import { redacted, redactedValues } from "../../support/redacted";

const NAMES = ["a", "b", "c"].map(redacted);

test("a template separates names from literals", () => {
  expect(text`group ${redacted("readers")} has ${2} roles`).toEqual([
    "group ",
    { name: "readers" },
    " has ",
    "2",
    " roles",
  ]);
});

test("a nested sentence retains its names", () => {
  const inner = text`role ${redacted("r")}`;
  expect(text`${inner} of ${redacted("p")}`).toEqual([
    "role ",
    { name: "r" },
    " of ",
    { name: "p" },
  ]);
});

test.each([
  [0, ""],
  [1, "a"],
  [2, "a and b"],
  [3, "a, b and c"],
])("%d names are listed as %j", (count, expected) => {
  expect(toPlainText(listNames(NAMES.slice(0, count)))).toBe(expected);
});

test("the first of many names are listed, and the others counted", () => {
  expect(toPlainText(listSomeNames(NAMES, 2))).toBe("a, b, and 1 more");
  expect(toPlainText(listSomeNames(NAMES, 3))).toBe("a, b and c");
});

test("sentences are joined", () => {
  expect(toPlainText(joinTexts([text`x`, text`y`, text`z`]))).toBe("x, y, z");
  expect(toPlainText(joinTexts([text`x`, text`y`], literal(" or ")))).toBe(
    "x or y",
  );
});

test.each<[unknown, string]>([
  ["word", "word"],
  ["two words", '"two words"'],
  ["a,b", '"a,b"'],
  ["", '""'],
  [0, "0"],
  [false, "false"],
  [null, "(not set)"],
  [["b", "a"], '["a","b"]'],
  [{ b: 1, a: [2, 1] }, '{"a":[2,1],"b":1}'],
])("the value %j is formatted as %s", (value, expected) => {
  expect(formatValue(redactedValues({ value }).value)).toBe(expected);
});

test("values that are not set or unknown are marked at any depth", () => {
  const later = new Unknown(false);
  expect(formatValue(undefined)).toBe("(not set)");
  expect(formatValue(later)).toBe("(known only after apply)");
  expect(formatValue([{ a: later }])).toBe(
    '[{"a":"(known only after apply)"}]',
  );
});
