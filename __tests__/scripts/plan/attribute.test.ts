import {
  toBlocks,
  readBoolean,
  hasUnknown,
  isAttributes,
  isEmpty,
  readNumber,
  readAttribute,
  readText,
  toTexts,
  Unknown,
  type Attributes,
  type Value,
} from "../../../scripts/lib/plan/attribute";
import { redacted } from "../../support/redacted";

const UNKNOWN = new Unknown(false);
const COMPUTED = new Unknown(true);

const VALUES: Attributes = {
  text: redacted("a"),
  empty: redacted(""),
  nothing: null,
  zero: 0,
  off: false,
  later: UNKNOWN,
  byAws: COMPUTED,
  block: [{ length: 12, later: UNKNOWN }],
  object: { length: redacted("12"), isOn: redacted("true") },
  blocks: [{ length: 1 }, { length: 2 }],
  none: [],
};

test.each<[string, "known" | "unknown" | "absent"]>([
  ["text", "known"],
  ["empty", "known"],
  ["zero", "known"],
  ["off", "known"],
  ["none", "known"],
  ["nothing", "absent"],
  ["missing", "absent"],
  ["later", "unknown"],
  ["byAws", "unknown"],
  ["later.part", "unknown"],
  ["later.part.part", "unknown"],
  ["block.length", "known"],
  ["block.later", "unknown"],
  ["block.missing", "absent"],
  ["object.length", "known"],
  ["blocks.length", "known"],
  ["none.length", "absent"],
  ["text.length", "absent"],
  ["toString", "absent"],
  ["constructor.name", "absent"],
  ["__proto__", "absent"],
])("the attribute %s is %s", (path, kind) => {
  expect(readAttribute(VALUES, path).kind).toBe(kind);
});

test("every attribute of no values is absent", () => {
  expect(readAttribute(undefined, "a").kind).toBe("absent");
});

test("other values are not read as a string, number or boolean", () => {
  for (const path of ["later", "byAws", "nothing", "missing", "block"]) {
    expect(readText(VALUES, path)).toBeUndefined();
    expect(readNumber(VALUES, path)).toBeUndefined();
    expect(readBoolean(VALUES, path)).toBeUndefined();
  }
  expect(readText(VALUES, "empty")).toBeUndefined();
  expect(readNumber(VALUES, "empty")).toBeUndefined();
  expect(readNumber(VALUES, "text")).toBeUndefined();
  expect(readNumber(VALUES, "off")).toBeUndefined();
  expect(readBoolean(VALUES, "zero")).toBeUndefined();
});

test("numbers and booleans can be strings, and blocks lists", () => {
  expect(readText(VALUES, "text")).toBe("a");
  expect(readNumber(VALUES, "zero")).toBe(0);
  expect(readNumber(VALUES, "block.length")).toBe(12);
  expect(readNumber(VALUES, "object.length")).toBe(12);
  expect(readBoolean(VALUES, "off")).toBe(false);
  expect(readBoolean(VALUES, "object.isOn")).toBe(true);
});

test("strings and blocks exclude unknown values", () => {
  expect(toTexts([redacted("a"), UNKNOWN, 1, null])).toEqual(["a"]);
  expect(toTexts(UNKNOWN)).toEqual([]);
  expect(toTexts(redacted("a"))).toEqual([]);
  expect(toBlocks([{ a: 1 }, UNKNOWN, 1])).toEqual([{ a: 1 }]);
  expect(toBlocks({ a: 1 })).toEqual([{ a: 1 }]);
  expect(toBlocks(UNKNOWN)).toEqual([]);
  expect(isAttributes(UNKNOWN)).toBe(false);
});

test.each<[string, Value | undefined, boolean]>([
  ["itself", UNKNOWN, true],
  ["a member", [redacted("a"), UNKNOWN], true],
  ["a part of a block in a list", [{ a: [{ b: UNKNOWN }] }], true],
  ["nothing", [{ a: [{ b: 1 }] }], false],
  ["nothing that the code sets", [{ a: COMPUTED }, COMPUTED], false],
  ["nothing of a value that is not set", undefined, false],
])("a value is unknown because of %s", (_, value, expected) => {
  expect(hasUnknown(value)).toBe(expected);
});

test.each<[Value | undefined, boolean]>([
  [undefined, true],
  [null, true],
  [redacted(""), true],
  [false, true],
  [[], true],
  [{}, true],
  [[{ a: null, b: [] }], true],
  [COMPUTED, true],
  [UNKNOWN, false],
  [[UNKNOWN], false],
  [{ a: UNKNOWN }, false],
  [0, false],
  [redacted("a"), false],
  [true, false],
])("%j is empty: %s", (value, expected) => {
  expect(isEmpty(value)).toBe(expected);
});
