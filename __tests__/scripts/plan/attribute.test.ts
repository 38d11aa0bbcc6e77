import {
  blocks,
  booleanAt,
  hasUnknown,
  isAttributes,
  isEmpty,
  numberAt,
  read,
  textAt,
  texts,
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
  expect(read(VALUES, path).kind).toBe(kind);
});

test("of no values everything is absent", () => {
  expect(read(undefined, "a").kind).toBe("absent");
});

test("a text, a number or a switch is never guessed", () => {
  for (const path of ["later", "byAws", "nothing", "missing", "block"]) {
    expect(textAt(VALUES, path)).toBeUndefined();
    expect(numberAt(VALUES, path)).toBeUndefined();
    expect(booleanAt(VALUES, path)).toBeUndefined();
  }
  expect(textAt(VALUES, "empty")).toBeUndefined();
  expect(numberAt(VALUES, "empty")).toBeUndefined();
  expect(numberAt(VALUES, "text")).toBeUndefined();
  expect(numberAt(VALUES, "off")).toBeUndefined();
  expect(booleanAt(VALUES, "zero")).toBeUndefined();
});

test("numbers and switches may be texts, and blocks lists of one", () => {
  expect(textAt(VALUES, "text")).toBe("a");
  expect(numberAt(VALUES, "zero")).toBe(0);
  expect(numberAt(VALUES, "block.length")).toBe(12);
  expect(numberAt(VALUES, "object.length")).toBe(12);
  expect(booleanAt(VALUES, "off")).toBe(false);
  expect(booleanAt(VALUES, "object.isOn")).toBe(true);
});

test("lists and blocks leave out what is unknown", () => {
  expect(texts([redacted("a"), LATER, 1, null])).toEqual(["a"]);
  expect(texts(LATER)).toEqual([]);
  expect(texts(redacted("a"))).toEqual([]);
  expect(blocks([{ a: 1 }, LATER, 1])).toEqual([{ a: 1 }]);
  expect(blocks({ a: 1 })).toEqual([{ a: 1 }]);
  expect(blocks(LATER)).toEqual([]);
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
