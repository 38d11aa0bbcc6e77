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
  ["a rule that is no text", [{ ...ENTRY, rule: 1 }], "got 1"],
  [
    "no reason",
    [{ ...ENTRY, reason: undefined }],
    "entry 1: reason must be a text that is not empty",
  ],
  ["an empty reason", [{ ...ENTRY, reason: " " }], "reason must be a text"],
  [
    "no last day",
    [{ ...ENTRY, expires: undefined }],
    "expires must be a day such as 2030-01-31, got null",
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

test("fails when the allow-list is no JSON", () => {
  expect(() => parseAllowances("{", TODAY)).toThrow("must be JSON");
});
