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

const LATER = new Unknown(false);
const BY_AWS = new Unknown(true);

const VALUES: Attributes = {
  text: redacted("a"),
  empty: redacted(""),
  nothing: null,
  zero: 0,
  off: false,
  later: LATER,
  byAws: BY_AWS,
  block: [{ length: 12, later: LATER }],
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
])("reading %s finds it %s", (path, kind) => {
  expect(readAttribute(VALUES, path).kind).toBe(kind);
});

test("of no values everything is absent", () => {
  expect(readAttribute(undefined, "a").kind).toBe("absent");
});

test("a text, a number or a switch is never guessed", () => {
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

test("numbers and switches may be texts, and blocks lists of one", () => {
  expect(readText(VALUES, "text")).toBe("a");
  expect(readNumber(VALUES, "zero")).toBe(0);
  expect(readNumber(VALUES, "block.length")).toBe(12);
  expect(readNumber(VALUES, "object.length")).toBe(12);
  expect(readBoolean(VALUES, "off")).toBe(false);
  expect(readBoolean(VALUES, "object.isOn")).toBe(true);
});

test("lists and blocks leave out what is unknown", () => {
  expect(toTexts([redacted("a"), LATER, 1, null])).toEqual(["a"]);
  expect(toTexts(LATER)).toEqual([]);
  expect(toTexts(redacted("a"))).toEqual([]);
  expect(toBlocks([{ a: 1 }, LATER, 1])).toEqual([{ a: 1 }]);
  expect(toBlocks({ a: 1 })).toEqual([{ a: 1 }]);
  expect(toBlocks(LATER)).toEqual([]);
  expect(isAttributes(LATER)).toBe(false);
});

test.each<[string, Value | undefined, boolean]>([
  ["itself", LATER, true],
  ["a member", [redacted("a"), LATER], true],
  ["a part of a block in a list", [{ a: [{ b: LATER }] }], true],
  ["nothing", [{ a: [{ b: 1 }] }], false],
  ["nothing that the code decides", [{ a: BY_AWS }, BY_AWS], false],
  ["nothing of a value that is not set", undefined, false],
])("a value is found to be unknown by %s", (_, value, expected) => {
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
  [BY_AWS, true],
  [LATER, false],
  [[LATER], false],
  [{ a: LATER }, false],
  [0, false],
  [redacted("a"), false],
  [true, false],
])("%j is empty: %s", (value, expected) => {
  expect(isEmpty(value)).toBe(expected);
});
