import { UserError } from "../../../constructs/errors";
import {
  addDays,
  hasExpired,
  parseAllowances,
} from "../../../scripts/lib/review/allowances";

const TODAY = "2026-11-23";
const ENTRY = {
  address: "aws_cognito_user_group.old",
  rule: "group-destroyed",
  reason: "agreed",
  expires: TODAY,
};

test("an allow-list is read, with one rule or several in an entry", () => {
  const list = [
    ENTRY,
    { ...ENTRY, stage: "dev", rule: ["group-destroyed", "role-destroyed"] },
  ];
  const { rule, ...rest } = ENTRY;
  expect(parseAllowances(JSON.stringify(list), TODAY)).toEqual([
    { ...rest, rules: [rule] },
    { ...rest, stage: "dev", rules: ["group-destroyed", "role-destroyed"] },
  ]);
});

test("an entry applies on its last day, and not on the next one", () => {
  const days = [TODAY, "2026-11-24"].map((today) =>
    parseAllowances(JSON.stringify([ENTRY]), TODAY).map((entry) =>
      hasExpired(entry, today),
    ),
  );
  expect(days).toEqual([[false], [true]]);
});

test("an entry may apply for 400 days, and not longer", () => {
  const list = (expires: string): string =>
    JSON.stringify([{ ...ENTRY, expires }]);
  expect(addDays(TODAY, 400)).toBe("2027-12-28");
  expect(parseAllowances(list("2027-12-28"), TODAY)).toHaveLength(1);
  expect(() => parseAllowances(list("2027-12-29"), TODAY)).toThrow(
    "entry 1: expires must be at most 400 days ahead (2027-12-28), got 2027-12-29",
  );
  expect(() => parseAllowances(list("2999-12-31"), TODAY)).toThrow(
    "at most 400 days ahead",
  );
});

test.each<[string, unknown, string]>([
  ["no list", {}, 'must be a list of {"address", "rule", "reason", "expires"}'],
  ["an entry that is no object", [1], "entry 1: it must be an object"],
  [
    "an entry without a rule",
    [{ ...ENTRY, rule: undefined }],
    "entry 1: rule is required",
  ],
  ["an entry with no rules", [{ ...ENTRY, rule: [] }], "rule is required"],
  [
    "a rule that does not exist",
    [{ ...ENTRY, rule: "group-lost" }],
    'rule must be the name of a rule, got "group-lost"',
  ],
  [
    "a rule with a typing error",
    [{ ...ENTRY, rule: ["role-destroyed", "Group_Destroyed"] }],
    'got "Group_Destroyed"; did you mean group-destroyed?',
  ],
  [
    "a rule with the name of a method",
    [{ ...ENTRY, rule: "toString" }],
    'rule must be the name of a rule, got "toString"',
  ],
  [
    "a misspelled rule",
    [{ ...ENTRY, rule: "user-pool-replacd" }],
    'got "user-pool-replacd"; did you mean user-pool-replaced?',
  ],
  [
    "a misspelled rule that is similar to two",
    [{ ...ENTRY, rule: "group-destroyd" }],
    "did you mean group-destroyed?",
  ],
  ["a rule that is no text", [{ ...ENTRY, rule: 1 }], "got 1"],
  [
    "no reason",
    [{ ...ENTRY, reason: undefined }],
    "entry 1: reason must be a text that is not empty",
  ],
  ["an empty reason", [{ ...ENTRY, reason: " " }], "reason must be a text"],
  ...[
    "explain why this change is intended",
    " Explain why this change is intended. ",
    "…",
    "...",
  ].map((reason): [string, unknown, string] => [
    `the reason ${reason}`,
    [{ ...ENTRY, reason }],
    `entry 1: reason must explain why the change is intended, got the example ${JSON.stringify(reason)}`,
  ]),
  [
    "no last day",
    [{ ...ENTRY, expires: undefined }],
    "expires must be a day such as 2027-02-21, got null",
  ],
  [
    "a day that does not exist",
    [{ ...ENTRY, expires: "2027-02-30" }],
    'got "2027-02-30"',
  ],
  [
    "a time",
    [{ ...ENTRY, expires: "2027-01-01T00:00:00Z" }],
    "expires must be a day",
  ],
  [
    "another member",
    [{ ...ENTRY, until: 1 }],
    "members must be address, rule, stage, reason, expires, got until",
  ],
  [
    "an empty stage",
    [{ ...ENTRY, stage: "" }],
    "stage must be the name of a stage",
  ],
  [
    "two wrong entries",
    [1, { ...ENTRY, address: "" }],
    "entry 1: it must be an object; entry 2: address must be a text",
  ],
])("fails when the allow-list has %s", (_, list, message) => {
  expect(() => parseAllowances(JSON.stringify(list), TODAY)).toThrow(message);
});

test.each([
  ["", "got an empty file"],
  [" \n", "got an empty file"],
  ["{", "got a syntax error at line 1, column 2"],
  [
    `[\n  ${JSON.stringify(ENTRY)}\n  ${JSON.stringify(ENTRY)}\n]`,
    "got a syntax error at line 3, column 3",
  ],
])("fails when the allow-list is %j, with the position", (text, message) => {
  expect(() => parseAllowances(text, TODAY)).toThrow(
    `the allow-list must be JSON, ${message}`,
  );
});

test("the entry in the hint is valid except for its reason", () => {
  const { hint } = catchUserError(() => parseAllowances("", TODAY));
  const [example = ""] = /\{.*\}/.exec(hint ?? "") ?? [];
  const entry = JSON.parse(example) as Record<string, unknown>;
  const written = [{ ...entry, reason: "agreed" }];
  expect(parseAllowances(JSON.stringify(written), TODAY)).toHaveLength(1);
  expect(() => parseAllowances(JSON.stringify([entry]), TODAY)).toThrow(
    "reason must explain",
  );
});

function catchUserError(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
  }
  throw new Error("no UserError");
}
