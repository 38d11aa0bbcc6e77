import { DEFAULT_QUOTAS } from "../../constructs/constraints/limits";
import { COGNITO_CASES } from "../support/rules/cognito-rules";
import { IAM_CASES } from "../support/rules/iam-rules";
import { problemsOfApp } from "../support/rules/rule-case";
import { NOT_REACHABLE, RULE_ROWS } from "../support/rules/rule-rows";
import { STORAGE_CASES } from "../support/rules/storage-rules";
import { removeTemporaryDirectories } from "../support/stage";

afterAll(removeTemporaryDirectories);

const CASES = [...COGNITO_CASES, ...IAM_CASES, ...STORAGE_CASES].map(
  (one) => [`${one.row} ${one.shown}`, one] as const,
);
const rowsOf = (isRefused: boolean): string[] => [
  ...new Set(
    CASES.filter(
      ([, { refusal }]) => (refusal !== undefined) === isRefused,
    ).map(([, { row }]) => row),
  ),
];
const REACHABLE = Object.keys(RULE_ROWS).filter(
  (row) => !(row in NOT_REACHABLE),
);

describe("the corpus of rules", () => {
  test.each([true, false])("has each row, refused %s", (isRefused) => {
    expect(rowsOf(isRefused).sort()).toEqual(REACHABLE.sort());
  });

  test("counts clients and groups of a pool, too many to make here, against AWS's defaults", () => {
    expect(DEFAULT_QUOTAS).toEqual({
      resourceServers: 25,
      clients: 1000,
      groups: 10_000,
    });
  });
});

describe("a whole app is synthesized with", () => {
  const accepted = CASES.filter(([, { refusal }]) => refusal === undefined);
  test.each(accepted)("%s", (_, { way }) => {
    expect(problemsOfApp(way())).toEqual([]);
  });
});

describe("a whole app fails, saying where, what came and what is accepted, with", () => {
  const refused = CASES.filter(([, { refusal }]) => refusal !== undefined);
  test.each(refused)("%s", (_, { way, refusal = [] }) => {
    const problems = problemsOfApp(way());
    expect(
      problems.filter((problem) =>
        refusal.every((part) => problem.includes(part)),
      ),
    ).not.toEqual([]);
    for (const problem of problems) {
      expect(problem).not.toMatch(/undefined|NaN|\n/);
      // a setting's name, or the path of the construct
      expect(problem).toMatch(
        /^[A-Z_-]{5,} |^domain prefix, which is APP_NAME-STAGE| \([a-z].*\)$/,
      );
    }
  });
});
