import { Lazy, Token } from "cdktf";
import { RootConstruct } from "constructs";
import type { Limit } from "../../constructs/constraints";
import {
  addValidationErrors,
  check,
  checkEach,
} from "../../constructs/validation";
import { createUnknownText } from "../support/synth";

const SHORT: Limit<string> = {
  subject: "word",
  expected: "at most 3 characters",
  allows: (value) => value.length <= 3,
};
const SMALL: Limit<number> = {
  subject: "number",
  expected: "at most 3",
  allows: (value) => value <= 3,
};

describe("addValidationErrors", () => {
  test("adds nothing if there are no errors", () => {
    const construct = new RootConstruct();
    addValidationErrors(construct);
    addValidationErrors(construct, undefined, undefined);
    expect(construct.node.validate()).toEqual([]);
  });

  test("adds the errors of several calls", () => {
    const construct = new RootConstruct();
    addValidationErrors(construct, "one", undefined, "two");
    addValidationErrors(construct, "three");
    expect(construct.node.validate()).toEqual(["one", "two", "three"]);
  });
});

describe("check", () => {
  test("returns undefined for a valid value", () => {
    expect(check(SHORT, "abc")).toBeUndefined();
    expect(check(SMALL, 3)).toBeUndefined();
  });

  test("uses the limit's subject, or another", () => {
    expect(check(SHORT, "abcd")).toBe(
      'word must be at most 3 characters, got "abcd"',
    );
    expect(check(SMALL, 4, "days")).toBe("days must be at most 3, got 4");
  });

  test("allows a value that only Terraform knows", () => {
    expect(check(SHORT, createUnknownText())).toBeUndefined();
    expect(check(SHORT, `prefix-${createUnknownText()}`)).toBeUndefined();
    expect(
      check(SMALL, Token.asNumber(Lazy.numberValue({ produce: () => 9 }))),
    ).toBeUndefined();
  });
});

describe("checkEach", () => {
  test("returns no errors for valid and unique values", () => {
    const problems = checkEach(SHORT, ["a", "b", createUnknownText()]);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    expect(checkEach(SHORT, [])).toEqual([]);
  });

  test("returns an error for each invalid and each repeated value", () => {
    expect(
      checkEach(SHORT, ["abcd", "a", "efgh", "a"]).filter(
        (problem) => problem !== undefined,
      ),
    ).toEqual([
      'word must be at most 3 characters, got "abcd"',
      'word must be at most 3 characters, got "efgh"',
      'word must be unique, got "a" twice',
    ]);
  });
});
