import { ClientError } from "../../../scripts/lib/client/client-error";
import {
  BOOLEAN,
  FUNCTION,
  NAMES,
  requireValidOptions,
  TEXT,
} from "../../../scripts/lib/client/options";

const RULES = { id: TEXT, names: NAMES, log: FUNCTION, isOn: BOOLEAN };

function getError(options: unknown): ClientError | undefined {
  try {
    requireValidOptions("example", options as object, RULES as never);
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  return undefined;
}

test.each([
  {},
  { id: "a", names: ["b"], log: console.log, isOn: false },
  { id: undefined, names: ["a:b", "c"] },
])("options %# are valid", (options) => {
  expect(getError(options)).toBeUndefined();
});

test.each<[unknown, string]>([
  [undefined, "the options of example must be an object, got undefined"],
  [null, "the options of example must be an object, got null"],
  ["a-secret", "the options of example must be an object, got another text"],
  [{ ID: "a" }, 'example: there is no option "ID"'],
  [{ id: "" }, "example: id must be text without blanks, got empty text"],
  [{ id: "a b" }, "example: id must be text without blanks, got another text"],
  [{ id: 1 }, "example: id must be text without blanks, got a number"],
  [{ id: null }, "example: id must be text without blanks, got null"],
  [
    { names: "a" },
    "example: names must be a list of names without blanks that is not empty, got another text",
  ],
  [
    { names: ["a b"] },
    "example: names must be a list of names without blanks that is not empty, got another list",
  ],
  [
    { names: [] },
    "example: names must be a list of names without blanks that is not empty, got an empty list",
  ],
  [{ isOn: "yes" }, "example: isOn must be true or false, got another text"],
  [
    { log: {}, other: 1 },
    'example: there is no option "other"; log must be a function, got an object',
  ],
])("options %j are invalid", (options, message) => {
  expect(getError(options)).toMatchObject({ code: "invalid_option", message });
});

test("the hint of an unknown option lists the options", () => {
  expect(getError({ ID: "a" })?.hint).toBe(
    "its options are id, names, log, isOn",
  );
});
