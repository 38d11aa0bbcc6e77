import { DEFAULT_QUOTAS } from "../../constructs/constraints";
import { COGNITO_CASES } from "../support/rules/cognito-rules";
import { IAM_CASES } from "../support/rules/iam-rules";
import { synthesizeApp } from "../support/rules/rule-case";
import { NOT_REACHABLE, RULE_ROWS } from "../support/rules/rule-rows";
import { SIGN_IN_CASES } from "../support/rules/sign-in-rules";
import { STORAGE_CASES } from "../support/rules/storage-rules";
import { removeTemporaryDirectories } from "../support/stage";

afterAll(removeTemporaryDirectories);

const CASES = [
  ...COGNITO_CASES,
  ...IAM_CASES,
  ...SIGN_IN_CASES,
  ...STORAGE_CASES,
].map((one) => [`${one.row} ${one.label}`, one] as const);
const listRows = (isRefused: boolean): string[] => [
  ...new Set(
    CASES.filter(
      ([, { messageParts }]) => (messageParts !== undefined) === isRefused,
    ).map(([, { row }]) => row),
  ),
];
const REACHABLE = Object.keys(RULE_ROWS).filter(
  (row) => !(row in NOT_REACHABLE),
);

describe("the corpus", () => {
  test.each([true, false])(
    "covers every reachable row, refused %s",
    (isRefused) => {
      expect(listRows(isRefused).sort()).toEqual(REACHABLE.sort());
    },
  );

  test("has AWS's default quotas, which are too many to reach here", () => {
    expect(DEFAULT_QUOTAS).toEqual({
      resourceServers: 25,
      clients: 1000,
      groups: 10_000,
      identityProviders: 300,
    });
  });
});

describe("an app is synthesized with", () => {
  const accepted = CASES.filter(
    ([, { messageParts }]) => messageParts === undefined,
  );
  test.each(accepted)("%s", (_, { input }) => {
    expect(synthesizeApp(input())).toEqual([]);
  });
});

describe("an app fails, and reports the location, the value and the requirement, with", () => {
  const refused = CASES.filter(
    ([, { messageParts }]) => messageParts !== undefined,
  );
  test.each(refused)("%s", (_, { input, messageParts = [] }) => {
    const errors = synthesizeApp(input());
    expect(
      errors.filter((error) =>
        messageParts.every((part) => error.includes(part)),
      ),
    ).not.toEqual([]);
    for (const error of errors) {
      expect(error).not.toMatch(/undefined|NaN|\n/);
      // the name of a setting or the path of a construct
      expect(error).toMatch(/^[A-Z_-]{3,} | \([a-z].*\)$/);
    }
  });
});
