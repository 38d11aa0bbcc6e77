import { createValidationError, UserError } from "../../constructs/errors";

describe("UserError", () => {
  test("has a message and no hint", () => {
    const error = new UserError("stage is required");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("UserError");
    expect(error.message).toBe("stage is required");
    expect(error.hint).toBeUndefined();
  });

  test("has a hint", () => {
    expect(new UserError("no stage", "set STAGE").hint).toBe("set STAGE");
  });
});

describe("createValidationError", () => {
  test("lists each error on one line", () => {
    const error = createValidationError("stack", ["one", "two"]);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe("stack: 2 problems\n  - one\n  - two");
  });

  test("uses the singular for one error", () => {
    expect(createValidationError("stack", ["one"]).message).toBe(
      "stack: 1 problem\n  - one",
    );
  });
});
