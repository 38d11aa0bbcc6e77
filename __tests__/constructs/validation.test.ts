import { Lazy, Token } from "cdktf";
import { RootConstruct } from "constructs";
import type { Limit } from "../../constructs/constraints";
import {
  check,
  checkEach,
  addValidationErrors,
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

describe("reported problems", () => {
  test("are none where nothing is wrong", () => {
    const construct = new RootConstruct();
    addValidationErrors(construct);
    addValidationErrors(construct, undefined, undefined);
    expect(construct.node.validate()).toEqual([]);
  });

  test("are told together when the tree is validated, those of several reports too", () => {
    const construct = new RootConstruct();
    addValidationErrors(construct, "one", undefined, "two");
    addValidationErrors(construct, "three");
    expect(construct.node.validate()).toEqual(["one", "two", "three"]);
  });
});

describe("a checked value", () => {
  test("is nothing to tell of where it is accepted", () => {
    expect(check(SHORT, "abc")).toBeUndefined();
    expect(check(SMALL, 3)).toBeUndefined();
  });

  test("is told of by the limit's own subject, or by another", () => {
    expect(check(SHORT, "abcd")).toBe(
      'word must be at most 3 characters, got "abcd"',
    );
    expect(check(SMALL, 4, "days")).toBe("days must be at most 3, got 4");
  });

  test("passes where Terraform alone will know it", () => {
    expect(check(SHORT, createUnknownText())).toBeUndefined();
    expect(check(SHORT, `prefix-${createUnknownText()}`)).toBeUndefined();
    expect(
      check(SMALL, Token.asNumber(Lazy.numberValue({ produce: () => 9 }))),
    ).toBeUndefined();
  });
});

describe("checked values", () => {
  test("are nothing to tell of where each is accepted and comes once", () => {
    const problems = checkEach(SHORT, ["a", "b", createUnknownText()]);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
    expect(checkEach(SHORT, [])).toEqual([]);
  });

  test("are told of one by one, and where one comes twice", () => {
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
