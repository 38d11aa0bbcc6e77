import { planTestRounds } from "./mutation-run";

const texts = {
  "constructs/constraints/limits.ts": 'import { a } from "./redirect-url";',
  "constructs/constraints/redirect-url.ts": "",
  "stacks/config/environment.ts": 'import { b } from "./setting-conflicts";',
  "stacks/config/setting-conflicts.ts": "",
  "stacks/config/stage-settings.ts": "",
};
const tests = {
  "__tests__/constructs/constraints/limits.test.ts": "",
  "__tests__/constructs/constraints/redirect-url.test.ts":
    'import { a } from "../../constructs/redirect-url";',
  "__tests__/scripts/stage.test.ts": 'import { c } from "../../stacks/stages";',
  "__tests__/stacks/config/stage-config.test.ts": "",
};
const CORPUS = "__tests__/stacks/rules-corpus.test.ts";
const ALL = [
  "__tests__/constructs/constraints/limits.test.ts",
  "__tests__/constructs/constraints/redirect-url.test.ts",
  "__tests__/stacks/config/stage-config.test.ts",
];

describe("the tests of a rule", () => {
  test("are those of its file, then of what imports it, then of whole apps, then all", () => {
    expect(
      planTestRounds("constructs/constraints/redirect-url.ts", {
        texts,
        tests,
      }),
    ).toEqual([
      ["__tests__/constructs/constraints/redirect-url.test.ts"],
      [
        "__tests__/constructs/constraints/limits.test.ts",
        "__tests__/constructs/constraints/redirect-url.test.ts",
      ],
      [CORPUS],
      ALL,
    ]);
  });

  test.each([
    [
      "stacks/config/setting-conflicts.ts",
      "__tests__/stacks/config/stage-config.test.ts",
    ],
    ["stacks/config/stage-settings.ts", "__tests__/scripts/stage.test.ts"],
  ])(
    "begin with those of what imports it where it has none: %s",
    (file, first) => {
      expect(planTestRounds(file, { texts, tests })).toEqual([
        [first],
        [],
        [CORPUS],
        ALL,
      ]);
    },
  );
});
