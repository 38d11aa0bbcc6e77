import { createValidationError, UserError } from "../../constructs/errors";

describe("a user's error", () => {
  test("has a message, and no hint unless one is given", () => {
    const error = new UserError("stage must be given, got nothing");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("UserError");
    expect(error.message).toBe("stage must be given, got nothing");
    expect(error.hint).toBeUndefined();
  });

  test("says what to do", () => {
    expect(new UserError("no stage", "set STAGE").hint).toBe("set STAGE");
  });
});

describe("the error of several problems", () => {
  test("lists each on a line of its own", () => {
    const error = createValidationError("stack", ["one", "two"]);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("stack: 2 problems\n  - one\n  - two");
  });

  test("counts a single one in the singular", () => {
    expect(createValidationError("stack", ["one"]).message).toBe(
      "stack: 1 problem\n  - one",
    );
  });
});
