import { testRounds } from "../../../scripts/lib/mutation/test-rounds";

const texts = {
  "constructs/limits.ts": 'import { a } from "./redirect-url";',
  "constructs/redirect-url.ts": "",
  "stacks/config.ts": 'import { b } from "./setting-conflicts";',
  "stacks/setting-conflicts.ts": "",
  "stacks/stages.ts": "",
};
const tests = {
  "__tests__/constructs/limits.test.ts": "",
  "__tests__/constructs/redirect-url.test.ts":
    'import { a } from "../../constructs/redirect-url";',
  "__tests__/scripts/stage.test.ts": 'import { c } from "../../stacks/stages";',
  "__tests__/stacks/config.test.ts": "",
};
const CORPUS = "__tests__/stacks/rules-corpus.test.ts";
const ALL = [
  "__tests__/constructs/limits.test.ts",
  "__tests__/constructs/redirect-url.test.ts",
  "__tests__/stacks/config.test.ts",
];

describe("the tests of a rule", () => {
  test("are those of its file, then of what imports it, then of whole apps, then all", () => {
    expect(testRounds("constructs/redirect-url.ts", { texts, tests })).toEqual([
      ["__tests__/constructs/redirect-url.test.ts"],
      [
        "__tests__/constructs/limits.test.ts",
        "__tests__/constructs/redirect-url.test.ts",
      ],
      [CORPUS],
      ALL,
    ]);
  });

  test.each([
    ["stacks/setting-conflicts.ts", "__tests__/stacks/config.test.ts"],
    ["stacks/stages.ts", "__tests__/scripts/stage.test.ts"],
  ])(
    "begin with those of what imports it where it has none: %s",
    (file, first) => {
      expect(testRounds(file, { texts, tests })).toEqual([
        [first],
        [],
        [CORPUS],
        ALL,
      ]);
    },
  );
});
